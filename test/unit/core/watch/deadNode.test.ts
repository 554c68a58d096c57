import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bench } from './bench';
import { machineId } from './fakeWorld';

const bench = new Bench();

describe('a node that dies', () => {
  it('delays nothing about the others', async () => {
    bench.world.node('deis-2').ssh = 'mute';
    await bench.watch();

    assert.equal(bench.node('deis-1').state, 'ready');
    assert.equal(bench.node('deis-5').state, 'ready');
    assert.equal(bench.cluster.units.length, 6);
    assert.equal(bench.node('deis-2').state, 'booting');
  });

  it('is not asked again while an earlier question is open', async () => {
    bench.world.node('deis-2').ssh = 'mute';
    await bench.watch();
    await bench.world.time.advance(9_000);
    assert.equal(bench.world.count('connect deis-2'), 1);
    assert.ok(bench.world.count('connect deis-1') >= 3);
  });

  it('has stale rows at once, which then move', async () => {
    await bench.watch();
    const lastSeen = bench.node('deis-3').seenAt;
    bench.world.powerOff('deis-3');
    await bench.nextLook();

    assert.equal(bench.node('deis-3').state, 'off');
    assert.equal(bench.node('deis-3').etcd, 'down');
    assert.equal(bench.node('deis-3').seenAt, lastSeen);
    assert.match(bench.node('deis-3').problem ?? '', /still billed/);
    assert.deepEqual(
      { node: bench.row('deis-builder.service').node, isStale: bench.row('deis-builder.service').isStale },
      { node: 'deis-3', isStale: true },
    );
    assert.equal(bench.cluster.state, 'degraded');
    assert.equal(bench.cluster.summary, '4 of 5 etcd members are up; 1 more may fail');

    bench.world.machines = bench.world.machines.filter(({ id }) => id !== machineId(3));
    bench.world.instances = [
      ...bench.world.instances.filter((entry) => entry.machineId !== machineId(3)),
      bench.world.row('deis-builder.service', 4),
    ];
    await bench.nextLook();
    assert.deepEqual(
      { node: bench.row('deis-builder.service').node, isStale: bench.row('deis-builder.service').isStale },
      { node: 'deis-4', isStale: false },
    );
    assert.equal(bench.node('deis-3').machineId, machineId(3), 'still known, though fleet has forgotten it');
  });

  it('is unreachable when it hangs with its power on, and keeps what was last seen', async () => {
    await bench.watch();
    bench.world.node('deis-4').ssh = 'mute';
    await bench.world.time.advance(60_000);

    assert.equal(bench.node('deis-4').state, 'unreachable');
    assert.equal(bench.node('deis-4').etcd, 'unknown');
    assert.ok((bench.node('deis-4').seenAt ?? Infinity) < bench.world.time.now() - 20_000);
    assert.ok(bench.node('deis-4').vitals !== undefined);
    assert.equal(bench.cluster.state, 'degraded');
  });

  it('tells why it refuses', async () => {
    await bench.watch();
    bench.world.node('deis-4').ssh = 'refused';
    await bench.nextLook();
    assert.equal(bench.node('deis-4').problem, 'deis-4 refuses the connection.');
  });

  it('is booting after it was powered on, until it has had its time', async () => {
    await bench.watch();
    bench.world.powerOff('deis-4');
    await bench.nextLook();
    bench.world.setStatus('deis-4', 'active');
    await bench.nextLook();
    assert.equal(bench.node('deis-4').state, 'booting');
    await bench.world.time.advance(6 * 60_000);
    assert.equal(bench.node('deis-4').state, 'unreachable');
    bench.world.node('deis-4').ssh = 'open';
    await bench.world.time.advance(40_000);
    assert.equal(bench.node('deis-4').state, 'ready');
    assert.equal(bench.cluster.state, 'healthy');
  });

  it('only lost its connection when a new one answers: nothing is said of it', async () => {
    await bench.watch();
    let changes = 0;
    bench.observer.onDidChange(() => changes++);
    bench.world.node('deis-2').isCut = true;
    await bench.nextLook();
    assert.equal(bench.world.node('deis-2').isCut, false);
    assert.equal(changes, 0);
    assert.equal(bench.node('deis-2').state, 'ready');
  });

  it('is ready with its etcd down when only that died', async () => {
    await bench.watch();
    bench.world.node('deis-2').etcd = 'down';
    await bench.nextLook();
    assert.equal(bench.node('deis-2').state, 'ready');
    assert.equal(bench.node('deis-2').etcd, 'down');
    assert.equal(bench.cluster.summary, '4 of 5 etcd members are up; 1 more may fail');
  });
});
