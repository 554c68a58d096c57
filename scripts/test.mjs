#!/usr/bin/env node
/**
 * `npm test`: types, lint, format, unit, integration, extension-host and UI tests; ends with `N passed, N failed`.
 * `npm test -- unit host` (or `npm run test:unit`) runs parts of it; a last word that is no part selects files: `npm test -- unit parse`.
 */
import './dependencies.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowser, NO_BROWSER } from './browser.mjs';
import { runHostTests } from './test-host.mjs';
import { runNodeTests } from './test-node.mjs';

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** One check that passes or fails as a whole. */
async function check(program, ...args) {
  const child = spawn(process.execPath, [path.join(ROOT, 'node_modules', program), ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  const [code] = await once(child, 'close');
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/** Without a browser there is no window: a plain machine may skip it, CI may not. */
async function inWindow(run) {
  if (findBrowser() !== undefined) return await run();
  console.log(`Skipped: ${NO_BROWSER}`);
  return process.env.CI === 'true' ? { passed: 0, failed: 1, skipped: 0 } : { passed: 0, failed: 0, skipped: 1 };
}

const PARTS = {
  types: () => check('typescript/bin/tsc', '--noEmit', '--pretty', 'false'),
  lint: () => check('eslint/bin/eslint.js', '.', '--max-warnings', '0'),
  format: () => check('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
  unit: (part) => runNodeTests('unit', part),
  integration: (part) => runNodeTests('integration', part),
  host: (part) => inWindow(() => runHostTests(part)),
  ui: (part) => inWindow(() => runNodeTests('ui', part)),
};

const words = process.argv.slice(2);
const asked = words.filter((word) => Object.hasOwn(PARTS, word));
const [selection = ''] = words.filter((word) => !Object.hasOwn(PARTS, word));
const total = { passed: 0, failed: 0, skipped: 0 };
for (const name of asked.length > 0 ? asked : Object.keys(PARTS)) {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const counts = await PARTS[name](selection);
  console.log(
    `== ${name}: ${counts.passed} passed, ${counts.failed} failed in ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  for (const key of Object.keys(total)) total[key] += counts[key];
}
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;
