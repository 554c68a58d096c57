import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { context, Harness, OWN_KEY } from './fakes/harness';
import { SPEC } from '../../samples';

const BARE = { ...SPEC, installPlatform: false, openPorts: false };

describe('two windows on one folder', () => {
  let harness: Harness;
  beforeEach(async () => (harness = await Harness.create()));
  afterEach(() => harness.dispose());

  it('show the same clusters: one sees how far the other is, and when a cluster is gone', async () => {
    const [first, second] = await Promise.all([harness.open(), harness.open()]);
    let seen: Promise<void> | undefined;
    const report = (message: string): void => {
      if (message.startsWith('Wait for etcd')) {
        seen ??= second.operator.refresh();
      }
    };

    const { id } = await first.operator.create(BARE, { ...context(), report }, OWN_KEY);
    await seen;

    assert.equal(second.observer.clusters.get(id)?.activity, 'creating');
    assert.ok(second.observer.ran.includes('etcd'));
    await second.operator.refresh();
    assert.equal(second.observer.clusters.get(id)?.activity, undefined);
    await first.operator.destroy(id, context());
    await second.operator.refresh();
    assert.deepEqual([...second.observer.clusters.keys()], []);
  });

  it('notice without being asked', async () => {
    const [first, second] = await Promise.all([harness.open(), harness.open()]);
    const noticed = new Promise<void>((resolve) => {
      second.observer.onTrack = () => resolve();
    });

    await first.operator.create(BARE, context(), OWN_KEY);

    await noticed;
    [first, second].forEach(({ operator }) => operator.dispose());
  });
});

describe('a window that closes', () => {
  it('stops what it was doing where it was, and another one goes on', async () => {
    const harness = await Harness.create();
    const first = await harness.open();
    const report = (message: string): void => {
      if (message.startsWith('Wait for etcd')) {
        first.operator.dispose();
      }
    };

    await assert.rejects(first.operator.create(BARE, { ...context(), report }, OWN_KEY), { name: 'AbortError' });

    const second = await harness.open();
    const [cluster] = second.operator.snapshots();
    assert.ok(cluster?.steps.some(({ state }) => state === 'pending'));
    const whole = await second.operator.resume(cluster?.id ?? '', context());
    assert.ok(whole.steps.every(({ state }) => state === 'done'));
    assert.equal(harness.world.cloud.count('createDroplets'), 1);
    second.operator.dispose();
    await harness.dispose();
  });
});
