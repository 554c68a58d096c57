import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveKeys } from '../../etcd/http/keys';
import type { HttpHandler } from '../../kernel';
import type { Registry } from './registry';

const DEFAULT_SIZE = 3;
const TOKEN = /^[0-9a-f]{32}$/;
/** Go's `strconv.Atoi` on 64 bits. */
const LARGEST = 2n ** 63n - 1n;

export function isDiscoveryPath(pathname: string): boolean {
  return pathname === '/new' || pathname === '/health' || TOKEN.test(pathname.split('/')[1] ?? '');
}

/**
 * discovery.etcd.io: `/new?size=N` hands out an address, below which the keys of the service's own etcd lie
 * (coreos/discovery.etcd.io, handlers/; etcd, Documentation/v2/discovery_protocol.md). It wants no token, as the service wants none.
 */
export function createDiscoveryHandler(registry: Registry, origin: () => string): HttpHandler {
  return (request, response) => {
    void answer(registry, { request, response, origin: origin() }).catch(() => {
      if (!response.headersSent) sendText(response, 400, 'Unable to generate token');
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
    response.writeHead(200, PLAIN).end('OK');
  } else if (url.pathname === '/new') {
    await makeToken(registry, exchange, url.searchParams.get('size') ?? '');
  } else if (isOffered(url.pathname, request.method ?? 'GET')) {
    const path = `/v2/keys${registry.root}${decodeURIComponent(url.pathname.replace(/\/$/, ''))}`;
    await serveKeys(registry.keys, { request, response, target: { path, query: url.search.slice(1) } });
  } else {
    sendText(response, 404, '404 page not found');
  }
}

/** What the service hands on to its etcd: tokens, what is right below them, and their size to be read. */
function isOffered(pathname: string, method: string): boolean {
  const [, token = '', ...below] = pathname.split('/');
  const [name = '', more] = below;
  if (!TOKEN.test(token)) return false;
  if (name === '') return below.length < 2 && ['GET', 'PUT'].includes(method);
  if (more === undefined) return ['GET', 'PUT', 'DELETE'].includes(method);
  return method === 'GET' && below.join('/') === '_config/size';
}

async function makeToken(registry: Registry, { response, origin }: Exchange, asked: string): Promise<void> {
  const isNumber = /^[+-]?\d+$/.test(asked);
  const size = isNumber ? BigInt(asked.replace(/^\+/, '')) : BigInt(DEFAULT_SIZE);
  if (asked !== '' && !isNumber) {
    sendText(response, 400, `strconv.Atoi: parsing "${asked}": invalid syntax`);
  } else if (size > LARGEST || size < -LARGEST - 1n) {
    sendText(response, 400, `strconv.Atoi: parsing "${asked}": value out of range`);
  } else {
    const token = await registry.create(String(size));
    response.writeHead(200, PLAIN).end(`${origin}/${token}`);
  }
}

const PLAIN = { 'content-type': 'text/plain; charset=utf-8' };

/** As Go's `http.Error` writes it. */
function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...PLAIN, 'x-content-type-options': 'nosniff' }).end(`${text}\n`);
}
