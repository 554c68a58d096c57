import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { curl, parse, replayCurl, speak } from '../support/curl';
import { at, etcdOf, runningEtcd } from '../support/fakeCluster';
import type { FakeHost } from '../support/fakeHost';
import { disposeKernels } from '../support/fakeKernel';
import { run } from '../support/runProgram';
import { normalise, trace } from '../support/traces';

const KEYS = 'http://127.0.0.1:2379/v2/keys';
const leaderOf = (hosts: readonly FakeHost[]): FakeHost => {
  const leader = hosts.find((host) => etcdOf(host).member()?.role === 'leader');
  assert.ok(leader);
  return leader;
};

const shape = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shape(one)]))
    : typeof value;

describe("etcd's HTTP API answers as the recorded one did", () => {
  afterEach(disposeKernels);

  it('to reads and writes of keys', async () => {
    const cluster = await runningEtcd();
    const node = at(cluster, 1);
    await run(node, 'etcdctl mk /coreos.com/network/config {}');
    for (const name of [
      ...[
        'keys-root',
        'keys-put',
        'keys-put-again',
        'keys-get',
        'keys-get-dir',
        'keys-get-missing',
        'keys-put-prevexist',
      ],
      ...['keys-put-prevvalue', 'keys-get-quorum', 'keys-put-ttl', 'keys-delete', 'keys-delete-dir-not-empty'],
      ...['keys-delete-recursive', 'health-5up', 'version'],
    ]) {
      await replayCurl(node, `etcd/${name}.json`);
    }
  });

  it('to questions about members and statistics, in the same keys and types', async () => {
    const cluster = await runningEtcd();
    const leader = leaderOf(cluster.hosts);
    const follower = cluster.hosts.find((host) => host !== leader);
    assert.ok(follower);
    await replayCurl(follower, 'etcd/stats-leader-on-follower.json');
    for (const [host, name] of [
      [follower, 'members-5up'],
      [follower, 'stats-self-follower'],
      [leader, 'stats-self-leader'],
      [follower, 'stats-store'],
    ] as const) {
      const recorded = trace(`etcd/${name}.json`);
      const reply = await curl(host, recorded.command);
      assert.deepEqual(shape(JSON.parse(reply.body)), shape(JSON.parse(recorded.stdout)), name);
    }
    const stats = parse((await curl(leader, 'curl http://127.0.0.1:4001/v2/stats/leader')).body);
    assert.equal(Object.keys(stats.followers).length, 4);
  });

  it('without a quorum: stale reads, no writes, and a member list of five', async () => {
    const cluster = await runningEtcd();
    const node = at(cluster, 2);
    await run(node, 'etcdctl set /deis/platform/domain deis.example.com');
    [1, 3, 5].forEach((number) => at(cluster, number).cutPower());
    await cluster.kernel.timeline.sleep(10_000);
    for (const name of ['etcd-health', 'etcd-stats-leader', 'etcd-get', 'etcd-get-quorum', 'etcd-put']) {
      await replayCurl(node, `no-quorum/${name}.json`);
    }
    const members = parse((await curl(node, 'curl http://127.0.0.1:2379/v2/members')).body);
    assert.equal(members.members.length, 5);
  });

  it('holds a question open until something happens, and knows the past', async () => {
    const cluster = await runningEtcd();
    const node = at(cluster, 3);
    const handler = node.listener({ port: 2379 });
    assert.ok(handler);
    const server = http.createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const ask = async (path: string): Promise<{ action: string; node: { key: string; modifiedIndex: number } }> =>
      (await (await fetch(`http://127.0.0.1:${port}/v2/keys${path}`)).json()) as never;
    const waiting = ask('/w?wait=true&recursive=true');
    await new Promise(setImmediate);
    while (etcdOf(node).member()?.history.watcherCount === 0) {
      await new Promise(setImmediate);
    }

    await curl(at(cluster, 1), `curl ${KEYS}/w/x -XPUT -d value=1`);
    await curl(at(cluster, 1), `curl ${KEYS}/w/x -XPUT -d value=2`);

    const first = await waiting;
    assert.equal(first.node.key, '/w/x');
    const next = await ask(`/w?wait=true&recursive=true&waitIndex=${first.node.modifiedIndex + 1}`);
    assert.equal(next.action, 'set');
    assert.equal(next.node.modifiedIndex, first.node.modifiedIndex + 1);
    server.closeAllConnections();
    server.close();
  });

  it('keeps to the rules of the v2 store', async () => {
    const cluster = await runningEtcd();
    const node = at(cluster, 1);
    const put = async (path: string, form: string): Promise<{ status: number; code?: number; cause?: string }> => {
      const words = form.split(' ').map((pair) => `-d ${pair}`);
      const reply = await curl(node, `curl ${KEYS}${path} -XPUT ${words.join(' ')}`);
      const body = parse(reply.body);
      return {
        status: reply.status,
        ...(body.errorCode === undefined ? {} : { code: body.errorCode, cause: body.cause ?? '' }),
      };
    };
    assert.deepEqual(await put('/f', 'value=1'), { status: 201 });
    assert.deepEqual(await put('/f/below', 'value=1'), { status: 400, code: 104, cause: '/f' });
    assert.deepEqual(await put('/f', 'value=2 prevExist=true'), { status: 200 });
    assert.deepEqual(await put('/g', 'value=2 prevExist=true'), { status: 404, code: 100, cause: '/g' });
    assert.deepEqual(await put('/d', 'dir=true'), { status: 201 });
    assert.deepEqual(await put('/d', 'value=1'), { status: 403, code: 102, cause: '/d' });
    assert.deepEqual(await put('/f', 'value=3 prevIndex=1'), { status: 412, code: 101, cause: await indexCause(node) });
    assert.deepEqual(await put('/f', 'value=3 prevIndex=x'), {
      status: 400,
      code: 203,
      cause: 'invalid value for "prevIndex"',
    });
    assert.deepEqual(await put('/f', 'value=3 ttl=x'), { status: 400, code: 202, cause: 'invalid value for "ttl"' });
    assert.equal((await put('/', 'value=3')).code, 107);
    await put('/d/_hidden', 'value=1');
    await put('/d/b', 'value=1');
    await put('/d/a', 'value=1');
    const sorted = parse((await curl(node, `curl '${KEYS}/d?sorted=true'`)).body);
    assert.deepEqual(
      sorted.node.nodes.map((one) => one.key),
      ['/d/a', '/d/b'],
    );
    const posted = parse((await curl(node, `curl ${KEYS}/queue -XPOST -d value=job`)).body);
    assert.equal(posted.node.key, `/queue/${String(posted.node.createdIndex).padStart(20, '0')}`);
    assert.equal((await curl(node, `curl '${KEYS}/d?dir=true' -XDELETE`)).status, 403);
  });

  it('takes a value of ten million bytes, and none of eleven', async () => {
    const cluster = await runningEtcd();
    const handler = at(cluster, 1).listener({ port: 2379 }) ?? assert.fail();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const put = async (megabytes: number): Promise<{ status: number; body: string }> => {
      const body = `value=${'x'.repeat(megabytes * 1_000_000)}`;
      return await speak(handler, { url: new URL(`${KEYS}/big`), method: 'PUT', headers, body });
    };

    assert.equal((await put(10)).status, 201);
    assert.equal(
      (await put(11)).body,
      '{"errorCode":210,"message":"Invalid POST form","cause":"http: POST too large","index":0}\n',
    );
    assert.equal(etcdOf(at(cluster, 3)).client.peek('/big')?.value?.length, 10_000_000);
  });

  it('changes members: added by address, renamed, removed, never twice', async () => {
    const cluster = await runningEtcd();
    const node = at(cluster, 1);
    const members = 'http://127.0.0.1:2379/v2/members';
    const body = '{"peerURLs":["http://10.77.0.99:2380"]}';
    const add = `curl ${members} -XPOST -H 'Content-Type: application/json' -d '${body}'`;
    const added = parse((await curl(node, add)).body);

    assert.equal(added.name, '');
    assert.equal((await curl(node, add)).status, 409);
    assert.match(
      (await run(node, 'etcdctl member list')).stdout,
      new RegExp(`^${added.id}\\[unstarted\\]: peerURLs=http://10.77.0.99:2380$`, 'm'),
    );
    assert.equal((await curl(node, `curl ${members}/${added.id} -XDELETE`)).status, 204);
    assert.equal((await curl(node, `curl ${members}/${added.id} -XDELETE`)).status, 410);
    assert.equal((await curl(node, `curl ${members}/abc -XDELETE`)).status, 404);
  });
});

async function indexCause(node: FakeHost): Promise<string> {
  const reply = parse((await curl(node, `curl ${KEYS}/f`)).body);
  return `[1 != ${reply.node.modifiedIndex}]`;
}

describe('etcdctl does what the recorded one did', () => {
  afterEach(disposeKernels);

  const replay = async (host: FakeHost, name: string): Promise<void> => {
    const recorded = trace(name);
    const outcome = await run(host, recorded.command);
    const hide = (text: string): string => sortedLines(normalise(text).replaceAll(/\b[0-9a-f]{13,16}\b/g, 'MEMBER'));
    assert.equal(hide(outcome.stdout), hide(recorded.stdout), `${name}: stdout`);
    assert.equal(hide(outcome.stderr), hide(recorded.stderr), `${name}: stderr`);
    assert.equal(outcome.exitCode, recorded.exitCode, `${name}: exit code`);
  };

  it('with five members', async () => {
    const cluster = await runningEtcd();
    const node = at(cluster, 1);
    for (const name of [
      ...['cluster-health-5up', 'member-list-5up', 'etcdctl-get-missing', 'etcdctl-set', 'etcdctl-mk-exists'],
      ...['etcdctl-rm', 'etcdctl-version'],
    ]) {
      await replay(node, `etcd/${name}.txt`);
    }
    await run(node, 'etcdctl rmdir /lab');
    await run(node, 'etcdctl mk /coreos.com/network/config {}');
    assert.equal((await run(node, 'etcdctl ls / --recursive')).stdout, trace('etcd/etcdctl-ls.txt').stdout);
  });

  it('with members that are off', async () => {
    const cluster = await runningEtcd();
    const node = at(cluster, 2);
    at(cluster, 5).cutPower();
    await cluster.kernel.timeline.sleep(120_000);
    await replay(node, 'power-off/4up-cluster-health.txt');
    await replay(node, 'power-off/4up-member-list.txt');
    at(cluster, 1).cutPower();
    at(cluster, 3).cutPower();
    await cluster.kernel.timeline.sleep(120_000);
    await replay(node, 'no-quorum/cluster-health.txt');
    await replay(node, 'no-quorum/etcdctl-set.txt');
    const list = await run(node, 'etcdctl member list');
    assert.equal(list.exitCode, 1);
    assert.match(
      list.stderr,
      /^Failed to get leader: {2}client: etcd cluster is unavailable or misconfigured; error #0:/,
    );
  });

  it('says why when its node has no etcd', async () => {
    const cluster = await runningEtcd();
    const [node, other] = cluster.hosts.filter((host) => etcdOf(host).member()?.role === 'follower');
    assert.ok(node !== undefined && other !== undefined);
    node.stopDaemon('/usr/bin/etcd2');
    const outcome = await run(node, 'etcdctl get /x');
    assert.match(
      outcome.stderr,
      /^Error: {2}client: etcd cluster is unavailable .*127\.0\.0\.1:2379: connect: connection refused/,
    );
    assert.equal(outcome.exitCode, 2);
    const elsewhere = await run(node, `etcdctl --endpoints http://${other.privateAddress}:2379 set /x 1`);
    assert.equal(elsewhere.stdout, '1\n');
  });
});

/** Which member leads, and so the order of some lines, is chance. */
const sortedLines = (text: string): string =>
  text
    .replaceAll(/isLeader=(true|false)/g, 'isLeader=?')
    .split('\n')
    .sort()
    .join('\n');
