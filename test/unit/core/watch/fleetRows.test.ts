import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bench } from './bench';
import { machineId } from './fakeWorld';

const bench = new Bench();

describe('fleet', () => {
  it('is read through another node when the first can not', async () => {
    for (const name of ['deis-1', 'deis-2', 'deis-4']) {
      bench.world.node(name).fleet = 'broken';
    }
    await bench.watch();
    assert.equal(bench.cluster.units.length, 6);
  });

  it('is read through another node when the first says nothing at all', async () => {
    bench.world.node('deis-1').fleet = 'mute';
    await bench.watch();
    await bench.world.time.advance(7_000);
    assert.equal(bench.cluster.units.length, 6);
    assert.equal(bench.cluster.state, 'healthy');
  });

  it('has old rows when it could not be read twice', async () => {
    await bench.watch();
    bench.world.nodes.forEach((entry) => (entry.fleet = 'broken'));
    await bench.observer.refresh();
    assert.equal(bench.row('deis-builder.service').isStale, false);
    await bench.observer.refresh();
    assert.equal(bench.row('deis-builder.service').isStale, true);
    assert.equal(bench.cluster.state, 'degraded');
  });

  it('is believed again at once when it can be read, whatever older looks still wait for', async () => {
    await bench.watch();
    bench.world.node('deis-5').ssh = 'mute';
    bench.world.nodes.forEach((entry) => (entry.fleet = 'broken'));
    await bench.world.time.advance(12_000);
    assert.equal(bench.row('deis-builder.service').isStale, true);
    bench.world.nodes.forEach((entry) => (entry.fleet = 'well'));
    const seen: boolean[] = [];
    bench.observer.onDidChange(() => seen.push(bench.row('deis-builder.service').isStale));
    await bench.world.time.advance(60_000);
    assert.equal(seen.indexOf(true, seen.indexOf(false)), -1, 'once it is fresh it stays so');
  });

  it('has no row for a unit that fits nowhere, and says so', async () => {
    bench.world.units = [...bench.world.units, bench.world.unit('deis-router@6.service')];
    await bench.watch();
    assert.deepEqual(bench.cluster.missingUnits, ['deis-router@6.service']);
    assert.equal(bench.cluster.state, 'degraded');
    assert.match(bench.cluster.summary, /deis-router@6\.service runs nowhere/);
  });

  it('has no word for a global unit that a machine lacks: that is found by comparing', async () => {
    bench.world.instances = bench.world.instances.filter(
      (entry) => !(entry.name === 'swapon.service' && entry.machineId === machineId(4)),
    );
    bench.world.units = [
      ...bench.world.units,
      bench.world.unit('only-hdd.service', { Global: 'true', MachineMetadata: '"disk=hdd"' }),
    ];
    bench.world.instances.push(bench.world.row('only-hdd.service', 1));
    await bench.watch();

    assert.deepEqual(bench.cluster.missingRows, [{ name: 'swapon.service', machineId: machineId(4), node: 'deis-4' }]);
    assert.equal(bench.cluster.state, 'degraded');
  });

  it('shows a unit that restarts for ever as failing, and one that starts as starting', async () => {
    bench.world.instances = bench.world.instances.map((entry) =>
      entry.name === 'deis-builder.service' ? { ...entry, active: 'activating', sub: 'auto-restart' } : entry,
    );
    await bench.watch();
    assert.match(bench.cluster.summary, /deis-builder\.service fails on deis-3/);

    bench.world.instances = bench.world.instances.map((entry) =>
      entry.name === 'deis-builder.service' ? { ...entry, sub: 'start-pre' } : entry,
    );
    await bench.nextLook();
    assert.match(bench.cluster.summary, /1 units? (is|are) still starting/);
  });

  it('is content with units that were stopped on purpose', async () => {
    bench.world.units = bench.world.units.map((unit) => ({ ...unit, desiredState: 'loaded' as const }));
    bench.world.instances = bench.world.instances.map((entry) => ({ ...entry, active: 'inactive', sub: 'dead' }));
    await bench.watch();
    assert.equal(bench.cluster.state, 'healthy');
  });
});
