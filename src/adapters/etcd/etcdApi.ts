import { ClusterError } from '../../core/errors';
import { parseEtcdError, parseHealth, parseKeyValue, parseMembers, parseSelf } from '../../core/parse/etcd';
import type { EtcdApi, HttpReply, NodeConnection } from '../../core/ports';
import { createEtcdRequest } from './request';

const isNoQuorum = (reply: HttpReply): boolean =>
  reply.status === 503 || (reply.status === 500 && parseEtcdError(reply.body)?.code === 300);

/** Turns every status but 200 and 201 into a sentence. */
function expectSuccess(node: NodeConnection, reply: HttpReply): HttpReply {
  if (reply.status === 200 || reply.status === 201) {
    return reply;
  }
  if (isNoQuorum(reply)) {
    throw new ClusterError(
      `etcd on ${node.endpoint.name} has lost quorum: nothing can be written until more members are up.`,
      { code: 'quorumLost', remedy: 'powerOnNode' },
    );
  }
  const words = parseEtcdError(reply.body)?.message ?? 'it gave no reason';
  throw new ClusterError(`etcd on ${node.endpoint.name} refused (${reply.status}): ${words}.`, {
    code: 'etcdUnavailable',
  });
}

/** `/deis/platform/domain` → the path below /v2/keys, each part escaped. */
function keyPath(key: string): string {
  const parts = key.split('/').slice(1);
  if (!key.startsWith('/') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new ClusterError(`"${key.slice(0, 80)}" is not the name of a key in etcd.`, { code: 'invalidInput' });
  }
  return `/v2/keys/${parts.map(encodeURIComponent).join('/')}`;
}

/** etcd's v2 API on a node's loopback. */
export function createEtcdApi(): EtcdApi {
  const request = createEtcdRequest();
  return {
    async isHealthy(node, signal) {
      const reply = await request(node, { method: 'GET', path: '/health' }, signal);
      // Without a leader the page has status 503, whatever its text is.
      return reply.status === 503 ? false : parseHealth(expectSuccess(node, reply).body);
    },

    async listMembers(node, signal) {
      return parseMembers(
        expectSuccess(node, await request(node, { method: 'GET', path: '/v2/members' }, signal)).body,
      );
    },

    async getSelf(node, signal) {
      return parseSelf(
        expectSuccess(node, await request(node, { method: 'GET', path: '/v2/stats/self' }, signal)).body,
      );
    },

    async getKey(node, key, signal) {
      // A plain read is answered from the member's own copy, however old; this one is true or fails.
      const reply = await request(node, { method: 'GET', path: `${keyPath(key)}?quorum=true` }, signal);
      return reply.status === 404 ? undefined : parseKeyValue(expectSuccess(node, reply).body);
    },

    async setKey(node, key, value, signal) {
      const body = {
        contentType: 'application/x-www-form-urlencoded',
        text: new URLSearchParams({ value }).toString(),
      };
      expectSuccess(node, await request(node, { method: 'PUT', path: keyPath(key), body }, signal));
    },
  };
}
