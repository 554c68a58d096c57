import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { ClusterSnapshot } from '../../../src/core/model/snapshot';
import { context } from '../core/window';
import { failure, fails, NOTHING, one, World } from './world';
import { PRACTICE_SPEC } from '../../samples';

describe('nodes that fail under a cluster', { timeout: 180_000 }, () => {
  const world = new World();
  after(() => world.dispose());
  let cluster: ClusterSnapshot | undefined;

  it('in mid-start, by a power-off: the start says which node to power on, and goes on when it is', async () => {
    const operator = await world.open();
    let off: Promise<unknown> | undefined;
    const report = (message: string): void => {
      if (off === undefined && /^Start the platform: [1-9]/.test(message)) {
        off = world
          .dropletId('deis-1')
          .then((id) => world.call('POST', `/v2/droplets/${id}/actions`, { type: 'power_off' }));
      }
    };

    const { code, remedy, message } = await failure(operator.create(PRACTICE_SPEC, { ...context(), report }));
    await off;
    assert.deepEqual([code, remedy], ['timedOut', 'powerOnNode'], message);
    assert.match(message, /deis-1 is missing.*Power on/);

    const id = operator.snapshots()[0]?.id ?? '';
    await operator.power(id, 'deis-1', 'power_on', context());
    cluster = await operator.resume(id, context());
    assert.deepEqual([cluster.state, cluster.problem], ['healthy', undefined]);
    assert.deepEqual(await world.holdings(), one(PRACTICE_SPEC));
  });

  it('by another host key: nothing is sent to it, and the others go on', async () => {
    const id = cluster?.id ?? '';
    const operator = await world.open();
    const node = await operator.connect(id, 'deis-2');
    const key = '/etc/ssh/ssh_host_ed25519_key';
    await node.exec(['sh', '-c', `sudo rm -f ${key}* && sudo ssh-keygen -q -t ed25519 -N "" -f ${key}`]);
    node.dispose();
    world.computer.close(operator);

    const later = await world.open();
    await fails(later.connect(id, 'deis-2'), 'hostKeyChanged', /deis-2.*host key/);
    const other = await later.connect(id, 'deis-3');
    const { stdout } = await other.exec(['fleetctl', 'list-machines', '--no-legend']);
    assert.equal(stdout.trim().split('\n').length, 5);
    other.dispose();
    await later.refresh(id);
    const seen = later.snapshots().find((one) => one.id === id);
    assert.match(seen?.nodes.find(({ name }) => name === 'deis-2')?.problem ?? '', /host key/);
  });

  it('all at once: it can still be destroyed', async () => {
    const operator = await world.open();
    for (const { name } of cluster?.nodes ?? []) {
      await world.fault({ kind: 'node-hangs', dropletId: await world.dropletId(name) });
    }

    await operator.destroy(cluster?.id ?? '', context());
    assert.deepEqual(await world.holdings(), NOTHING);
  });
});
