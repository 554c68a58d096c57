import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bench } from './bench';
import { machineId } from './fakeWorld';

const bench = new Bench();

describe('quorum', () => {
  it('is at risk when no more may fail', async () => {
    await bench.watch();
    bench.world.powerOff('deis-1');
    bench.world.powerOff('deis-2');
    bench.world.leader = 'deis-3';
    await bench.nextLook();
    assert.equal(bench.cluster.state, 'atRisk');
    assert.equal(bench.cluster.summary, '3 of 5 etcd members are up; none may fail');
  });

  it('is lost with the third: what fleet says then is not believed, and the last true rows are marked as old', async () => {
    await bench.watch();
    for (const name of ['deis-1', 'deis-2', 'deis-3']) {
      bench.world.powerOff(name);
    }
    bench.world.node('deis-4').etcd = 'noQuorum';
    bench.world.node('deis-5').etcd = 'noQuorum';
    bench.world.instances = [];
    const asked = bench.world.count('fleet');
    await bench.nextLook();

    assert.equal(bench.cluster.state, 'noQuorum');
    assert.match(bench.cluster.summary, /^2 of 5 etcd members are up; 3 are needed/);
    assert.equal(bench.node('deis-4').etcd, 'member');
    assert.equal(bench.cluster.units.length, 6);
    assert.ok(bench.cluster.units.every(({ isStale }) => isStale));
    assert.equal(bench.world.count('fleet'), asked, 'fleet is not even asked');
  });

  it('is lost as soon as the third droplet is known to be off, before any member has noticed', async () => {
    await bench.watch();
    for (const name of ['deis-1', 'deis-2', 'deis-3']) {
      bench.world.powerOff(name);
    }
    await bench.observer.refresh();
    assert.equal(bench.cluster.state, 'noQuorum');
    assert.match(bench.cluster.summary, /^2 of 5 etcd members are up; 3 are needed/);
  });

  it('is there when members say so, though most nodes are out of our reach', async () => {
    await bench.watch();
    for (const name of ['deis-1', 'deis-2', 'deis-3']) {
      bench.world.node(name).ssh = 'refused';
    }
    await bench.nextLook();
    assert.equal(bench.cluster.state, 'atRisk');
    assert.match(bench.cluster.summary, /^2 of 5 etcd members are up; the others are out of our reach/);
  });

  it('is not alarmed by an election, which is over at the next look', async () => {
    await bench.watch();
    for (const name of ['deis-1', 'deis-2', 'deis-3', 'deis-4', 'deis-5']) {
      bench.world.node(name).etcd = 'noQuorum';
    }
    await bench.observer.refresh();
    assert.equal(bench.cluster.state, 'degraded');
    assert.match(bench.cluster.summary, /electing a leader/);
    assert.ok(bench.cluster.units.every(({ isStale }) => !isStale));

    await bench.observer.refresh();
    assert.equal(bench.cluster.state, 'noQuorum');
    assert.match(bench.cluster.summary, /do not reach each other/);
  });

  it('of a split is that of the larger part, whichever node answers first', async () => {
    await bench.watch();
    bench.world.node('deis-1').etcd = 'noQuorum';
    bench.world.node('deis-2').etcd = 'noQuorum';
    bench.world.leader = 'deis-3';
    bench.world.calls.length = 0;
    await bench.world.time.advance(20_000);

    assert.equal(bench.cluster.state, 'atRisk');
    assert.equal(bench.cluster.summary, '3 of 5 etcd members are up; none may fail');
    assert.equal(bench.node('deis-1').problem, 'Its etcd has no quorum.');
    assert.equal(bench.world.count('fleet deis-1') + bench.world.count('fleet deis-2'), 0);
  });

  it('counts members, not proxies', async () => {
    bench.world.members = bench.world.members.slice(0, 3);
    await bench.watch();
    assert.equal(bench.node('deis-5').etcd, 'proxy');
    assert.equal(bench.cluster.summary, '3 of 3 etcd members are up; 1 may fail');
  });

  it('counts a member whose droplet is gone', async () => {
    await bench.watch();
    bench.world.droplets = bench.world.droplets.filter(({ name }) => name !== 'deis-5');
    await bench.nextLook();
    assert.equal(bench.node('deis-5').state, 'gone');
    assert.match(bench.cluster.summary, /^4 of 5 etcd members are up; 1 more may fail/);
  });
});

describe('a cluster that is well', () => {
  it('is shown whole', async () => {
    await bench.watch();

    assert.equal(bench.cluster.state, 'healthy');
    assert.equal(bench.cluster.summary, '5 of 5 etcd members are up; 2 may fail');
    assert.equal(bench.cluster.problem, undefined);
    assert.deepEqual(
      bench.cluster.nodes.map(({ state, etcd }) => `${state} ${etcd}`),
      ['ready leader', 'ready follower', 'ready follower', 'ready follower', 'ready follower'],
    );
    assert.equal(bench.node('deis-3').machineId, machineId(3));
    assert.deepEqual(bench.node('deis-3').vitals, {
      memoryTotalMb: 496,
      memoryAvailableMb: 300,
      swapTotalMb: 4095,
      swapUsedMb: 189,
      diskTotalMb: 17027,
      diskFreeMb: 11027,
    });
    assert.equal(bench.cluster.units.length, 6);
    assert.equal(bench.row('deis-builder.service').node, 'deis-3');
    assert.equal(bench.row('swapon.service').isGlobal, true);
    assert.ok(bench.cluster.units.every(({ isStale }) => !isStale));
  });

  it('costs by the hour from its creation, powered off or not', async () => {
    // Ten hours would be 2,400 looks.
    bench.world.droplets = bench.world.droplets.map((droplet) => ({
      ...droplet,
      priceHourly: 7.44,
      priceMonthly: 5000,
    }));
    await bench.watch();
    bench.world.powerOff('deis-1');
    await bench.world.time.advance(10 * 60_000);
    await bench.observer.refresh();

    assert.equal(bench.cluster.cost.hourly.toFixed(2), '37.20');
    assert.equal(bench.cluster.cost.monthly, 25_000);
    assert.equal(bench.cluster.cost.sinceCreation.toFixed(1), '6.2');
  });

  it('has its memory and disk read every quarter of a minute, not at every look', async () => {
    await bench.watch();
    await bench.world.time.advance(10_000);
    assert.ok(bench.world.count('listDropletsByTag') >= 4);
    assert.equal(bench.world.count('exec deis-1 cat'), 1);
  });
});
