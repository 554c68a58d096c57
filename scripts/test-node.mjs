#!/usr/bin/env node
/**
 * Runs tests that need no VS Code, with Node's own runner.
 *   node scripts/test-node.mjs unit [part of a path]
 *   node scripts/test-node.mjs integration [part of a path]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ROOT, buildExtension, buildTests } from './build.mjs';

const [kind = 'unit', part = ''] = process.argv.slice(2);
if (kind === 'integration') await buildExtension(); // they run the shipped bundles in child processes
const files = (await buildTests(`/test/${kind}/`)).filter((file) => file.includes(part));
if (files.length === 0) {
  console.error(`No test file under test/${kind} has "${part}" in its path.`);
  process.exit(1);
}
const concurrency = kind === 'integration' ? 1 : 2;
const child = spawn(process.execPath, ['--enable-source-maps', '--test', `--test-concurrency=${concurrency}`, ...files], { cwd: ROOT, stdio: 'inherit' });
const [code] = await once(child, 'close');
process.exitCode = code ?? 1;
