import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';

/** Stands where the desktop VS Code would, and notes how it was called. */
const PROGRAM = `#!${process.execPath}
require('node:fs').writeFileSync(process.env.CALLED, JSON.stringify(process.argv.slice(2)));
process.exit(7);
`;

describe('npm start with a desktop VS Code', { skip: process.platform === 'win32', timeout: 60_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'deis-start-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function install(file) {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, PROGRAM);
    chmodSync(file, 0o755);
    return file;
  }

  async function start(environment, ...args) {
    const called = path.join(folder, 'called.json');
    rmSync(called, { force: true });
    const child = spawn(process.execPath, ['scripts/start.mjs', '--data', path.join(folder, 'data'), ...args], {
      env: { ...process.env, CALLED: called, ...environment },
      stdio: 'ignore',
    });
    const [code] = await once(child, 'exit');
    assert.ok(existsSync(called), 'the program was started');
    return { called: JSON.parse(readFileSync(called, 'utf8')), code };
  }

  it('opens the one that VSCODE_EXECUTABLE names, with this extension and the folder, and ends as it ends', async () => {
    const program = install(path.join(folder, 'my code'));
    const { called, code } = await start({ VSCODE_EXECUTABLE: program }, '--folder', folder);
    assert.ok(called.includes(`--extensionDevelopmentPath=${path.resolve()}`));
    assert.ok(called.includes(folder));
    assert.equal(code, 7);
    assert.ok(existsSync('dist/extension.js'), 'it is built');
  });

  it('opens the `code` on the PATH', async () => {
    const bin = path.dirname(install(path.join(folder, 'bin', 'code')));
    const { called } = await start({
      VSCODE_EXECUTABLE: undefined,
      PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
    });
    assert.ok(called.includes(`--extensionDevelopmentPath=${path.resolve()}`));
  });
});
