import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';

const LOCK = pathToFileURL(path.resolve('scripts/lock.mjs')).href;

/** Comes in, does a little, goes out: two that overlap write "in in out out". */
const SCRIPT = `
  import { appendFileSync } from 'node:fs';
  import { alone } from '${LOCK}';
  const [file, log] = process.argv.slice(-2);
  alone(file, () => {
    appendFileSync(log, 'in\\n');
    for (const end = performance.now() + 60; performance.now() < end; );
    appendFileSync(log, 'out\\n');
  });`;

async function exitCode(child: ChildProcess): Promise<unknown> {
  const [code] = (await once(child, 'exit')) as [unknown];
  return code;
}

describe('what one process does at a time', () => {
  let folder: string;
  let lock: string;
  let log: string;
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'deis-lock-'));
    lock = path.join(folder, '.installing');
    log = path.join(folder, 'log');
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const start = (): ChildProcess =>
    spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, lock, log], { stdio: 'inherit' });

  it('is done by the next one when the first is through', async () => {
    assert.deepEqual(await Promise.all([start(), start(), start()].map(exitCode)), [0, 0, 0]);
    assert.equal(readFileSync(log, 'utf8'), 'in\nout\n'.repeat(3));
    assert.equal(existsSync(lock), false);
  });

  it('is done although one before died over it', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(lock, String(pid));

    assert.equal(await exitCode(start()), 0);
    assert.equal(existsSync(lock), false);
  });
});
