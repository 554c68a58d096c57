import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostAddress, publish } from './boot';
import type { Behaviour, ContainerContext } from './context';
import { untilStopped } from './context';
import { BUILDER_BANNER } from './dataPlane';
import { greeting, readBody, send } from './http';

/** nginx: by the first label of the host name to an app or the controller (facts/deis-controller.md §1, §5). */
export const router: Behaviour = async (context) => {
  const { etcd, log } = context;
  await etcd.waitUntil('/deis', () => context.host.daemon('etcd') !== undefined);
  const web = webHandler(context);
  context.listen(80, web);
  context.listen(443, web);
  context.listen(9090, (request, response) => healthCheck(request, response));
  // A plain TCP proxy: the builder speaks first, and without one nothing is said.
  context.listen(
    2222,
    greeting(() => (etcd.peek('/deis/builder/host') === undefined ? undefined : BUILDER_BANNER)),
  );
  log('deis-router running...');
  context.ready();
  const address = hostAddress(context);
  await publish(context, { [`/deis/router/hosts/${address}`]: `${address}:80` });
  return await untilStopped(context.signal);
};

function healthCheck(request: IncomingMessage, response: ServerResponse): void {
  const isHealth = (request.url ?? '').split('?')[0] === '/health-check';
  send(response, isHealth ? 200 : 404, isHealth ? '' : NOT_FOUND, SERVER);
}

const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'content-length', 'transfer-encoding']);
const SERVER = { server: 'nginx' };
const NOT_FOUND = '<html>\r\n<head><title>404 Not Found</title></head>\r\n</html>\r\n';
const UNAVAILABLE = '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n</html>\r\n';
const BAD_GATEWAY = '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n';

const webHandler =
  (context: ContainerContext) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const label = (request.headers.host ?? '').split(/[.:]/)[0] ?? '';
    const subdomain = context.etcd.peek('/deis/controller/subdomain') ?? 'deis';
    const isController = label === subdomain;
    if (!isController && !context.etcd.names('/deis/services').includes(label)) {
      healthCheck(request, response); // A name that is no app: only a load balancer asks for those.
      return;
    }
    const upstream = isController ? controllerAddress(context) : appAddress(context, label);
    if (upstream === undefined) {
      send(response, 503, UNAVAILABLE, SERVER);
    } else {
      forward(context, upstream, request, response).catch(() => send(response, 502, BAD_GATEWAY, SERVER));
    }
  };

function controllerAddress({ etcd }: ContainerContext): string | undefined {
  const host = etcd.peek('/deis/controller/host');
  return host === undefined ? undefined : `${host}:${etcd.peek('/deis/controller/port') ?? '8000'}`;
}

/** Undefined for an app without containers. */
function appAddress({ etcd }: ContainerContext, label: string): string | undefined {
  const [container] = etcd.names(`/deis/services/${label}`);
  return container === undefined ? undefined : etcd.peek(`/deis/services/${label}/${container}`);
}

async function forward(
  context: ContainerContext,
  upstream: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && !HOP_BY_HOP.has(name)) {
      headers[name] = value;
    }
  }
  const body = await readBody(request);
  const reply = await context.kernel.fetch(context.host, {
    url: `http://${upstream}${request.url ?? '/'}`,
    method: request.method ?? 'GET',
    headers,
    signal: context.signal,
    ...(body === '' ? {} : { body }),
  });
  const kept = Object.entries(reply.headers).filter(([name]) => !HOP_BY_HOP.has(name));
  response.writeHead(reply.status, { ...Object.fromEntries(kept), ...SERVER });
  response.end(reply.body);
}
