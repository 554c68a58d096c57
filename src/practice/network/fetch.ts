import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Host, HttpHandler, ModelFetch, Timeline } from '../kernel';
import type { InnerHttp } from './innerHttp';
import { resolveName, type Internet } from './internet';
import type { PracticeNetwork } from './network';
import { createWire } from './wire';

type ModelRequest = Parameters<ModelFetch>[1];
type ModelReply = Awaited<ReturnType<ModelFetch>>;

interface Parts {
  readonly network: PracticeNetwork;
  readonly internet: Internet;
  readonly inner: InnerHttp;
  readonly timeline: Timeline & { settle(turns: number): void };
  host(dropletId: number): Host | undefined;
  /** Whether a port of loopback is, or once was, this practice cloud's own: for nodes that is the discovery service's address. */
  isOwnPort(port: number): boolean;
  readonly discovery: HttpHandler;
}

/** How long Linux sends SYNs before it gives up: `tcp_syn_retries` 6. */
const CONNECT_TIMEOUT_MS = 127_000;
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0'];

function failure(code: string, address: string): Error {
  return Object.assign(new Error(`connect ${code} ${address}`), { code });
}

type Target =
  { readonly handler: HttpHandler; readonly peer?: Host } | { readonly fails: 'refused' | 'mute' | 'unknown' };

/** HTTP as a program on a node makes it. It ends in the model: there is no way from here to a real socket. */
export function createModelFetch(parts: Parts): ModelFetch {
  return async (from, request) => {
    const url = new URL(request.url);
    const target = findTarget(parts, from, { url, socketPath: request.socketPath });
    const address = request.socketPath ?? url.host;
    if ('fails' in target) return await fail(parts, request, { how: target.fails, address });
    // Of this boot: a node that is powered on again has another one.
    const peerPower = target.peer?.power;
    const gone = anyAborted([request.signal, from.power, peerPower]);
    try {
      return await exchange(parts, { url, request, from }, { handler: target.handler, signal: gone.signal });
    } catch (error) {
      // The other machine lost its power: nothing comes any more, until the connection is given up.
      if (peerPower?.aborted === true) return await fail(parts, request, { how: 'mute', address });
      throw error;
    } finally {
      gone.dispose();
    }
  };
}

function findTarget(parts: Parts, from: Host, where: { url: URL; socketPath: string | undefined }): Target {
  const { url, socketPath } = where;
  if (socketPath !== undefined) return listening(from.listener({ socketPath }));
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  const name = resolveName(url.hostname);
  if (LOOPBACK.includes(name)) {
    return parts.isOwnPort(port) ? { handler: parts.discovery } : listening(from.listener({ port }));
  }
  const dropletId = parts.network.dropletAt(name);
  if (dropletId !== undefined) return nodeTarget(parts, from, { dropletId, port });
  const site = parts.internet.siteAt(name);
  if (site === undefined) return { fails: /^[\d.]+$/.test(name) ? 'mute' : 'unknown' };
  if (!parts.network.mayLeave(from.dropletId, port)) return { fails: 'mute' };
  return { handler: (incoming, response) => site(incoming, response, from) };
}

function nodeTarget(parts: Parts, from: Host, to: { dropletId: number; port: number }): Target {
  const { dropletId, port } = to;
  const peer = parts.host(dropletId);
  if (dropletId === from.dropletId) {
    const own = from.listener({ port });
    return listening(own?.isLocal === true ? undefined : own);
  }
  const verdict = parts.network.probe({ dropletId: from.dropletId }, dropletId, port);
  if (peer === undefined || verdict !== 'open') return { fails: verdict === 'refused' ? 'refused' : 'mute' };
  const handler = peer.listener({ port });
  return handler === undefined ? { fails: 'refused' } : { handler, peer };
}

function listening(handler: HttpHandler | undefined): Target {
  return handler === undefined ? { fails: 'refused' } : { handler };
}

async function fail(
  parts: Parts,
  request: ModelRequest,
  failing: { how: 'refused' | 'mute' | 'unknown'; address: string },
): Promise<never> {
  if (failing.how === 'refused') throw failure('ECONNREFUSED', failing.address);
  if (failing.how === 'unknown') {
    throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${failing.address}`), { code: 'ENOTFOUND' });
  }
  await parts.timeline.sleep(CONNECT_TIMEOUT_MS, request.signal);
  throw failure('ETIMEDOUT', failing.address);
}

/** Aborted by the caller, by the power of its node, or by that of the other. */
function anyAborted(signals: readonly (AbortSignal | undefined)[]): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const sources = signals.filter((signal) => signal !== undefined);
  for (const source of sources) {
    if (source.aborted) abort();
    else source.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: controller.signal,
    dispose: () => {
      for (const source of sources) source.removeEventListener('abort', abort);
    },
  };
}

function exchange(
  parts: Parts,
  call: { url: URL; request: ModelRequest; from: Host },
  way: { handler: HttpHandler; signal: AbortSignal },
): Promise<ModelReply> {
  const { url, request, from } = call;
  const settle = (turns: number): void => parts.timeline.settle(turns);
  const [near, far] = createWire({ settle, remoteAddress: from.privateAddress });
  far.on('error', () => undefined); // the handler's side is cut off together with ours
  parts.inner.accept(far, way.handler);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        ...{ method: request.method, path: url.pathname + url.search, signal: way.signal },
        createConnection: () => near,
        headers: { host: url.host, ...lengthOf(request.body), ...request.headers },
      },
      (incoming) => {
        collect(incoming).then(resolve, reject);
      },
    );
    // A client says nothing of the connection unless it is told to, and closes it when it has its answer.
    if (!outgoing.hasHeader('connection')) outgoing.removeHeader('connection');
    outgoing.once('error', reject);
    outgoing.end(request.body);
  });
}

function lengthOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

async function collect(incoming: IncomingMessage): Promise<ModelReply> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer); // an undecoded stream gives buffers
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { status: incoming.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString('utf8') };
}
