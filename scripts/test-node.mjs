#!/usr/bin/env node
/**
 * Runs tests with Node's own runner: `node scripts/test-node.mjs unit|integration|ui [part of a path]`.
 * Integration tests run the shipped bundles in child processes; UI tests drive a real VS Code window in Chromium.
 */
import './dependencies.mjs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Resolves with {passed, failed, skipped}. */
export async function runNodeTests(kind, part = '') {
  const { ROOT, buildExtension, buildTests } = await import('./build.mjs');
  const { globSync } = await import('./files.mjs');
  if (kind !== 'unit') await buildExtension();
  const files =
    kind === 'ui'
      ? globSync(path.join(ROOT, 'test', 'ui'), (name) => name.endsWith('.test.mjs') && name.includes(part))
      : await buildTests(kind, part);
  if (files.length === 0) {
    console.error(`No test file under test/${kind} has "${part}" in its path.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'deis-count-'));
  const result = path.join(folder, 'count.json');
  const reporter = pathToFileURL(path.join(ROOT, 'scripts', 'count.mjs')).href;
  const child = spawn(
    process.execPath,
    [
      ...['--enable-source-maps', '--test', `--test-concurrency=${kind === 'ui' ? 1 : 2}`],
      ...[`--test-reporter=${process.env.TEST_REPORTER ?? 'spec'}`, '--test-reporter-destination=stdout'],
      ...[`--test-reporter=${reporter}`, `--test-reporter-destination=${result}`],
      ...files,
    ],
    { cwd: ROOT, stdio: 'inherit' },
  );
  const [code] = await once(child, 'close');
  try {
    const counts = JSON.parse(readFileSync(result, 'utf8'));
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [kind = 'unit', part = ''] = process.argv.slice(2);
  const { failed } = await runNodeTests(kind, part);
  process.exitCode = failed > 0 ? 1 : 0;
}
