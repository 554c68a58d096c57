/** Runs test/host inside the extension host of a real VS Code. */
import './dependencies.mjs';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Resolves with {passed, failed, skipped}. `part` selects tests by name (mocha's grep). */
export async function runHostTests(part = '') {
  const { ROOT, buildExtension, buildHostTests } = await import('./build.mjs');
  const { runTests } = await import('./window.mjs');
  await buildExtension();
  const suite = await buildHostTests();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'deis-host-'));
  const count = path.join(folder, 'count.json');
  try {
    const code = await runTests({
      extension: ROOT,
      tests: suite,
      timeLimit: 420,
      env: { DEIS_TEST_COUNT: count, ...(part === '' ? {} : { TEST_GREP: part }) },
      ...(process.env.VSCODE_EXECUTABLE ? { desktop: process.env.VSCODE_EXECUTABLE } : {}),
    });
    const counts = fs.existsSync(count)
      ? JSON.parse(fs.readFileSync(count, 'utf8'))
      : { passed: 0, failed: 0, skipped: 0 };
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
