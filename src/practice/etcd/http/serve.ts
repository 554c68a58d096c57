import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler, Kernel } from '../../kernel';
import type { Member } from '../member';
import { sortedMembers } from '../memberState';
import type { EtcdApi } from '../server';
import { isAuth, serveAuth } from './auth';
import { serveKeys } from './keys';
import { METRICS_TYPE, writeMetrics } from '../../network/goMetrics';
import { keysOf } from './memberKeys';
import { describeMetrics } from './metrics';
import { serveMembers } from './members';
import { inTurn } from './inTurn';
import { isElsewhere, redirect } from './redirect';
import { readTarget } from './target';
import { refuseMethod, refuseTarget, send, sendEmpty, sendPlain, sendText, type Replying } from './reply';
import { describeLeader, describeSelf, isHealthy } from './status';

export const ETCD_VERSION = '3.4.23';

/** The client port. A proxy hands everything on to a member that it can hear. */
export function serveEtcd(api: EtcdApi, kernel: Kernel): HttpHandler {
  return inTurn((request, response) => {
    const member = api.member();
    const to = { response, now: kernel.timeline.now() };
    if (member === undefined) {
      send(to, 503, '{"message":"proxy: zero endpoints currently available"}');
      return;
    }
    serve(member, kernel, { request, response }).catch(() => {
      if (!response.headersSent) {
        send(to, 500, '{"message":"Internal Server Error"}');
      }
      response.destroy();
    });
  });
}

async function serve(
  member: Member,
  kernel: Kernel,
  exchange: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { request, response } = exchange;
  const { method = 'GET', url: asked = '/' } = request;
  const to = { response, now: kernel.timeline.now() };
  const target = readTarget(asked);
  if (target === undefined) {
    refuseTarget(response);
    return;
  }
  if (asked !== '*' && isElsewhere(target)) {
    redirect(to, method, target);
    return;
  }
  if (method === 'OPTIONS') {
    // Other sites' pages may ask what they like (etcd 3.4, `corsHandler`).
    sendEmpty(to);
    return;
  }
  const { path } = target;
  if (path === '/v2/keys' || path.startsWith('/v2/keys/')) {
    await serveKeys(keysOf(member), { request, response, target });
  } else if (path === '/v2/members' || path.startsWith('/v2/members/')) {
    await serveMembers(member, kernel, { request, response, path });
  } else if (isAuth(path)) {
    await serveAuth(member, to, { request, method, path });
  } else if (ONLY_READ.includes(path) && method !== 'GET') {
    refuseMethod(to, 'GET');
  } else if (path === '/v2/machines' && method !== 'GET' && method !== 'HEAD') {
    refuseMethod(to, 'GET,HEAD');
  } else {
    await serveStatus(member, kernel, { path, response });
  }
}

const ONLY_READ = ['/health', '/version', '/v2/stats/self', '/v2/stats/store', '/v2/stats/leader'];

async function serveStatus(
  member: Member,
  kernel: Kernel,
  exchange: { path: string; response: ServerResponse },
): Promise<void> {
  const { response, path } = exchange;
  const now = kernel.timeline.now();
  const to = { response, now };
  switch (path) {
    case '/health':
      await sendHealth(member, kernel, response);
      return;
    case '/version':
      send(to, 200, JSON.stringify({ etcdserver: ETCD_VERSION, etcdcluster: '3.4.0' }));
      return;
    case '/v2/stats/self':
      send(to, 200, JSON.stringify(describeSelf(member, now)));
      return;
    case '/v2/stats/store':
      send(to, 200, JSON.stringify(member.machine.statistics.describe(member.history.watcherCount)));
      return;
    case '/v2/stats/leader':
      if (member.role === 'leader') {
        send(to, 200, JSON.stringify(describeLeader(member)));
      } else {
        send(to, 403, '{"message":"not current leader"}');
      }
      return;
    case '/metrics':
      send(to, 200, writeMetrics(describeMetrics(member, ETCD_VERSION)), { 'Content-Type': METRICS_TYPE });
      return;
    case '/v2/machines':
      sendPlain(to, clientUrls(member).join(', '));
      return;
    default:
      sendText(to, 404, '404 page not found');
  }
}

async function sendHealth(member: Member, kernel: Kernel, response: ServerResponse): Promise<void> {
  const isWell = await isHealthy(member, kernel);
  const to: Replying = { response, now: kernel.timeline.now() };
  if (isWell) {
    sendPlain(to, '{"health":"true"}');
  } else {
    sendText(to, 503, '{"health":"false"}');
  }
}

const clientUrls = (member: Member): string[] =>
  sortedMembers(member.state.members)
    .flatMap((info) => info.clientUrls)
    .sort();
