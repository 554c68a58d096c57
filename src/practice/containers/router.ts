import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostAddress, publish } from './boot';
import type { Behaviour, ContainerContext } from './context';
import { untilStopped } from './context';
import { deaf, readBody, send } from './http';

/** nginx: by the first label of the host name to an app or the controller (facts/deis-controller.md §1, §5). */
export const router: Behaviour = async (context) => {
  const { etcd, log } = context;
  await etcd.waitUntil('/deis', () => context.host.daemon('etcd') !== undefined);
  const web = webHandler(context);
  context.listen(80, web);
  context.listen(443, web);
  context.listen(9090, (request, response) => healthCheck(request, response));
  context.listen(2222, deaf);
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

const SERVER = { server: 'nginx' };
const NOT_FOUND = '<html>\r\n<head><title>404 Not Found</title></head>\r\n</html>\r\n';
const UNAVAILABLE = '<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n</html>\r\n';
const BAD_GATEWAY = '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n</html>\r\n';

const webHandler =
  (context: ContainerContext) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    const label = (request.headers.host ?? '').split(/[.:]/)[0] ?? '';
    const subdomain = context.etcd.peek('/deis/controller/subdomain') ?? 'deis';
    const upstream = label === subdomain ? controllerAddress(context) : appAddress(context, label);
    if (upstream === 'unknown') {
      healthCheck(request, response);
    } else if (upstream === undefined) {
      send(response, 503, UNAVAILABLE, SERVER);
    } else {
      forward(context, upstream, request, response).catch(() => send(response, 502, BAD_GATEWAY, SERVER));
    }
  };

function controllerAddress({ etcd }: ContainerContext): string | undefined {
  const host = etcd.peek('/deis/controller/host');
  return host === undefined ? undefined : `${host}:${etcd.peek('/deis/controller/port') ?? '8000'}`;
}

/** `unknown` for a name that is no app; undefined for an app without containers. */
function appAddress({ etcd }: ContainerContext, label: string): string | 'unknown' | undefined {
  if (label === '' || !etcd.names('/deis/services').includes(label)) {
    return 'unknown';
  }
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
    if (typeof value === 'string' && !['connection', 'content-length', 'transfer-encoding'].includes(name)) {
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
  const { 'transfer-encoding': _encoding, 'content-length': _length, connection: _connection, ...rest } = reply.headers;
  response.writeHead(reply.status, { ...rest, ...SERVER });
  response.end(reply.body);
}
