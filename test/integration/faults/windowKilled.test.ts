import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import type { ClusterSpec } from '../../../src/core/model/cluster';
import type { Operator } from '../../../src/core/operator';
import type { SecretStore } from '../../../src/core/ports';
import { context } from '../core/window';
import { NOTHING, one, SMALL, World } from './world';
import { PRACTICE_SPEC, SETTINGS } from '../../samples';

/** The secrets of `window.mjs`, for the windows of this process. */
function fileSecrets(folder: string): SecretStore {
  const file = path.join(folder, 'secrets.json');
  const all = (): Record<string, string> =>
    existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const write = (entries: Record<string, string>): Promise<void> => {
    writeFileSync(file, JSON.stringify(entries));
    return Promise.resolve();
  };
  return {
    get: (key) => Promise.resolve(all()[key]),
    store: (key, value) => write({ ...all(), [key]: value }),
    delete: (key) => write(Object.fromEntries(Object.entries(all()).filter(([other]) => other !== key))),
  };
}

describe('a window killed in the middle', { timeout: 180_000 }, () => {
  const world = new World(fileSecrets);
  after(() => world.dispose());

  /** Creates in a process of its own, which dies at the first line of its progress that matches. */
  async function killedAt(spec: ClusterSpec, line: RegExp): Promise<void> {
    const window = path.resolve('test/integration/faults/window.mjs');
    const settings = { ...SETTINGS, practiceSpeed: 'max' };
    const args = [window, world.computer.folder, JSON.stringify(spec), JSON.stringify(settings)];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let wasThere = false;
    for await (const message of createInterface({ input: child.stdout })) {
      if (line.test(message)) {
        wasThere = true;
        child.kill('SIGKILL');
      }
    }
    await ended;
    assert.ok(wasThere, `never came to ${String(line)}`);
  }

  const idOf = (operator: Operator, spec: ClusterSpec): string =>
    operator.snapshots().find(({ id }) => id.startsWith(`${spec.prefix}-`))?.id ?? '';

  async function startsOf(operator: Operator, id: string): Promise<number> {
    let starts = 0;
    for (const { name } of operator.snapshots().find((cluster) => cluster.id === id)?.nodes ?? []) {
      const node = await operator.connect(id, name);
      const { stdout } = await node.exec(['journalctl', '-u', 'deis-start-platform', '--no-pager']);
      starts += stdout.split('\n').filter((text) => text.includes('systemd[1]: Started ')).length;
      node.dispose();
    }
    return starts;
  }

  it('while its droplets are made: the next one finds them, and makes no others', async () => {
    const keepsPractice = await world.open();
    await killedAt(SMALL, /^Create the droplets/);

    const operator = await world.open();
    const id = idOf(operator, SMALL);
    assert.equal((await operator.resume(id, context())).state, 'healthy');
    assert.deepEqual(await world.holdings(), one(SMALL));
    await operator.destroy(id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
    world.computer.close(keepsPractice);
  });

  it('while the platform starts: the next one re-attaches to what goes on on the node, and starts nothing twice', async () => {
    const spec = { ...PRACTICE_SPEC, instances: 3, routerMeshSize: 3, openPorts: false };
    await killedAt(spec, /^Start the platform: [1-9]/);

    const operator = await world.open();
    const id = idOf(operator, spec);
    const cluster = await operator.resume(id, context());

    assert.deepEqual([cluster.state, cluster.problem], ['healthy', undefined]);
    assert.equal(await startsOf(operator, id), 1);
    assert.deepEqual(await world.holdings(), one(spec));
  });
});
