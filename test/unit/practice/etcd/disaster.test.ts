import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { at, ETCD, etcdEnvironment, etcdOf, runningEtcd, startEtcd, type FakeCluster } from '../support/fakeCluster';
import type { FakeHost } from '../support/fakeHost';
import { disposeKernels } from '../support/fakeKernel';
import { run } from '../support/runProgram';

const NOBODY = { ETCD_DISCOVERY: '' };

/** Five members, of which three never come back; a key from before. */
async function broken(): Promise<{ cluster: FakeCluster; node: FakeHost; other: FakeHost }> {
  const cluster = await runningEtcd();
  await etcdOf(at(cluster, 1)).client.set('/deis/domain', { value: 'example.com' });
  [3, 4, 5].forEach((number) => at(cluster, number).cutPower());
  await cluster.kernel.timeline.sleep(5_000);
  return { cluster, node: at(cluster, 1), other: at(cluster, 2) };
}

const idsIn = (text: string): string[] => [...text.matchAll(/^(\w+)(?::|\[)/gm)].map(([, id = '']) => id);

async function does(node: FakeHost, command: string): Promise<string> {
  const { stdout, stderr, exitCode } = await run(node, command);
  assert.equal(exitCode, 0, `${command}: ${stdout}${stderr}`);
  return stdout;
}

/** What `member add` says, put into the environment of a node without data. */
async function join(node: FakeHost, joining: FakeHost): Promise<void> {
  const said = await does(node, `etcdctl member add ${joining.machineId} http://${joining.privateAddress}:2380`);
  const lines = said.matchAll(/^(ETCD_\w+)="(.*)"$/gm);
  const settings = Object.fromEntries([...lines].map(([, name = '', value = '']) => [name, value] as const));
  joining.stopDaemon(ETCD);
  await joining.files.rm('/var/lib/etcd2', { recursive: true, force: true });
  await joining.start(ETCD, etcdEnvironment(joining, { ...NOBODY, ...settings })).ready;
}

describe('an etcd that lost its majority for good', () => {
  afterEach(disposeKernels);

  it('comes back from a backup with all keys, as another cluster, and grows again', async () => {
    const { cluster, node, other } = await broken();
    const before = etcdOf(node).member()?.state.clusterId;
    const asCore = await run(node, 'etcdctl backup --data-dir /var/lib/etcd2 --backup-dir /home/core/backup');
    assert.match(asCore.stderr, /open \/var\/lib\/etcd2\/member\/snap: permission denied\n$/);
    await does(node, 'sudo etcdctl backup --data-dir /var/lib/etcd2 --backup-dir /home/core/backup');
    node.stopDaemon(ETCD);
    other.stopDaemon(ETCD);
    await node.files.rm('/var/lib/etcd2', { recursive: true });
    await node.files.mv('/home/core/backup', '/var/lib/etcd2');

    await node.start(ETCD, etcdEnvironment(node, { ...NOBODY, ETCD_FORCE_NEW_CLUSTER: 'true' })).ready;

    assert.equal(await does(node, 'etcdctl get /deis/domain'), 'example.com\n');
    assert.notEqual(etcdOf(node).member()?.state.clusterId, before);
    const list = await does(node, 'etcdctl member list');
    assert.match(list, /^\w+: name=\w+ peerURLs=http:\/\/localhost:2380 clientURLs=\S+ isLeader=true\n$/);
    await does(node, `etcdctl member update ${idsIn(list)[0] ?? ''} http://${node.privateAddress}:2380`);
    await join(node, other);
    assert.equal(await does(other, 'etcdctl get /deis/domain'), 'example.com\n');
    assert.match(await does(node, 'etcdctl cluster-health'), /^cluster is healthy$/m);
    node.stopDaemon(ETCD);
    await node.start(ETCD, etcdEnvironment(node, NOBODY)).ready;
    await cluster.kernel.timeline.sleep(3_000);
    assert.equal(idsIn(await does(node, 'etcdctl member list')).length, 2, 'forced once, not for good');
  });

  it('goes on in its own place, and those it has removed end when they return', async () => {
    const { cluster, node } = await broken();
    node.stopDaemon(ETCD);
    at(cluster, 2).cutPower();

    await node.start(ETCD, etcdEnvironment(node, { ETCD_FORCE_NEW_CLUSTER: 'true' })).ready;

    assert.equal(await does(node, 'etcdctl set /deis/domain other.example.com'), 'other.example.com\n');
    assert.equal(idsIn(await does(node, 'etcdctl member list')).length, 1);
    at(cluster, 4).powerOn();
    assert.equal(await startEtcd(at(cluster, 4)).exited, 0);
    assert.match(at(cluster, 4).entries.at(-2)?.text ?? '', /permanently removed from the cluster/);
  });

  it('does nothing with a backup that is not forced: it has no members', async () => {
    const { cluster, node } = await broken();
    await does(node, 'sudo etcdctl backup --data-dir /var/lib/etcd2 --backup-dir /home/core/backup');
    node.stopDaemon(ETCD);

    node.start(ETCD, etcdEnvironment(node, { ...NOBODY, ETCD_DATA_DIR: '/home/core/backup' }));
    await cluster.kernel.timeline.sleep(20_000);

    assert.equal(etcdOf(node).client.hasQuorum, false);
    assert.equal(
      (await run(node, 'sudo etcdctl backup --data-dir /var/lib/etcd2 --backup-dir /home/core/backup')).exitCode,
      1,
    );
  });

  it('has its data where they are moved and copied to', async () => {
    const { cluster, node } = await broken();
    node.stopDaemon(ETCD);
    await node.files.cp('/var/lib/etcd2', '/copy', { recursive: true });
    const forced = { ...NOBODY, ETCD_FORCE_NEW_CLUSTER: 'true' };
    await node.start(ETCD, etcdEnvironment(node, { ...forced, ETCD_DATA_DIR: '/copy' })).ready;
    await does(node, 'etcdctl set /deis/domain of.the.copy');
    node.stopDaemon(ETCD);

    await node.start(ETCD, etcdEnvironment(node, forced)).ready;

    assert.equal(await does(node, 'etcdctl get /deis/domain'), 'example.com\n');
    await cluster.kernel.timeline.sleep(3_000);
  });
});
