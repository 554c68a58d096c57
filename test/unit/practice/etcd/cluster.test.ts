import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { EtcdError } from '../../../../src/practice/etcd/errors';
import { at, createCluster, etcdEnvironment, etcdOf, ETCD, runningEtcd, startEtcd } from '../support/fakeCluster';
import { disposeKernels } from '../support/fakeKernel';

const isTimeout = (error: unknown): boolean => error instanceof EtcdError && error.code === 300;

describe('an etcd cluster', () => {
  afterEach(disposeKernels);

  it('forms by discovery when as many nodes have registered as the URL asks for', async () => {
    const cluster = await runningEtcd();
    const etcd = etcdOf(at(cluster, 1));

    await etcd.client.set('/a', { value: '1' });

    assert.equal(Object.keys(etcd.member()?.state.members ?? {}).length, 5);
    for (const host of cluster.hosts) {
      assert.equal(etcdOf(host).client.peek('/a')?.value, '1');
    }
    assert.equal(cluster.hosts.filter((host) => etcdOf(host).member()?.role === 'leader').length, 1);
  });

  it('does not form with four of five, and says what it waits for', async () => {
    const cluster = createCluster({ nodes: 4 });
    let isReady = false;
    for (const host of cluster.hosts) {
      void startEtcd(host).ready.then(() => (isReady = true));
    }

    await cluster.kernel.timeline.sleep(600_000);

    assert.equal(isReady, false);
    assert.equal(at(cluster, 1).daemon('etcd'), undefined);
    assert.match(at(cluster, 1).entries.at(-1)?.text ?? '', /found 4 peer\(s\), waiting for 1 more/);
  });

  it('ends when the discovery service does not know the URL, and waits while the service is away', async () => {
    const cluster = createCluster();
    const { discovery } = cluster;
    discovery.size = '';
    assert.equal(await startEtcd(at(cluster, 1)).exited, 1);
    assert.deepEqual(
      at(cluster, 1)
        .entries.slice(-3)
        .map(({ text }) => text),
      [
        'etcdmain: failed to join discovery cluster (discovery: size key is bad)',
        'etcdmain: discovery token http://discovery/token was used, but failed to bootstrap the cluster.',
        'etcdmain: please generate a new discovery token and try to bootstrap again.',
      ],
    );
    discovery.size = '5';
    cluster.kernel.fetchFrom = () => Promise.reject(new Error('connection refused'));
    const daemons = cluster.hosts.map(startEtcd);
    for (let second = 0; second < 20; second += 1) {
      await cluster.kernel.timeline.sleep(1_000);
    }
    assert.match(at(cluster, 2).entries.at(-1)?.text ?? '', /error connecting to http:\/\/discovery, retrying in 16s$/);

    cluster.kernel.fetchFrom = discovery.fetch;

    await Promise.all(daemons.map((daemon) => daemon.ready));
  });

  it('does not let a node register twice, though it was only started again before all had come', async () => {
    const cluster = createCluster({ nodes: 2 });
    startEtcd(at(cluster, 1));
    await cluster.kernel.timeline.sleep(5_000);
    at(cluster, 1).cutPower();
    at(cluster, 1).powerOn();

    assert.equal(await startEtcd(at(cluster, 1)).exited, 1);

    const name = at(cluster, 1).machineId;
    assert.equal(
      at(cluster, 1).entries.at(-4)?.text,
      `etcdmain: member "${name}" has previously registered with discovery service token (http://discovery/token).`,
    );
    assert.equal(cluster.discovery.registered('token'), 1);
  });

  it('forms also when the process ended in the very moment in which a node had registered', async () => {
    const before = createCluster({ nodes: 5 });
    const { discovery, kernel } = before;
    let written = '';
    kernel.fetchFrom = async (from, request) => {
      const answer = await discovery.fetch(from, request);
      if (request.method === 'PUT') {
        written ||= kernel.state.written;
        return await new Promise<never>(() => undefined);
      }
      return answer;
    };
    startEtcd(at(before, 1));
    await kernel.timeline.sleep(5_000);

    const after = createCluster({ left: { sections: written, now: kernel.timeline.now() } });
    after.kernel.fetchFrom = discovery.fetch;
    after.hosts.forEach(startEtcd);
    await after.kernel.timeline.sleep(60_000);

    assert.equal(Object.keys(etcdOf(at(after, 1)).member()?.state.members ?? {}).length, 5);
  });

  it('loses a member whose disk is full at its next write, and the others go on', async () => {
    const cluster = await runningEtcd();
    await cluster.kernel.timeline.sleep(5_000);
    const [full, writer] = cluster.hosts.filter((host) => etcdOf(host).member()?.role === 'follower');
    assert.ok(full !== undefined && writer !== undefined);
    full.resources.diskUsedMb = full.resources.diskTotalMb;
    await cluster.kernel.timeline.sleep(5_000);
    assert.notEqual(full.daemon('etcd'), undefined, 'nothing was to be written yet');

    await etcdOf(writer).client.set('/a', { value: '1' });
    await cluster.kernel.timeline.sleep(5_000);

    assert.equal(full.daemon('etcd'), undefined);
    assert.match(full.entries.at(-1)?.text ?? '', /save state and entries error: write .*no space left on device$/);
    assert.equal((await etcdOf(writer).client.set('/a', { value: '2' })).node.value, '2');
  });

  it('gets no vote of a member whose disk is full: it could not write down whom it gave it to', async () => {
    const cluster = await runningEtcd();
    await cluster.kernel.timeline.sleep(5_000);
    const leader = cluster.hosts.find((host) => etcdOf(host).member()?.role === 'leader') ?? assert.fail();
    const [full, off] = cluster.hosts.filter((host) => host !== leader);
    assert.ok(full !== undefined && off !== undefined);
    full.resources.diskUsedMb = full.resources.diskTotalMb;
    off.cutPower();
    leader.cutPower();

    await cluster.kernel.timeline.sleep(10_000);

    assert.match(full.entries.at(-1)?.text ?? '', /save state and entries error: write .*no space left on device$/);
    const elections = cluster.hosts.flatMap(({ entries }) =>
      entries.filter(({ text }) => text.includes('became leader')),
    );
    assert.equal(elections.length, 1, 'the first of all');
  });

  it('hears nothing more of a leader that has ended, whoever still holds its client', async () => {
    const cluster = await runningEtcd();
    const leader = cluster.hosts.find((host) => etcdOf(host).member()?.role === 'leader') ?? assert.fail();
    const held = etcdOf(leader).client;
    leader.stopDaemon(ETCD);
    await cluster.kernel.timeline.sleep(10_000);
    await startEtcd(leader).ready;
    await assert.rejects(held.set('/a', { value: 'of the dead' }), isTimeout);
    await cluster.kernel.timeline.sleep(10_000);

    const other = cluster.hosts.find((host) => host !== leader) ?? assert.fail();
    assert.equal(etcdOf(other).client.hasQuorum, true);
    assert.equal(etcdOf(other).client.peek('/a'), undefined);
  });

  it('makes proxies of the nodes beyond the size of the URL', async () => {
    const cluster = await runningEtcd({ size: '3' });

    const proxies = cluster.hosts.filter((host) => etcdOf(host).isProxy);
    const [proxy] = proxies;
    assert.equal(proxies.length, 2);
    assert.ok(proxy);
    await etcdOf(proxy).client.set('/through', { value: 'a proxy' });
    assert.equal(etcdOf(proxy).client.peek('/through')?.value, 'a proxy');
  });

  it('goes on with three of five and elects a new leader when the leader dies', async () => {
    const cluster = await runningEtcd();
    const leader = cluster.hosts.find((host) => etcdOf(host).member()?.role === 'leader');
    const [a, b, c] = cluster.hosts.filter((host) => host !== leader);
    assert.ok(leader && a && b && c);
    leader.cutPower();
    const before = cluster.kernel.timeline.now();
    a.cutPower();

    await cluster.kernel.timeline.sleep(3_000);
    await etcdOf(b).client.set('/still', { value: 'here' });

    assert.equal(etcdOf(c).client.peek('/still')?.value, 'here');
    assert.ok(cluster.kernel.timeline.now() - before < 5_000);
  });

  it('loses a write that was under way when the leader died: it fails after seven seconds', async () => {
    const cluster = await runningEtcd();
    const leader = cluster.hosts.find((host) => etcdOf(host).member()?.role === 'leader');
    const survivor = cluster.hosts.find((host) => host !== leader);
    assert.ok(leader && survivor);
    leader.cutPower();
    const from = cluster.kernel.timeline.now();

    await assert.rejects(etcdOf(survivor).client.set('/lost', { value: '1' }), isTimeout);

    const took = cluster.kernel.timeline.now() - from;
    assert.ok(took >= 7_000 && took < 7_200, `${took} ms`);
  });

  it('split two against three, serves stale reads on the smaller side and writes on the larger, and heals', async () => {
    const cluster = await runningEtcd();
    await etcdOf(at(cluster, 1)).client.set('/k', { value: 'old' });
    cluster.kernel.network.partition([1, 2], [3, 4, 5]);
    await cluster.kernel.timeline.sleep(5_000);

    await etcdOf(at(cluster, 4)).client.set('/k', { value: 'new' });

    assert.equal(etcdOf(at(cluster, 1)).client.peek('/k')?.value, 'old');
    assert.equal((await etcdOf(at(cluster, 1)).client.get('/k')).node.value, 'old');
    await assert.rejects(etcdOf(at(cluster, 1)).client.get('/k', { quorum: true }), isTimeout);
    await assert.rejects(etcdOf(at(cluster, 1)).client.set('/k', { value: 'other' }), isTimeout);
    cluster.kernel.network.partition();
    await cluster.kernel.timeline.sleep(5_000);
    assert.equal(etcdOf(at(cluster, 1)).client.peek('/k')?.value, 'new');
    assert.equal(etcdOf(at(cluster, 1)).client.hasQuorum, true);
  });

  it('brings a node that was off up to date from its own disk and the others', async () => {
    const cluster = await runningEtcd();
    at(cluster, 5).cutPower();
    for (let count = 0; count < 700; count += 1) {
      await etcdOf(at(cluster, 1)).client.set(`/many/${count % 7}`, { value: String(count) });
    }

    at(cluster, 5).powerOn();
    await startEtcd(at(cluster, 5)).ready;

    assert.equal(etcdOf(at(cluster, 5)).client.peek('/many/6')?.value, '699');
    assert.equal(cluster.discovery.registered('token'), 5);
  });

  it('remembers the last thousand events when it starts again, those of its absence too', async () => {
    const cluster = await runningEtcd();
    const [node, writer] = cluster.hosts.filter((host) => etcdOf(host).member()?.role === 'follower');
    assert.ok(node !== undefined && writer !== undefined);
    const write = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 1) await etcdOf(writer).client.set('/k', { value: String(done) });
    };
    const firstOf = (index: number): number | undefined => {
      const member = etcdOf(node).member() ?? assert.fail();
      return member.history.since('/k', false, index, member.store.index)?.index;
    };
    await write(2);
    const first = etcdOf(writer).client.index - 1;
    const heard: unknown[] = [];
    etcdOf(node).client.watch('/k', (event) => heard.push(event));
    node.stopDaemon(ETCD);
    await write(700);
    await startEtcd(node).ready;
    assert.equal(firstOf(first), first);
    assert.deepEqual(heard, [], 'who waited at the one that ended waits no more');

    node.stopDaemon(ETCD);
    await write(700);
    await startEtcd(node).ready;
    assert.throws(
      () => firstOf(first),
      (error) => error instanceof EtcdError && error.code === 401 && error.cause.includes('has been cleared'),
    );
    assert.equal(firstOf(first + 450), first + 450);
  });

  it('has no leader and no quorum when three of five are gone, and both when one returns', async () => {
    const cluster = await runningEtcd();
    [1, 2, 3].forEach((number) => at(cluster, number).cutPower());
    await cluster.kernel.timeline.sleep(10_000);
    assert.equal(etcdOf(at(cluster, 4)).client.hasQuorum, false);
    const waiting = etcdOf(at(cluster, 4)).client.set('/after', { value: '1' });

    at(cluster, 1).powerOn();
    startEtcd(at(cluster, 1));

    await waiting;
    assert.equal(etcdOf(at(cluster, 5)).client.peek('/after')?.value, '1');
  });

  it('removes keys when their time has come, on every member at one index', async () => {
    const cluster = await runningEtcd();
    await etcdOf(at(cluster, 2)).client.set('/ttl', { value: 'x', ttlSeconds: 5 });

    await cluster.kernel.timeline.sleep(4_000);
    assert.equal(etcdOf(at(cluster, 3)).client.peek('/ttl')?.ttl, 1);
    await cluster.kernel.timeline.sleep(2_000);

    const indexes = cluster.hosts.map((host) => etcdOf(host).client.index);
    assert.equal(etcdOf(at(cluster, 3)).client.peek('/ttl'), undefined);
    assert.equal(new Set(indexes).size, 1);
  });

  it('forms from a written list, and refuses a node whose address is not in it', async () => {
    const cluster = createCluster({ nodes: 3 });
    const list = cluster.hosts.map((host) => `${host.name}=http://${host.privateAddress}:2380`).join(',');
    const start = (number: number, more: Record<string, string> = {}): ReturnType<typeof startEtcd> =>
      at(cluster, number).start(
        ETCD,
        etcdEnvironment(at(cluster, number), {
          ETCD_NAME: at(cluster, number).name,
          ETCD_INITIAL_CLUSTER: list,
          ...more,
        }),
      );
    const [first, second] = [start(1), start(2)];
    const third = start(3, { ETCD_INITIAL_ADVERTISE_PEER_URLS: 'http://10.0.0.99:2380' });

    await Promise.all([first.ready, second.ready]);

    assert.equal(await third.exited, 1);
    assert.match(at(cluster, 3).entries.at(-1)?.text ?? '', /must include deis-3=http:\/\/10\.0\.0\.99:2380/);
  });

  it('lets a removed member end, and take a new place after its data is gone', async () => {
    const cluster = await runningEtcd();
    const gone = etcdOf(at(cluster, 5)).member();
    assert.ok(gone);
    const ends = new Promise((resolve) => {
      const check = cluster.kernel.timeline.every(100, () => {
        if (!at(cluster, 5).isRunning(ETCD)) {
          check();
          resolve(undefined);
        }
      });
    });

    await etcdOf(at(cluster, 1)).member()?.propose({ kind: 'removeMember', id: gone.id });
    await cluster.kernel.timeline.sleep(1_000);
    await ends;

    assert.equal(await startEtcd(at(cluster, 5)).exited, 0);
    assert.ok(at(cluster, 5).entries.some((entry) => entry.text.includes('permanently removed from the cluster')));
  });
});
