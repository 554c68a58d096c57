import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { acquireLock } from '../../../../src/core/plan/lock';
import { code } from '../fakes/harness';

describe('the lock of a cluster', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'deis-lock-'));
    file = path.join(folder, 'deis-abcde.json.lock');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const owner = async (): Promise<Record<string, unknown>> =>
    JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;

  it('keeps a second operation out, and says what the first one does and in which process', async () => {
    const lock = await acquireLock(file, 'deis-abcde', 'creating');

    await assert.rejects(acquireLock(file, 'deis-abcde', 'destroying'), (error: unknown) => {
      assert.ok(code('locked')(error) && error instanceof Error);
      assert.match(error.message, new RegExp(`being set up, in process ${process.pid}`));
      return true;
    });

    await lock.release();
    await (await acquireLock(file, 'deis-abcde', 'destroying')).release();
    assert.deepEqual(await readdir(folder), []);
  });

  it('keeps out another process that is alive, and takes over from one that has died', async () => {
    const lock = await acquireLock(file, 'deis-abcde', 'working');
    const mine = await owner();
    await lock.release();
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
    await once(other, 'spawn');
    await writeFile(file, JSON.stringify({ ...mine, birth: undefined, pid: other.pid, nonce: 'other' }));

    await assert.rejects(acquireLock(file, 'deis-abcde', 'working'), code('locked'));

    other.kill('SIGKILL');
    await once(other, 'exit');
    await (await acquireLock(file, 'deis-abcde', 'working')).release();
  });

  it('is not fooled by a stranger who has the number of the dead process', async (t) => {
    const lock = await acquireLock(file, 'deis-abcde', 'working');
    const mine = await owner();
    await lock.release();
    if (mine['birth'] === undefined) {
      t.skip('this system does not tell when a process was born');
      return;
    }
    await writeFile(file, JSON.stringify({ ...mine, pid: process.ppid, birth: '1', nonce: 'dead' }));

    await (await acquireLock(file, 'deis-abcde', 'working')).release();
  });

  it('takes over what an earlier life of this very process left behind', async () => {
    const lock = await acquireLock(file, 'deis-abcde', 'working');
    const mine = await owner();
    await lock.release();
    await writeFile(file, JSON.stringify({ ...mine, nonce: 'earlier' }));

    await (await acquireLock(file, 'deis-abcde', 'working')).release();
  });

  it('never takes the lock of another computer on a shared folder', async () => {
    await writeFile(file, JSON.stringify({ pid: 1, host: 'elsewhere', nonce: 'n', activity: 'creating' }));

    await assert.rejects(acquireLock(file, 'deis-abcde', 'working'), code('locked'));
  });

  it('lets exactly one of many take over a stale lock, each time', async () => {
    for (let round = 0; round < 20; round++) {
      await writeFile(file, JSON.stringify({ pid: 2 ** 30, host: os.hostname(), nonce: 'dead', activity: 'working' }));

      const tries = await Promise.allSettled(
        Array.from({ length: 12 }, () => acquireLock(file, 'deis-abcde', 'working')),
      );

      const locks = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      assert.equal(locks.length, 1);
      await locks[0]?.release();
      assert.deepEqual(await readdir(folder), []);
    }
  });

  it('takes over from one who died while he was taking over', async () => {
    const dead = JSON.stringify({ pid: 2 ** 30, host: os.hostname(), nonce: 'dead', activity: 'working' });
    await writeFile(file, dead);
    await writeFile(`${file}.stale`, dead);

    await (await acquireLock(file, 'deis-abcde', 'working')).release();
    assert.deepEqual(await readdir(folder), []);
  });
});
