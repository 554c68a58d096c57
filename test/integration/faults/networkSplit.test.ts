import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ClusterSnapshot } from '../../../src/core/model/snapshot';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import { failure, NOTHING, one, SMALL, World } from './world';

const FIVE = { ...SMALL, prefix: 'split', instances: 5, routerMeshSize: 5 };
const MAJORITY = ['split-1', 'split-2', 'split-3'];
const MINORITY = ['split-4', 'split-5'];
/** fleet and etcd need some minutes of this practice cloud's time, and a look takes seconds of it. */
const TRIES = 300;

describe('a network that splits five nodes into three and two', { timeout: 180_000 }, () => {
  const world = new World();
  let operator: Operator;
  let id: string;
  before(async () => {
    operator = await world.open({ practiceSpeed: 60 });
    ({ id } = await operator.create(FIVE, context()));
    await run('split-1', 'etcdctl set /word before');
    const idsOf = async (names: readonly string[]): Promise<number[]> =>
      await Promise.all(names.map(async (name) => await world.dropletId(name)));
    const groups = [await idsOf(MAJORITY), await idsOf(MINORITY)];
    await operator.breakOnPurpose('practice', { kind: 'network-split', groups });
  });
  after(() => world.dispose());

  async function run(name: string, command: string): Promise<string> {
    const node = await operator.connect(id, name);
    try {
      const { exitCode, stdout } = await node.exec(['sh', '-c', command]);
      return `${stdout.trim()}${exitCode === 0 ? '' : ` <${exitCode}>`}`;
    } finally {
      node.dispose();
    }
  }

  async function until(isSo: (cluster: ClusterSnapshot) => boolean): Promise<ClusterSnapshot> {
    let last: ClusterSnapshot | undefined;
    for (let tries = 0; tries < TRIES; tries += 1) {
      await operator.refresh(id);
      last = operator.snapshots().find((cluster) => cluster.id === id);
      if (last !== undefined && isSo(last)) return last;
    }
    assert.fail(JSON.stringify({ state: last?.state, summary: last?.summary, nodes: last?.nodes }, null, 1));
  }

  async function says(name: string, command: string, words: RegExp): Promise<void> {
    let last = '';
    for (let tries = 0; tries < TRIES && !words.test(last); tries += 1) last = await run(name, command);
    assert.match(last, words);
  }

  it('is seen: three have quorum and none of them may fail, two have none', async () => {
    const isCutOff = (cluster: ClusterSnapshot): boolean =>
      cluster.nodes.every(({ name, problem }) => (problem ?? '').includes('no quorum') === MINORITY.includes(name));
    const { state } = await until(
      (cluster) => isCutOff(cluster) && cluster.summary.startsWith('3 of 5 etcd members are up; none may fail'),
    );

    assert.equal(state, 'atRisk');
  });

  it('lets the larger side write, and the smaller one read what was before', async () => {
    await says('split-1', 'etcdctl set /word after', /^after$/);

    assert.equal(await run('split-3', 'etcdctl get /word'), 'after');
    assert.equal(await run('split-5', 'etcdctl get /word'), 'before');
    assert.match(await run('split-5', 'etcdctl set /word lost 2>&1'), /<[1-9]\d*>$/);
  });

  it('leaves the larger side with three machines in fleet', async () => {
    await says('split-2', 'fleetctl list-machines --no-legend | wc -l', /^3$/);
  });

  it('is told to who wants something done on all five', async () => {
    const { code, message } = await failure(operator.registerSwap(id, context()));

    assert.equal(code, 'timedOut');
    assert.match(message, /split-4, split-5.*Resume/);
  });

  it('is over with the repair: all have the word of the larger side, and fleet has five machines', async () => {
    await operator.repair('practice');
    await until(({ state }) => state === 'healthy');

    assert.equal(await run('split-5', 'etcdctl get /word'), 'after');
    await says('split-5', 'fleetctl list-machines --no-legend | wc -l', /^5$/);
    await operator.registerSwap(id, context());
    assert.deepEqual(await world.holdings(), one(FIVE));
    await operator.destroy(id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
  });
});
