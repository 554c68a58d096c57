#!/usr/bin/env node
/** Builds the practice cloud and runs it with the arguments given: `npm run practice -- --port 8400 --token T`. */
import './dependencies.mjs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { ROOT, buildPractice } = await import('./build.mjs');
await buildPractice();
await import(pathToFileURL(path.join(ROOT, 'dist', 'practice', 'main.mjs')).href);
