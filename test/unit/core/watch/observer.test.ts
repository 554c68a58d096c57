import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import { createObserver } from '../../../../src/core/watch/observer';
import { Bench } from './bench';
import { silentLog } from './fakeWorld';
import { SPEC } from '../../../samples';

const bench = new Bench();

describe('watching', () => {
  it('asks nobody anything until somebody looks, and stops when nobody does', async () => {
    bench.observer.track(bench.world.cluster());
    await bench.world.time.advance(60_000);
    assert.deepEqual(bench.world.calls, []);

    const handle = bench.observer.watch();
    const second = bench.observer.watch();
    await bench.world.time.settle();
    assert.equal(bench.world.count('listDropletsByTag'), 1);

    handle.dispose();
    await bench.world.time.advance(5_000);
    assert.ok(bench.world.count('listDropletsByTag') > 1, 'the second handle still watches');
    second.dispose();
    await bench.world.time.settle();
    const asked = bench.world.calls.length;
    await bench.world.time.advance(600_000);
    assert.equal(bench.world.calls.length, asked);
  });

  it('looks once when asked to, also while nobody watches', async () => {
    bench.observer.track(bench.world.cluster());
    await bench.observer.refresh();
    assert.equal(bench.cluster.state, 'healthy');
    assert.equal(bench.world.count('listDropletsByTag'), 1);
  });

  it('does not keep who asked for a look waiting for a node that says nothing', async () => {
    bench.world.node('deis-3').ssh = 'mute';
    bench.observer.track(bench.world.cluster());
    let isDone = false;
    void bench.observer.refresh().then(() => (isDone = true));
    await bench.world.time.advance(5_000);
    assert.ok(isDone);
    assert.match(bench.cluster.summary, /^4 of 5 etcd members are up/);
  });

  it('asks nobody about a cluster whose journal is damaged, and everybody when it can be read again', async () => {
    const problem = 'Its journal is damaged.';
    await bench.watch({ spec: { ...SPEC, provider: 'digitalocean', instances: 0 }, nodes: [], problem });
    await bench.world.time.advance(10_000);
    assert.deepEqual(bench.world.calls, []);
    assert.equal(bench.cluster.summary, 'Nothing is known of its nodes');
    assert.equal(bench.cluster.problem, problem);

    bench.observer.track(bench.world.cluster());
    await bench.nextLook();
    assert.equal(bench.cluster.state, 'healthy');
  });

  it('makes one list call for all droplets of the cluster in a look, by its tag', async () => {
    await bench.watch();
    assert.deepEqual(
      bench.world.calls.filter((call) => call.includes('roplet')),
      ['listDropletsByTag deis-cluster:deis-ab12c'],
    );
  });

  it('looks ever less often while nothing changes, and often again after a change', async () => {
    await bench.watch();
    await bench.world.time.advance(120_000);
    const pauses = bench.world.time.sleeps.filter((ms) => ms !== 3_000);
    assert.ok(pauses.indexOf(1_000) < pauses.indexOf(15_000));
    assert.equal(pauses.at(-1), 15_000);

    const before = bench.world.time.sleeps.length;
    bench.world.powerOff('deis-2');
    await bench.nextLook();
    assert.ok(bench.world.time.sleeps.slice(before).includes(1_000));
  });

  it('looks often again after a change that an asked-for look has found', async () => {
    await bench.watch();
    await bench.world.time.advance(120_000);
    bench.world.powerOff('deis-3');
    await bench.observer.refresh();
    await bench.world.time.settle(); // The look that follows at once sees nothing new.
    bench.world.instances = [bench.world.row('deis-builder.service', 4)];
    await bench.world.time.advance(2_000);
    assert.equal(bench.row('deis-builder.service').node, 'deis-4');
  });

  it('asks the cloud no more than every two seconds, however much changes', async () => {
    await bench.watch();
    for (let i = 0; i < 60; i++) {
      bench.world.instances = bench.world.instances.map((entry) => ({ ...entry, hash: String(i) }));
      await bench.world.time.advance(1_000);
    }
    assert.ok(bench.world.count('fleet deis-1') >= 100, 'fleet is read every second');
    assert.ok(bench.world.count('listDropletsByTag') <= 31);
  });

  it('leaves slow nodes time for their own work', async () => {
    bench.world.latencyMs = 1_000;
    await bench.watch();
    await bench.world.time.advance(10_000);
    bench.world.calls.length = 0;
    for (let i = 0; i < 60; i++) {
      bench.world.instances = bench.world.instances.map((entry) => ({ ...entry, hash: String(i) }));
      await bench.world.time.advance(1_000);
    }
    assert.ok(bench.world.count('connect deis-1') <= 12, `${bench.world.count('connect deis-1')} looks in a minute`);
  });

  it('comes back soon to a node that did not answer: that costs it nothing', async () => {
    bench.world.nodes.forEach((entry) => (entry.ssh = 'mute'));
    await bench.watch();
    await bench.world.time.advance(15_000);
    bench.world.nodes.forEach((entry) => (entry.ssh = 'open'));
    await bench.world.time.advance(3_000);
    assert.equal(bench.node('deis-1').state, 'ready');
  });

  it('calls its listeners for what a user would see, and for nothing else', async () => {
    let changes = 0;
    await bench.watch();
    const subscription = bench.observer.onDidChange(() => changes++);

    bench.world.node('deis-1').availableMb += 5;
    await bench.world.time.advance(60_000);
    assert.equal(changes, 0, 'some free memory and the age of a look are no news');

    bench.world.instances = bench.world.instances.map((entry) =>
      entry.name === 'deis-builder.service' ? { ...entry, active: 'failed', sub: 'failed' } : entry,
    );
    await bench.nextLook();
    assert.equal(changes, 1);
    assert.equal(bench.cluster.state, 'degraded');

    subscription.dispose();
    bench.world.powerOff('deis-5');
    await bench.nextLook();
    assert.equal(changes, 1);
  });

  it('gives every connection back', async () => {
    await bench.watch();
    bench.world.node('deis-2').ssh = 'mute';
    await bench.world.time.advance(120_000);
    assert.ok(bench.world.leases <= 5, `${bench.world.leases} are held`);
    bench.observer.dispose();
    await bench.world.time.advance(60_000);
    assert.equal(bench.world.leases, 0);
  });

  it('goes on when the provider can not be opened, and says why', async () => {
    bench.observer.dispose();
    bench.observer = createObserver({
      providers: () =>
        Promise.reject(new ClusterError('The practice cloud is not running.', { code: 'practiceUnavailable' })),
      log: silentLog,
      cacheFolder: bench.cacheFolder,
      time: bench.world.time,
    });
    await bench.watch();
    assert.equal(bench.cluster.state, 'unknown');
    assert.match(bench.cluster.problem ?? '', /practice cloud is not running/);
  });
});

describe('a new window', () => {
  const savedFiles = (): Promise<string[]> => readdir(bench.cacheFolder);
  const hasSaved = async (): Promise<boolean> => (await savedFiles()).includes('deis-ab12c.seen.json');

  it('shows at once what the last one saw, and does not pretend that it still holds', async () => {
    await bench.watch();
    await bench.until(hasSaved);
    bench.observer.dispose();

    bench.observer = bench.open();
    bench.observer.track(bench.world.cluster());
    await bench.until(() => bench.cluster.units.length > 0);
    assert.equal(bench.cluster.state, 'unknown');
    assert.match(bench.cluster.summary, /Last known: 5 of 5 etcd members are up/);
    assert.equal(bench.cluster.units.length, 6);
    assert.ok(bench.cluster.units.every(({ isStale }) => isStale));

    await bench.observer.refresh();
    assert.equal(bench.cluster.state, 'healthy');
  });

  it('gives no verdict before the first look is through', async () => {
    const states = new Set<string>();
    bench.observer.onDidChange(() => states.add(bench.cluster.state));
    await bench.watch();
    assert.deepEqual([...states], ['unknown', 'healthy']);
  });

  it('gives its verdict without waiting for a node that says nothing', async () => {
    bench.world.node('deis-2').ssh = 'mute';
    await bench.watch();
    await bench.world.time.advance(4_000);
    assert.equal(bench.cluster.state, 'degraded');
    assert.match(bench.cluster.summary, /^4 of 5 etcd members are up; 1 more may fail/);
  });

  it('is not upset by a damaged file', async () => {
    await writeFile(
      path.join(bench.cacheFolder, 'deis-ab12c.seen.json'),
      '{"version":1,"seen":{"droplets":[{"id":"x"}]}}',
    );
    bench.observer.track(bench.world.cluster());
    await bench.world.time.settle();
    assert.equal(bench.cluster.units.length, 0);
    await bench.observer.refresh();
    assert.equal(bench.cluster.state, 'healthy');
  });

  it('finds nothing of a cluster that was destroyed', async () => {
    await bench.watch();
    await bench.until(hasSaved);
    bench.observer.untrack('deis-ab12c');
    assert.deepEqual(bench.observer.snapshots(), []);
    await bench.until(async () => (await savedFiles()).length === 0);
  });
});

describe('setup', () => {
  it('that stopped says where, and what to do', async () => {
    const steps = [
      { id: 'ssh', title: 'Wait for SSH', state: 'done' as const },
      { id: 'etcd', title: 'Wait for etcd', state: 'failed' as const },
    ];
    await bench.watch({ steps });
    assert.equal(bench.cluster.state, 'setupStopped');
    assert.match(bench.cluster.summary, /Wait for etcd.*Resume Setup/);
  });

  it('that stopped is not what matters when quorum is lost', async () => {
    bench.world.nodes.forEach((entry) => (entry.etcd = 'noQuorum'));
    await bench.watch({ steps: [{ id: 'etcd', title: 'Wait for etcd', state: 'failed' }] });
    await bench.observer.refresh();
    assert.equal(bench.cluster.state, 'noQuorum');
  });

  it('that ended well is not judged by what was seen in the middle of it', async () => {
    const steps = [{ id: 'start', title: 'Start the platform', state: 'done' as const }];
    bench.world.instances = bench.world.instances.map((row) => ({ ...row, active: 'activating', sub: 'start-pre' }));
    await bench.watch({ activity: 'creating', steps });
    bench.world.instances = bench.world.instances.map((row) => ({ ...row, active: 'active', sub: 'running' }));

    const states = new Set<string>();
    bench.observer.onDidChange(() => states.add(bench.cluster.state));
    bench.observer.track(bench.world.cluster({ steps }));
    await bench.world.time.advance(1_000);
    assert.equal(bench.cluster.state, 'healthy');
    assert.ok(!states.has('degraded'));
  });

  it('that failed is said to have stopped at once', async () => {
    const step = { id: 'start', title: 'Start the platform' };
    await bench.watch({ activity: 'creating', steps: [{ ...step, state: 'running' }] });
    bench.observer.track(bench.world.cluster({ steps: [{ ...step, state: 'failed' }] }));
    assert.equal(bench.cluster.state, 'setupStopped');
  });

  it('that begins or ends is looked at without delay', async () => {
    await bench.watch();
    await bench.world.time.advance(120_000);
    const asked = bench.world.count('listDropletsByTag');
    bench.observer.track(bench.world.cluster({ activity: 'destroying' }));
    await bench.world.time.settle();
    assert.equal(bench.world.count('listDropletsByTag'), asked + 1);
  });

  it('shows each step as soon as it is told', async () => {
    await bench.watch({ activity: 'creating', steps: [{ id: 'a', title: 'First', state: 'running' }] });
    let changes = 0;
    bench.observer.onDidChange(() => changes++);
    bench.observer.track(
      bench.world.cluster({ activity: 'creating', steps: [{ id: 'a', title: 'First', state: 'done' }] }),
    );
    assert.equal(changes, 1);
    assert.equal(bench.cluster.steps[0]?.state, 'done');
  });
});
