import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hasScope } from '../../cloud/accounts';
import type { Cloud } from '../../cloud/cloud';
import { forbidden, Refusal, unauthorized } from '../../cloud/refusal';
import { bearerToken, readJson, replyOf, send, type Reply } from '../http';
import { RateLimits } from '../rateLimit';
import { Router } from '../router';
import { absentRoutes } from './absent';
import { accountRoutes } from './account';
import { actionRoutes } from './actions';
import { associatedRoutes } from './associated';
import { backupRoutes } from './backups';
import { domainRoutes } from './domains';
import { dropletRoutes } from './droplets';
import { firewallRoutes } from './firewalls';
import { imageRoutes } from './images';
import { keyRoutes } from './keys';
import { offerRoutes } from './offers';
import { projectRoutes } from './projects';
import { snapshotRoutes } from './snapshots';
import { tagRoutes } from './tags';
import { vpcRoutes } from './vpcs';

export type ApiHandler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** DigitalOcean's API v2: who asks, may they, what do they ask; an effect is on disk before it is answered. */
export function createV2Handler(cloud: Cloud, report: (error: unknown) => void): ApiHandler {
  const limits = new RateLimits(cloud.timeline);
  const router = new Router([
    ...[
      ...accountRoutes,
      ...keyRoutes,
      ...offerRoutes,
      ...imageRoutes,
      ...snapshotRoutes,
      ...backupRoutes,
      ...actionRoutes,
      ...dropletRoutes,
      ...associatedRoutes,
    ],
    ...[...tagRoutes, ...firewallRoutes, ...vpcRoutes, ...domainRoutes, ...projectRoutes],
    ...absentRoutes,
  ]);

  const answer = async (request: IncomingMessage, url: URL, headers: Record<string, string>): Promise<Reply> => {
    const identity = cloud.accounts.identify(bearerToken(request) ?? '');
    if (identity === undefined) throw unauthorized();
    // A HEAD is answered with the headers of the GET, and by Node without its body.
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const isKeyList = method === 'GET' && url.pathname === '/v2/account/keys';
    Object.assign(headers, limits.take(identity.tokenHash, isKeyList));
    const { route, params } = router.find(method, url.pathname);
    if (!hasScope(identity.scopes, route.scope)) throw forbidden();
    const body = method === 'GET' ? {} : await readJson(request);
    const reply = route.run({
      cloud,
      identity,
      account: identity.account.uuid,
      url,
      params,
      body,
      headers: request.headers,
    });
    if (method !== 'GET') await cloud.store.saved();
    return reply;
  };

  return async (request, response, url) => {
    const requestId = randomUUID();
    // Its clock is the cloud's, not this machine's.
    const date = new Date(cloud.timeline.now()).toUTCString();
    const headers: Record<string, string> = { 'x-request-id': requestId, date };
    let reply: Reply;
    try {
      reply = await answer(request, url, headers);
    } catch (error) {
      if (!(error instanceof Refusal)) report(error);
      reply = replyOf(error, requestId);
    }
    send(response, { ...reply, headers: { ...headers, ...reply.headers } });
  };
}
