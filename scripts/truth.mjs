#!/usr/bin/env node
/**
 * Holds the practice cloud against the recorded answers of the real programs: `npm run truth [-- --json] [-- --verbose] [-- FOLDER[/ROW]…]`.
 * Prints a line for each recorded command, the share of those that are the same last, and exits 1 below 95 %.
 */
import './dependencies.mjs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const { ROOT, buildPractice } = await import('./build.mjs');
const { globSync } = await import('./files.mjs');

const SOURCE = path.join(ROOT, 'test', 'truth');
const OUTPUT = path.join(ROOT, 'dist', 'test', 'truth');

process.chdir(ROOT);
if (process.env.PRACTICE_MAIN === undefined) await buildPractice();
const scenarioFiles = globSync(path.join(SOURCE, 'scenarios'), (name) => name.endsWith('.ts'));
await esbuild.build({
  entryPoints: [path.join(SOURCE, 'main.ts'), path.join(SOURCE, 'virtual', 'thread.ts'), ...scenarioFiles],
  ...{ bundle: true, splitting: true, platform: 'node', target: 'node20', format: 'esm', packages: 'external' },
  ...{ outbase: SOURCE, outdir: OUTPUT, outExtension: { '.js': '.mjs' }, sourcemap: true, logLevel: 'warning' },
});

const load = (file) => import(pathToFileURL(file).href);
const scenarios = new Map();
for (const file of scenarioFiles) {
  const folder = path.basename(file, '.ts');
  scenarios.set(folder, (await load(path.join(OUTPUT, 'scenarios', `${folder}.mjs`))).scenario);
}
const { main } = await load(path.join(OUTPUT, 'main.mjs'));
process.exitCode = await main(scenarios, process.argv.slice(2), (text) => console.log(text));
