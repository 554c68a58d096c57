import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import * as v from 'valibot';
import type { ClusterSnapshot } from '../../../src/core/model/snapshot';
import type { Operator } from '../../../src/core/operator';
import { Computer, context } from './window';
import { PRACTICE_SPEC } from '../../samples';

const running = ({ units }: ClusterSnapshot): number =>
  units.filter(
    ({ name, active, sub, isStale }) =>
      name.startsWith('deis-') && active === 'active' && sub === 'running' && !isStale,
  ).length;

async function output(operator: Operator, id: string, node: string, command: readonly string[]): Promise<string> {
  const connection = await operator.connect(id, node);
  try {
    return (await connection.exec(command)).stdout;
  } finally {
    connection.dispose();
  }
}

describe('the whole guide on the practice cloud, through the shipped bundles', { timeout: 240_000 }, () => {
  const computer = new Computer();
  after(() => computer.dispose());

  it('ends with five members, swap on each, 41 running rows; and a destroy leaves nothing that costs', async () => {
    const operator = await computer.open();

    const cluster = await operator.create(PRACTICE_SPEC, context());

    assert.equal(cluster.nodes.filter(({ state }) => state === 'ready').length, 5);
    assert.deepEqual([cluster.state, cluster.problem, running(cluster)], ['healthy', undefined, 41]);
    assert.ok(cluster.steps.every(({ state }) => state === 'done'));
    for (const { name } of cluster.nodes) {
      assert.match(
        await output(operator, cluster.id, name, ['cat', '/proc/swaps']),
        /\/var\/vm\/swap-4096mb\s+file\s+4194/,
      );
    }
    assert.equal(
      (await output(operator, cluster.id, 'deis-1', ['fleetctl', 'list-machines', '--no-legend'])).trim().split('\n')
        .length,
      5,
    );
    assert.match(
      await output(operator, cluster.id, 'deis-1', ['etcdctl', 'get', '/deis/platform/domain']),
      /^[\d-]+\.sslip\.io\n$/,
    );
    const [billed] = await operator.listBilled('practice');
    assert.deepEqual([billed?.clusterId, billed?.droplets], [cluster.id, 5]);

    await operator.destroy(cluster.id, context());

    assert.deepEqual(await operator.listBilled('practice'), []);
    assert.deepEqual(operator.snapshots(), []);
    assert.ok(computer.logged.every((line) => !line.includes('PRIVATE KEY')));
  });

  it('forms etcd with static members when there is no discovery service, and takes the release it is told', async () => {
    const operator = await computer.open();

    const bare = { installPlatform: false, openPorts: false };
    const spec = { ...PRACTICE_SPEC, ...bare, prefix: 'static', bootstrap: 'static', release: '1.13.1' } as const;
    const cluster = await operator.create(spec, context());

    assert.deepEqual([cluster.state, cluster.problem], ['healthy', undefined]);
    assert.match(await output(operator, cluster.id, 'static-3', ['etcdctl', 'member', 'list']), /isLeader=true/);
    assert.equal(await output(operator, cluster.id, 'static-1', ['/opt/bin/deisctl', '--version']), '1.13.1\n');
    await operator.power(cluster.id, 'static-2', 'reboot', context());
    await operator.destroy(cluster.id, context());
  });

  it('goes on where it was after the practice process was killed in the middle', async () => {
    const operator = await computer.open();
    const processFile = path.join(computer.folder, 'practice', 'process.json');
    let isKilled = false;
    const report = (message: string): void => {
      if (!isKilled && message.startsWith('Wait for etcd')) {
        isKilled = true;
        const { pid } = v.parse(v.object({ pid: v.number() }), JSON.parse(readFileSync(processFile, 'utf8')));
        process.kill(pid, 'SIGKILL');
      }
    };

    const spec = { ...PRACTICE_SPEC, prefix: 'killed', installPlatform: false, openPorts: false };
    let cluster: ClusterSnapshot;
    try {
      cluster = await operator.create(spec, { ...context(), report });
    } catch {
      cluster = await operator.resume(operator.snapshots()[0]?.id ?? '', context());
    }

    assert.ok(isKilled);
    assert.equal(cluster.state, 'healthy');
    const [billed] = await operator.listBilled('practice');
    assert.equal(billed?.droplets, 5);
    await operator.destroy(cluster.id, context());
  });
});
