import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Host, HttpHandler, Kernel } from '../kernel';
import { connect } from '../shell/connections';
import { DeferredStream } from './deferredStream';
import type { Reasons } from './openFailure';
import { sshdOf } from './server';

interface Parts {
  readonly kernel: Kernel;
  readonly host: Host;
}

type Target = { readonly address: string; readonly port: number } | { readonly socketPath: string };

interface Opening {
  accept(): Duplex;
  reject(): unknown;
  readonly reasons: Reasons;
}

/** direct-tcpip and direct-streamlocal: they end in the model's own listeners, never in a socket of this machine. */
export function openForwarding(parts: Parts, target: Target, opening: Opening): void {
  openTarget(parts, target, parts.host.power).then(
    (outcome) => {
      if (typeof outcome === 'string') {
        opening.reasons.reject(() => opening.reject(), outcome);
      } else {
        outcome(opening.accept());
      }
    },
    // Power went while it was connecting: nobody is told.
    () => undefined,
  );
}

export type Serve = (stream: Duplex) => void;

/** How a stream to there is served, or the kernel's words why not. */
export async function openTarget(
  { kernel, host }: Parts,
  target: Target,
  signal: AbortSignal,
): Promise<Serve | string> {
  if ('socketPath' in target) {
    const handler = socketHandler(host, target.socketPath);
    return handler === undefined ? 'open failed' : (stream) => serveHttp(stream, handler);
  }
  const { address, port } = target;
  const reason = await connect(host, kernel, { address, port, signal });
  if (reason !== undefined) {
    return reason;
  }
  const dropletId = kernel.network.dropletAt(address);
  const peer = dropletId === undefined ? host : kernel.host(dropletId);
  if (peer === undefined) {
    return 'No route to host';
  }
  return servePort(peer, port, address === peer.publicAddress ? host.publicAddress : host.privateAddress);
}

/** `source`: the address that the connection comes from. */
function servePort(peer: Host, port: number, source: string): Serve {
  if (port === 22) {
    return (stream) => {
      const daemon = sshdOf(peer);
      if (daemon === undefined) {
        stream.destroy();
      } else {
        daemon.accept(new DeferredStream(stream, source));
      }
    };
  }
  const handler = peer.listener({ port });
  const tunnel = handler?.tunnel;
  if (tunnel !== undefined) {
    return tunnel;
  }
  // A port of a container that speaks no HTTP here (Ceph, a database): it accepts and says nothing.
  return handler === undefined ? (stream) => stream.resume() : (stream) => serveHttp(stream, handler);
}

/** /var/run is a link to /run on the nodes. */
function socketHandler(host: Host, socketPath: string): HttpHandler | undefined {
  const paths = [socketPath, socketPath.replace(/^\/var\/run\//, '/run/'), socketPath.replace(/^\/run\//, '/var/run/')];
  return paths.map((path) => host.listener({ socketPath: path })).find((handler) => handler !== undefined);
}

const handlers = new WeakMap<object, HttpHandler>();
let server: Server | undefined;

/** Speaks HTTP on a stream; one server object for all of them, the handler belongs to the stream. */
export function serveHttp(stream: Duplex, handler: HttpHandler): void {
  server ??= createServer({ requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }, (request, response) => {
    const own = handlers.get(request.socket);
    if (own === undefined) {
      response.destroy();
    } else {
      own(request, response);
    }
  });
  handlers.set(stream, handler);
  withSocketMethods(stream);
  stream.on('error', () => stream.destroy());
  server.emit('connection', stream);
}

/** What Node's HTTP asks of a socket beyond a stream (it sets time-outs and turns Nagle off). */
export function withSocketMethods(stream: Duplex): Duplex {
  for (const name of ['setTimeout', 'setKeepAlive', 'setNoDelay', 'ref', 'unref']) {
    if (!(name in stream)) {
      Object.defineProperty(stream, name, { value: () => stream });
    }
  }
  return stream;
}
