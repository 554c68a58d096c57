import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { createProviders, type Providers } from '../../../src/adapters/providers';
import type { EngineOptions } from '../../../src/core/engine';
import type { SecretStore } from '../../../src/core/ports';
import { removeFolder } from '../removeFolder';
import { memorySecrets, newFolder, windowOptions } from './window';

describe('the practice process', () => {
  let folder: string;
  let secrets: SecretStore;
  let windows: Providers[];

  beforeEach(() => {
    folder = newFolder();
    secrets = memorySecrets();
    windows = [];
  });

  afterEach(async () => {
    windows.forEach((window) => window.dispose());
    const pid = pidInFile();
    while (pid !== undefined && isAlive(pid)) {
      process.kill(pid, 'SIGTERM'); // Ours: it would end by itself a few seconds later.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await removeFolder(folder);
  });

  function openWindow(changes: Partial<EngineOptions> = {}): Providers {
    const window = createProviders(windowOptions(folder, secrets, changes));
    windows.push(window);
    return window;
  }

  function pidInFile(): number | undefined {
    try {
      const facts: unknown = JSON.parse(readFileSync(path.join(folder, 'practice', 'process.json'), 'utf8'));
      return typeof facts === 'object' && facts !== null && 'pid' in facts ? Number(facts.pid) : undefined;
    } catch {
      return undefined;
    }
  }

  it('is started once when several windows want it at the same moment', async () => {
    const opened = await Promise.all([1, 2, 3].map(() => openWindow().open('practice')));

    const accounts = await Promise.all(opened.map(({ cloud }) => cloud.getAccount()));
    assert.equal(new Set(accounts.map(({ uuid }) => uuid)).size, 1);
    assert.equal(readFileSync(path.join(folder, 'practice', 'stderr.log'), 'utf8'), '');
  });

  it('lives on in a second window when the first is closed', async () => {
    const first = openWindow();
    await first.open('practice');
    const second = await openWindow().open('practice');
    const pid = pidInFile();
    first.dispose();

    await second.cloud.getAccount();

    assert.equal(pidInFile(), pid);
  });

  it('that was killed is started again by the next call, with everything that was there', async () => {
    const { cloud } = await openWindow().open('practice');
    await cloud.createTag('before');
    const pid = pidInFile() ?? 0;
    process.kill(pid, 'SIGKILL');

    assert.equal(await cloud.hasTag('before'), true);
    assert.notEqual(pidInFile(), pid);
  });

  it('is not looked for where an old file says: that process is dead, or another', async () => {
    mkdirSync(path.join(folder, 'practice'), { recursive: true });
    for (const pid of [999_999, process.pid]) {
      const stale = { pid, api: 'http://127.0.0.1:1' };
      writeFileSync(path.join(folder, 'practice', 'process.json'), JSON.stringify(stale));

      const window = openWindow();
      const { cloud } = await window.open('practice');

      assert.equal((await cloud.getAccount()).status, 'active');
      const started = pidInFile() ?? 0;
      assert.notEqual(started, pid);
      window.dispose();
      process.kill(started, 'SIGTERM');
      while (isAlive(started)) await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });

  it('of another VS Code, with another token, is not used', async () => {
    await openWindow().open('practice');
    const stranger = openWindow({ secrets: memorySecrets() });
    await assert.rejects(stranger.open('practice'), { code: 'practiceUnavailable', message: /another VS Code/ });
  });

  it('that cannot start says why, in its own last words, and without its token', async () => {
    const broken = path.join(folder, 'broken.mjs');
    writeFileSync(broken, "console.error('first'); console.error('The disk is full.'); process.exit(1);");
    const window = openWindow({ practiceMain: broken });

    const error: unknown = await window.open('practice').catch((reason: unknown) => reason);

    assert.match(inspect(error), /practiceUnavailable/);
    assert.match(inspect(error), /cannot start: The disk is full\./);
    assert.ok(!inspect(error).includes((await secrets.get('practice/token')) ?? '-'));
  });

  it('has one token, made once and kept in the secrets, and it is not on its command line', async () => {
    await openWindow().open('practice');
    const token = (await secrets.get('practice/token')) ?? '';
    assert.match(token, /^[0-9a-f]{64}$/);
    const commandLine = readFileSync(`/proc/${pidInFile() ?? 0}/cmdline`, 'utf8');
    assert.ok(commandLine.includes('main.mjs') && !commandLine.includes(token));
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
