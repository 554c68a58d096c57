import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { ClusterSnapshot, NodeSnapshot } from '../../../src/core/model/snapshot';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import { failure, fails, NOTHING, one, SMALL, World } from './world';

/** Memory and disk of a node are read every fifteen seconds. */
const PATIENCE_MS = 60_000;

/** What is broken is broken through the product itself, and repaired through it. */
describe('a running cluster with a node that is broken on purpose', { timeout: 240_000 }, () => {
  const world = new World();
  let operator: Operator;
  let id: string;
  let dropletId: number;
  before(async () => {
    operator = await world.open({ practiceSpeed: 60 });
    ({ id } = await operator.create(SMALL, context()));
    dropletId = await world.dropletId('small-2');
  });
  afterEach(async () => {
    await operator.repair('practice');
    await until((cluster) => cluster.state === 'healthy');
    assert.deepEqual(await world.holdings(), one(SMALL), 'nothing lost, nothing doubled');
  });
  after(() => world.dispose());

  const breaks = (fault: object): Promise<unknown> => operator.breakOnPurpose('practice', { dropletId, ...fault });
  const nodeOf = (cluster: ClusterSnapshot): NodeSnapshot =>
    cluster.nodes.find(({ name }) => name === 'small-2') ?? assert.fail('small-2 is not shown');

  /** Looks until it is so, and shows the last look when it never is. */
  async function until(isSo: (cluster: ClusterSnapshot) => boolean): Promise<ClusterSnapshot> {
    let last: ClusterSnapshot | undefined;
    for (const end = performance.now() + PATIENCE_MS; performance.now() < end;) {
      await operator.refresh(id);
      last = operator.snapshots().find((cluster) => cluster.id === id);
      if (last !== undefined && isSo(last)) return last;
    }
    assert.fail(JSON.stringify({ state: last?.state, summary: last?.summary, nodes: last?.nodes }, null, 1));
  }

  async function saysOfTheNode(words: RegExp): Promise<ClusterSnapshot> {
    const cluster = await until((now) => words.test(nodeOf(now).problem ?? ''));
    assert.deepEqual(
      cluster.nodes.filter(({ name }) => name !== 'small-2').map(({ state, problem }) => ({ state, problem })),
      [
        { state: 'ready', problem: undefined },
        { state: 'ready', problem: undefined },
      ],
    );
    return cluster;
  }

  it('that refuses SSH: it is said of it, work that needs it names it, and goes on later', async () => {
    await breaks({ kind: 'ssh-refuses' });
    const { state, summary } = await saysOfTheNode(/203\.0\.113\.\d+\)? .*(cannot be reached|refuses)/);
    assert.deepEqual([state, summary], ['atRisk', '2 of 3 etcd members are up; none may fail']);
    await fails(operator.registerSwap(id, context()), 'timedOut', /small-2 is not known: .*Resume/);

    await operator.repair('practice');
    await operator.registerSwap(id, context());
  });

  it('whose SSH falls silent before its first word', async () => {
    await breaks({ kind: 'ssh-hangs' });
    await saysOfTheNode(/does not answer/);
    await fails(operator.connect(id, 'small-2'), 'sshUnreachable', /small-2.*does not answer/);
  });

  it('whose SSH falls silent in the middle of an answer', async () => {
    await breaks({ kind: 'ssh-hangs', afterBytes: 1_200 });
    await saysOfTheNode(/does not answer|was lost|cannot be reached/);
  });

  it('that shows another host key: nothing is sent to it, and what to do is said', async () => {
    await breaks({ kind: 'ssh-changes-host-key' });
    const words = /small-2.*host key SHA256:.*Nothing was sent.*put the old ones back.*destroy/;
    await saysOfTheNode(words);

    await fails(operator.connect(id, 'small-2'), 'hostKeyChanged', words);
    await fails(operator.registerSwap(id, context()), 'hostKeyChanged', words);
  });

  it('whose disk is full: it is said, and what can be said without it is', async () => {
    await breaks({ kind: 'disk-fills' });
    const cluster = await until((now) => (nodeOf(now).problem ?? '').includes('disk is nearly full: 0 MB'));
    assert.equal(cluster.nodes.length, 3);
  });

  it('whose clock is wrong by a day: nothing depends on it', async () => {
    await breaks({ kind: 'clock-drifts', seconds: 86_400 });
    const node = await operator.connect(id, 'small-2');
    const { stdout } = await node.exec(['date', '+%s']);
    const other = await operator.connect(id, 'small-1');
    const { stdout: true_ } = await other.exec(['date', '+%s']);
    node.dispose();
    other.dispose();
    assert.ok(Number(stdout) - Number(true_) > 80_000, `${stdout} ${true_}`);

    await operator.registerSwap(id, context());
    assert.equal((await until(({ state }) => state === 'healthy')).problem, undefined);
  });

  it('that loses its power: it is off as by a power-off, and Power On ends the fault', async () => {
    await breaks({ kind: 'node-loses-power' });
    const cluster = await saysOfTheNode(/Powered off\. It is still billed/);
    assert.equal(nodeOf(cluster).etcd, 'down');
    await operator.power(id, 'small-2', 'power_on', context());

    await operator.refresh(id);
    assert.deepEqual(operator.faults(), []);
  });

  it('that is cut off from the others: they have quorum, it has none', async () => {
    const others = [await world.dropletId('small-1'), await world.dropletId('small-3')];
    await operator.breakOnPurpose('practice', { kind: 'network-split', groups: [others, [dropletId]] });
    await saysOfTheNode(/no quorum/);

    await until(({ state, summary }) => state === 'atRisk' && summary === '2 of 3 etcd members are up; none may fail');
  });

  it('with all three cut off from each other: nothing can be changed, which is said', async () => {
    const ids = await Promise.all(['small-1', 'small-2', 'small-3'].map((name) => world.dropletId(name)));
    await operator.breakOnPurpose('practice', { kind: 'network-split', groups: ids.map((each) => [each]) });
    await until(({ state, summary }) => state === 'noQuorum' && summary.includes('nothing can be changed'));

    const { message } = await failure(operator.registerSwap(id, context()));
    assert.match(message, /fleet|quorum|etcd/);
  });

  it('is refused a fault of a droplet that is not there, and one that is none', async () => {
    await fails(breaks({ kind: 'disk-fills', dropletId: 5 }), 'notFound', /no droplet 5/);
    await fails(breaks({ kind: 'earthquake' }), 'invalidInput', /no fault/);
    await fails(
      operator.breakOnPurpose('digitalocean', { kind: 'api-breaks' }),
      'invalidInput',
      /Only the practice cloud/,
    );
  });

  it('is destroyed while lists leave its droplets out, and nothing is left', async () => {
    const [cluster] = operator.snapshots();
    await operator.create({ ...SMALL, prefix: 'later' }, context());
    await operator.breakOnPurpose('practice', { kind: 'api-lies', lie: 'forgets-droplets' });
    await operator.destroy(cluster?.id ?? '', context());
    await operator.repair('practice');
    assert.deepEqual((await world.holdings()).droplets, one({ ...SMALL, prefix: 'later' }).droplets);
    id = operator.snapshots()[0]?.id ?? '';
    await operator.destroy(id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
    ({ id } = await operator.create(SMALL, context()));
  });
});
