import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createFleetApi } from '../../../src/adapters/fleet/fleetApi';
import type { CreateEngine } from '../../../src/core/engine';
import type { ClusterSnapshot, NodeSnapshot } from '../../../src/core/model/snapshot';
import type { Operator } from '../../../src/core/operator';
import { PRACTICE_SPEC, SETTINGS } from '../../samples';
import { memorySecrets, newFolder, windowOptions } from '../adapters/window';
import { removeFolder } from '../removeFolder';

/** The practice cloud's time runs this many times faster: fleet needs 15 to 30 of its seconds to notice a dead node. */
const SPEED = 20;
const PATIENCE_MS = 60_000;

describe('a real cluster of the practice cloud, observed', () => {
  let storagePath: string;
  let operator: Operator;
  let id: string;
  const context = { signal: new AbortController().signal, report: () => undefined };

  const cluster = (): ClusterSnapshot => {
    const found = operator.snapshots().find((snapshot) => snapshot.id === id);
    assert.ok(found);
    return found;
  };
  const node = (name: string): NodeSnapshot => {
    const found = cluster().nodes.find((entry) => entry.name === name);
    assert.ok(found);
    return found;
  };
  const web = (): ClusterSnapshot['units'][number] | undefined =>
    cluster().units.find(({ name }) => name === 'web.service');
  const swapRows = (): number => cluster().units.filter((row) => row.name === 'swapon.service' && !row.isStale).length;

  async function until(what: string, holds: () => boolean): Promise<void> {
    const start = performance.now();
    while (!holds()) {
      assert.ok(performance.now() - start < PATIENCE_MS, `${what}: ${cluster().state}, ${cluster().summary}`);
      await sleep(50);
    }
  }

  before(async () => {
    storagePath = newFolder();
    const { createEngine } = createRequire(path.resolve('package.json'))('./dist/engine.js') as {
      createEngine: CreateEngine; // What src/engine.ts exports.
    };
    const options = windowOptions(storagePath, memorySecrets());
    operator = await createEngine({ ...options, settings: () => ({ ...SETTINGS, practiceSpeed: SPEED }) });
    const created = await operator.create({ ...PRACTICE_SPEC, installPlatform: false, openPorts: false }, context);
    id = created.id;
    operator.watch();
  });

  after(async () => {
    operator.dispose();
    await removeFolder(storagePath);
  });

  it('is healthy, with memory, swap and disk of every node', () => {
    assert.equal(cluster().state, 'healthy');
    assert.equal(cluster().summary, '5 of 5 etcd members are up; 2 may fail');
    assert.equal(cluster().nodes.filter(({ etcd }) => etcd === 'leader').length, 1);
    for (const { vitals, machineId } of cluster().nodes) {
      assert.equal(vitals?.swapTotalMb, 4095);
      assert.ok(vitals.diskFreeMb > 0 && vitals.memoryTotalMb > 400);
      assert.match(machineId ?? '', /^[0-9a-f]{32}$/);
    }
    assert.equal(swapRows(), 5);
    assert.ok(cluster().cost.sinceCreation > 0);
  });

  it('shows a unit that somebody else starts', async () => {
    const connection = await operator.connect(id, 'deis-1');
    await createFleetApi().putUnit(connection, {
      name: 'web.service',
      desiredState: 'launched',
      options: [{ section: 'Service', name: 'ExecStart', value: '/bin/sleep infinity' }],
    });
    connection.dispose();
    await until('web.service runs', () => web()?.sub === 'running');
    assert.equal(web()?.isStale, false);
  });

  it('marks the rows of a node that lost its power as stale, then shows where they went', async () => {
    const home = web()?.node ?? '';
    const other = cluster().nodes.find(({ name }) => name !== home)?.name ?? '';
    await operator.power(id, home, 'power_off', context);

    assert.equal(node(home).state, 'off');
    assert.equal(node(home).etcd, 'down');
    assert.equal(node(other).state, 'ready', 'the tree keeps answering');
    assert.deepEqual({ node: web()?.node, isStale: web()?.isStale }, { node: home, isStale: true });
    // The node may have led.
    await until('a leader is there', () => cluster().summary === '4 of 5 etcd members are up; 1 more may fail');

    await until('web.service moves', () => web()?.isStale === false && web()?.sub === 'running');
    assert.notEqual(web()?.node, home);
    await until('its row of swapon.service goes', () => !cluster().units.some((row) => row.node === home));
    assert.equal(swapRows(), 4);
    assert.equal(cluster().state, 'degraded');
    assert.equal(node(home).machineId?.length, 32);
  });

  it('believes nothing that a minority says, and everything again when quorum is back', async () => {
    const up = cluster()
      .nodes.filter(({ state }) => state === 'ready')
      .map(({ name }) => name);
    const before = cluster().units.length;
    for (const name of up.slice(0, 2)) {
      await operator.power(id, name, 'power_off', context);
    }
    await until('quorum is lost', () => cluster().state === 'noQuorum');
    assert.match(cluster().summary, /^2 of 5 etcd members are up; 3 are needed/);
    assert.equal(cluster().units.length, before);
    assert.ok(cluster().units.every(({ isStale }) => isStale));

    for (const { name, state } of cluster().nodes) {
      if (state === 'off') {
        await operator.power(id, name, 'power_on', context);
      }
    }
    await until('all is well', () => cluster().state === 'healthy' && swapRows() === 5);
    assert.equal(cluster().summary, '5 of 5 etcd members are up; 2 may fail');
    assert.equal(web()?.isStale, false);
  });
});
