import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmallWorld } from './support';

const from = (dropletId: number) => ({ dropletId });

describe('who reaches whom', () => {
  it('is open where something listens, refused where nothing does, mute without power', () => {
    const world = new SmallWorld(2);
    world.node(1).serve({ port: 80 }, () => undefined);

    assert.equal(world.network.probe('internet', 1, 80), 'open');
    assert.equal(world.network.probe('internet', 1, 443), 'refused');
    world.node(1).cutPower();
    assert.equal(world.network.probe('internet', 1, 80), 'mute');
    assert.equal(world.network.probe('internet', 99, 80), 'mute');
  });

  it('refuses a port whose listener is away on purpose', () => {
    const world = new SmallWorld(2);
    world.closed.add('1:22');

    assert.deepEqual(
      [world.network.probe('internet', 1, 22), world.network.probe(from(2), 1, 22)],
      ['refused', 'refused'],
    );
    assert.equal(world.network.probe('internet', 2, 22), 'open');
  });

  it('refuses everybody else what is bound to the loopback', () => {
    const world = new SmallWorld(2);
    world.node(1).serve(
      { port: 2379 },
      Object.assign(() => undefined, { isLocal: true }),
    );

    assert.equal(world.network.probe('internet', 1, 2379), 'refused');
    assert.equal(world.network.probe(from(2), 1, 2379), 'refused');
  });

  it('finds droplets by either address until they are gone', () => {
    const world = new SmallWorld(1);
    const { publicAddress, privateAddress } = world.node(1);

    assert.deepEqual(
      [publicAddress, privateAddress].map((address) => world.network.dropletAt(address)),
      [1, 1],
    );
    world.records.length = 0;
    world.network.changed();
    assert.equal(world.network.dropletAt(publicAddress), undefined);
  });

  it('lets a firewall keep the Internet out and the cluster together', () => {
    const world = new SmallWorld(3);
    world.node(1).serve({ port: 2379 }, () => undefined);
    world.firewalls.set(1, [
      {
        inbound: [{ protocol: 'tcp', ports: '0', peers: { tags: ['tag-2'] } }],
        ...{
          outbound: [{ protocol: 'tcp', ports: '0', peers: { addresses: ['0.0.0.0/0'] } }],
          dropletIds: [1],
          tags: [],
        },
      },
    ]);

    assert.equal(world.network.probe('internet', 1, 2379), 'mute');
    assert.equal(world.network.probe(from(2), 1, 2379), 'open');
    assert.equal(world.network.probe(from(3), 1, 2379), 'mute');
    assert.deepEqual([world.network.areConnected(1, 2), world.network.areConnected(1, 3)], [true, false]);
  });

  it('asks the node’s own rules last: they may drop or reject', () => {
    const world = new SmallWorld(2);
    world.node(1).serve({ port: 4001 }, () => undefined);
    world.network.setPacketFilter(1, ({ from: address, port }) => {
      if (address.startsWith('10.')) return 'accept';
      return port === 4001 ? 'reject' : 'drop';
    });

    assert.equal(world.network.probe(from(2), 1, 4001), 'open');
    assert.equal(world.network.probe('internet', 1, 4001), 'refused');
    assert.equal(world.network.probe('internet', 1, 22), 'mute');
    world.network.setPacketFilter(1, undefined);
    assert.equal(world.network.probe('internet', 1, 4001), 'open');
  });

  it('can be split and healed, and a hung node is mute for all', () => {
    const world = new SmallWorld(5);
    let changes = 0;
    world.network.onChange(() => (changes += 1));
    world.groups = [
      [1, 2],
      [3, 4, 5],
    ];
    world.network.changed();
    assert.deepEqual([world.network.areConnected(1, 2), world.network.areConnected(2, 3)], [true, false]);
    world.groups = [];
    world.network.changed();
    assert.equal(world.network.areConnected(2, 3), true);
    world.hung.add(2);
    world.network.changed();
    assert.equal(world.network.areConnected(2, 3), false);
    assert.equal(world.network.probe('internet', 2, 22), 'mute');
    assert.equal(changes, 3);
  });
});
