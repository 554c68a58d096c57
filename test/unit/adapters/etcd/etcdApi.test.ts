import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEtcdApi } from '../../../../src/adapters/etcd/etcdApi';
import { ClusterError } from '../../../../src/core/errors';
import { recordedReply, trace } from '../../core/parse/traces';
import { createNode, reply } from '../nodeStub';

const hasCode =
  (code: ClusterError['code']) =>
  (error: unknown): boolean =>
    ClusterError.is(error, code);

describe('etcd on a node', () => {
  it('is healthy, or without quorum', async () => {
    const etcd = createEtcdApi();
    assert.equal(await etcd.isHealthy(createNode(() => recordedReply('etcd/health-5up.json')).node), true);
    assert.equal(await etcd.isHealthy(createNode(() => recordedReply('no-quorum/etcd-health.json')).node), false);
    assert.equal(await etcd.isHealthy(createNode(() => reply(503, 'no leader')).node), false);
  });

  it('is asked on its own port, then on the older one, and remembered there', async () => {
    const etcd = createEtcdApi();
    const { node, requests } = createNode(({ target }) =>
      'port' in target && target.port === 4001
        ? recordedReply('etcd/members-5up.json')
        : new Error('Channel open failure: Connection refused'),
    );

    assert.equal((await etcd.listMembers(node)).length, 5);
    assert.equal((await etcd.listMembers(node)).length, 5);
    assert.deepEqual(
      requests.map(({ target }) => target),
      [{ port: 2379 }, { port: 4001 }, { port: 4001 }],
    );
  });

  it('is etcdUnavailable when neither port answers; a silent node is not asked twice', async () => {
    const etcd = createEtcdApi();
    await assert.rejects(etcd.listMembers(createNode(() => new Error('refused')).node), hasCode('etcdUnavailable'));
    const silent = createNode(() => new ClusterError('late', { code: 'timedOut' }));
    await assert.rejects(etcd.listMembers(silent.node), hasCode('etcdUnavailable'));
    assert.equal(silent.requests.length, 1);
  });

  it('keeps the name of a lost connection', async () => {
    const { node } = createNode(() => new ClusterError('cut', { code: 'sshClosed' }));
    await assert.rejects(createEtcdApi().isHealthy(node), hasCode('sshClosed'));
  });

  it('gives a key by a read that needs quorum, since a plain one may be old', async () => {
    const { node, requests } = createNode(() => recordedReply('etcd/keys-get-quorum.json'));
    assert.equal(await createEtcdApi().getKey(node, '/deis/platform/domain'), '2');
    assert.equal(requests[0]?.path, '/v2/keys/deis/platform/domain?quorum=true');
  });

  it('gives undefined for a key that is missing', async () => {
    const { node } = createNode(() => recordedReply('etcd/keys-get-missing.json'));
    assert.equal(await createEtcdApi().getKey(node, '/lab/none'), undefined);
  });

  it('writes a value of any characters', async () => {
    const { node, requests } = createNode(() => reply(201, trace('etcd/keys-put.json')));
    const value = 'a=b&c+d %\n✓';

    await createEtcdApi().setKey(node, '/deis/platform/a key', value);

    assert.equal(requests[0]?.path, '/v2/keys/deis/platform/a%20key');
    assert.equal(requests[0].body?.contentType, 'application/x-www-form-urlencoded');
    assert.equal(new URLSearchParams(requests[0].body.text).get('value'), value);
  });

  it('says quorumLost when a read or a write needs more members', async () => {
    const etcd = createEtcdApi();
    const { node } = createNode(({ method }) =>
      recordedReply(method === 'PUT' ? 'no-quorum/etcd-put.json' : 'no-quorum/etcd-get-quorum.json'),
    );
    await assert.rejects(etcd.setKey(node, '/a', 'b'), hasCode('quorumLost'));
    await assert.rejects(etcd.getKey(node, '/a'), hasCode('quorumLost'));
  });

  it('is not asked about something that is no key', async () => {
    const { node, requests } = createNode(() => reply(200));
    for (const key of ['', 'deis', '/', '/deis/../fleet', '/deis//x', '/deis/']) {
      await assert.rejects(createEtcdApi().getKey(node, key), hasCode('invalidInput'), key);
    }
    assert.equal(requests.length, 0);
  });

  it('tells a leader by its own statistics', async () => {
    const { node } = createNode(() => recordedReply('etcd/stats-self-leader.json'));
    assert.equal((await createEtcdApi().getSelf(node)).isLeader, true);
  });
});
