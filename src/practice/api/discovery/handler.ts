import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpHandler } from '../../kernel';
import { readBody } from '../http';
import { RegistryError, type Registry, type RegistryEvent } from './registry';

const DEFAULT_SIZE = 3;
const TOKEN = /^[0-9a-f]{32}$/;

export function isDiscoveryPath(pathname: string): boolean {
  return pathname === '/new' || pathname === '/health' || TOKEN.test(pathname.split('/')[1] ?? '');
}

/**
 * discovery.etcd.io: `/new?size=N` hands out an address, below which etcd's v2 discovery protocol is spoken
 * (etcd, Documentation/v2/discovery_protocol.md). It wants no token, as the service wants none.
 */
export function createDiscoveryHandler(registry: Registry, origin: () => string): HttpHandler {
  return (request, response) => {
    void answer(registry, { request, response, origin: origin() }).catch((error: unknown) => {
      if (!response.headersSent) fail(registry, response, error);
    });
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly origin: string;
}

async function answer(registry: Registry, exchange: Exchange): Promise<void> {
  const { request, response, origin } = exchange;
  const url = new URL(request.url ?? '/', origin);
  if (url.pathname === '/health') {
    sendText(response, 200, 'OK');
    return;
  }
  if (url.pathname === '/new') {
    await makeToken(registry, exchange, url.searchParams.get('size'));
    return;
  }
  const [, token = '', ...rest] = url.pathname.split('/');
  const key = rest.length === 0 ? undefined : rest.join('/');
  if (!TOKEN.test(token)) sendText(response, 404, 'Not Found');
  else if (request.method === 'GET') get(registry, { ...exchange, url, token, key });
  else if (request.method === 'PUT' && key !== undefined) await put(registry, { ...exchange, url, token, key });
  else if (request.method === 'DELETE' && key !== undefined) {
    sendEvent(registry, response, { status: 200, event: await registry.delete(token, key) });
  } else sendText(response, 405, 'Method Not Allowed');
}

async function makeToken(registry: Registry, { response, origin }: Exchange, asked: string | null): Promise<void> {
  const size = asked === null || asked === '' ? DEFAULT_SIZE : Number(asked);
  if (!Number.isInteger(size) || size < 1) {
    sendText(response, 400, `strconv.Atoi: parsing "${asked ?? ''}": invalid syntax`);
    return;
  }
  sendText(response, 200, `${origin}/${await registry.create(size)}`);
}

function get(registry: Registry, call: Exchange & { url: URL; token: string; key: string | undefined }): void {
  const { url, token, key, response } = call;
  if (url.searchParams.get('wait') === 'true') {
    wait(registry, { token, after: Number(url.searchParams.get('waitIndex') ?? registry.index + 1) }, call);
    return;
  }
  const node =
    key === undefined
      ? registry.folder(token)
      : key === '_config/size'
        ? registry.size(token)
        : registry.member(token, key);
  sendEtcd(registry, response, { status: 200, body: { action: 'get', node } });
}

/** A long poll: answered by the first event at or after the index, or never when the asker goes away. */
function wait(registry: Registry, what: { token: string; after: number }, { request, response }: Exchange): void {
  const past = registry.eventSince(what.token, what.after);
  if (past !== undefined) {
    sendEvent(registry, response, { status: 200, event: past });
    return;
  }
  const stop = registry.watch(what.token, (event) => {
    if (event.node.modifiedIndex < what.after) return;
    stop();
    sendEvent(registry, response, { status: 200, event });
  });
  request.once('close', stop);
  response.once('close', stop);
}

async function put(registry: Registry, call: Exchange & { url: URL; token: string; key: string }): Promise<void> {
  const form = new URLSearchParams(await readBody(call.request));
  const field = (name: string): string | null => form.get(name) ?? call.url.searchParams.get(name);
  const prevExist = field('prevExist');
  const event = await registry.put(call.token, call.key, {
    value: field('value') ?? '',
    ...(prevExist !== null && { prevExist: prevExist === 'true' }),
  });
  sendEvent(registry, call.response, { status: event.prevNode === undefined ? 201 : 200, event });
}

function sendEvent(
  registry: Registry,
  response: ServerResponse,
  reply: { status: number; event: RegistryEvent },
): void {
  sendEtcd(registry, response, { status: reply.status, body: reply.event });
}

/** etcd ends its JSON with a line feed. */
function sendEtcd(registry: Registry, response: ServerResponse, reply: { status: number; body: object }): void {
  const index = String(registry.index);
  const headers = {
    ...{ 'content-type': 'application/json', 'x-etcd-cluster-id': '7e27652122e8b2ae', 'x-etcd-index': index },
    ...{ 'x-raft-index': index, 'x-raft-term': '2' },
  };
  const text = `${JSON.stringify(reply.body)}\n`;
  response.writeHead(reply.status, { ...headers, 'content-length': String(Buffer.byteLength(text)) });
  response.end(text);
}

function fail(registry: Registry, response: ServerResponse, error: unknown): void {
  if (error instanceof RegistryError) {
    const body = { errorCode: error.code, message: error.message, cause: error.about, index: registry.index };
    sendEtcd(registry, response, { status: error.status, body });
  } else sendText(response, 400, 'Unable to generate token');
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(text);
}
