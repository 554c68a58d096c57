import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import { Bench } from './bench';

const bench = new Bench();

describe('droplets', () => {
  it('that carry the tag and are not in the journal are told loudly', async () => {
    const nodes = bench.world.cluster().nodes.slice(0, 4);
    await bench.watch({ nodes });

    assert.match(bench.node('deis-5').problem ?? '', /billed, but not in the records/);
    assert.match(bench.cluster.problem ?? '', /not in the records of this cluster: deis-5/);
    assert.equal(bench.cluster.cost.monthly, 25, 'it costs all the same');
    assert.equal(bench.world.count('connect deis-5'), 0);
  });

  it('that are just being made are no surprise', async () => {
    await bench.watch({
      nodes: [],
      activity: 'creating',
      steps: [{ id: 'droplets', title: 'Create the droplets', state: 'running' }],
    });
    assert.equal(bench.cluster.nodes.length, 5);
    assert.equal(bench.cluster.problem, undefined);
    assert.equal(bench.cluster.summary, 'Step 1 of 1: Create the droplets');
  });

  it('that are gone are asked for by their id once, and cost nothing from then on', async () => {
    bench.world.droplets = bench.world.droplets.map((droplet) => ({
      ...droplet,
      priceHourly: 7.44,
      priceMonthly: 5000,
    }));
    await bench.watch();
    await bench.world.time.advance(10 * 60_000);
    bench.world.droplets = bench.world.droplets.filter(({ name }) => name !== 'deis-2');
    await bench.nextLook();
    const costThen = bench.cluster.cost.sinceCreation;
    await bench.world.time.advance(10 * 60_000);

    assert.equal(bench.node('deis-2').state, 'gone');
    assert.match(bench.cluster.problem ?? '', /No longer at the provider: deis-2/);
    assert.equal(bench.world.count('getDroplet 2'), 1);
    const rise = bench.cluster.cost.sinceCreation - costThen;
    assert.ok(rise > 4.7 && rise < 5.2, `four droplets for ten minutes, not ${rise}`);
    assert.equal(bench.cluster.cost.monthly, 20_000);
  });

  it('that only lost their tag are still there', async () => {
    await bench.watch();
    bench.world.untagged = bench.world.droplets.filter(({ name }) => name === 'deis-2');
    bench.world.droplets = bench.world.droplets.filter(({ name }) => name !== 'deis-2');
    await bench.nextLook();
    assert.equal(bench.node('deis-2').state, 'ready');
    assert.match(bench.node('deis-2').problem ?? '', /lost the cluster's tag/);
  });

  it('that a list leaves out, and that have their tag, are not accused of anything', async () => {
    await bench.watch();
    const [hidden] = bench.world.droplets.filter(({ name }) => name === 'deis-2');
    assert.ok(hidden);
    bench.world.untagged = [{ ...hidden, tags: [`deis-cluster:${bench.cluster.id}`] }];
    bench.world.droplets = bench.world.droplets.filter(({ name }) => name !== 'deis-2');
    await bench.nextLook();
    assert.deepEqual([bench.node('deis-2').state, bench.node('deis-2').problem], ['ready', undefined]);
  });

  it('are not gone because the token is of another account', async () => {
    await bench.watch({ accountUuid: 'a' });
    bench.world.droplets = [];
    bench.world.account = { ...bench.world.account, uuid: 'b', email: 'other@example.com' };
    await bench.nextLook();

    assert.equal(bench.node('deis-1').state, 'ready', 'SSH still answers');
    assert.match(bench.cluster.problem ?? '', /other@example\.com.*another one/);
    assert.equal(bench.world.count('getDroplet'), 0);
    assert.equal(bench.cluster.cost.monthly, 25);
  });

  it('are shown as last seen while the cloud can not be asked, and nodes by what they say themselves', async () => {
    await bench.watch();
    bench.world.cloudFailure = new ClusterError('DigitalOcean rejects the token.', {
      code: 'tokenRejected',
      remedy: 'setToken',
    });
    bench.world.node('deis-2').ssh = 'refused';
    await bench.nextLook();

    assert.equal(bench.cluster.problem, 'DigitalOcean rejects the token.');
    assert.equal(bench.node('deis-1').state, 'ready');
    assert.equal(bench.node('deis-2').state, 'unreachable');

    bench.world.cloudFailure = undefined;
    await bench.nextLook();
    assert.equal(bench.cluster.problem, undefined);
  });

  it('do not hide the nodes while the cloud takes its time to list them', async () => {
    bench.world.isCloudMute = true;
    await bench.watch();
    await bench.world.time.advance(2_000);
    assert.equal(bench.node('deis-1').state, 'ready');
    assert.equal(bench.cluster.units.length, 6);
  });

  it('are counted down while the cluster is destroyed, and no node is spoken to any more', async () => {
    await bench.watch({ activity: 'destroying' });
    assert.equal(bench.world.count('connect'), 0);
    bench.world.droplets = bench.world.droplets.slice(3);
    await bench.nextLook();
    assert.equal(bench.cluster.summary, 'Destroying: 2 of 5 droplets are left');
    assert.equal(bench.cluster.problem, undefined);
  });
});
