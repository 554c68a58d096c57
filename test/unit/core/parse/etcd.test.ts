import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import { parseEtcdError, parseHealth, parseKeyValue, parseMembers, parseSelf } from '../../../../src/core/parse/etcd';
import { trace } from './traces';

describe('what etcd says', () => {
  it('lists the configured members with their addresses, also when only four are alive', () => {
    for (const file of ['etcd/members-5up.json', 'power-off/4up-members.json', 'no-quorum/etcd-members.json']) {
      const members = parseMembers(trace(file));
      assert.equal(members.length, 5);
      assert.ok(members.every(({ name }) => /^[0-9a-f]{32}$/.test(name)));
    }
    assert.deepEqual(parseMembers(trace('etcd/members-5up.json'))[0]?.peerUrls, ['http://10.77.0.13:2380']);
  });

  it('lists a member that was added and has not started', () => {
    assert.deepEqual(
      parseMembers('{"members":[{"id":"4d3efb61f687bc8f","name":"","peerURLs":["http://a:2380"],"clientURLs":null}]}'),
      [{ id: '4d3efb61f687bc8f', name: '', peerUrls: ['http://a:2380'], clientUrls: [] }],
    );
  });

  it('takes health as a word and as a boolean', () => {
    assert.equal(parseHealth(trace('etcd/health-5up.json')), true);
    assert.equal(parseHealth(trace('no-quorum/etcd-health.json')), false);
    assert.equal(parseHealth('{"health":false}'), false);
    assert.equal(parseHealth('{"health": true, "reason": ""}'), true);
  });

  it('knows a leader from a follower', () => {
    assert.equal(parseSelf(trace('etcd/stats-self-leader.json')).isLeader, true);
    assert.deepEqual(parseSelf(trace('etcd/stats-self-follower.json')), {
      id: '4d3efb61f687bc8f',
      name: '41382dcd8cb249ef8cfd7426dc8f5ca3',
      isLeader: false,
    });
  });

  it('gives the value of a key, and refuses a folder', () => {
    assert.equal(parseKeyValue(trace('etcd/keys-get.json')), '2');
    assert.throws(
      () => parseKeyValue(trace('etcd/keys-get-dir.json')),
      (error) => ClusterError.is(error, 'badReply'),
    );
  });

  it('gives code and words of an error', () => {
    assert.deepEqual(parseEtcdError(trace('etcd/keys-get-missing.json')), {
      code: 100,
      message: 'Key not found (/lab/none)',
    });
    assert.equal(parseEtcdError(trace('no-quorum/etcd-put.json'))?.code, 300);
    assert.deepEqual(parseEtcdError(trace('etcd/stats-leader-on-follower.json')), { message: 'not current leader' });
    assert.equal(parseEtcdError('404 page not found'), undefined);
  });
});
