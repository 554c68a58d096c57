import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connection, TcpipBindInfo } from 'ssh2';
import type { Cancel, Host, HttpHandler } from '../kernel';
import { withSocketMethods } from './forwarding';

/** Ports below are root's. */
const FIRST_FREE_PORT = 1024;
const FIRST_CHOSEN_PORT = 32_768;

/** `ssh -R`: ports of the node's loopback (`GatewayPorts no`) that lead back to the client; they close with its connection. */
export class RemoteForwardings {
  readonly #open = new Map<number, Cancel>();

  constructor(
    private readonly host: Host,
    private readonly connection: Connection,
  ) {}

  /** The port that listens now; undefined when it may not. */
  open({ bindAddr, bindPort }: TcpipBindInfo): number | undefined {
    const port = bindPort === 0 ? this.#freePort() : bindPort;
    const { host } = this;
    if (port < FIRST_FREE_PORT || host.listeningPorts.includes(port)) {
      return undefined;
    }
    const connect = (): Promise<Duplex> => this.#connect(bindAddr, port);
    this.#open.set(port, host.listen({ port }, handlerOf(connect)));
    return port;
  }

  close(port: number): boolean {
    this.#open.get(port)?.();
    return this.#open.delete(port);
  }

  closeAll(): void {
    [...this.#open.keys()].forEach((port) => this.close(port));
  }

  #freePort(): number {
    let port = FIRST_CHOSEN_PORT;
    while (this.host.listeningPorts.includes(port)) {
      port += 1;
    }
    return port;
  }

  #connect(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      this.connection.forwardOut(address, port, '127.0.0.1', FIRST_CHOSEN_PORT, (error, channel) =>
        error === undefined ? resolve(channel) : reject(error),
      );
    });
  }
}

/** HTTP goes on to the client's side request by request; whatever else is spoken goes through as it is. */
function handlerOf(connect: () => Promise<Duplex>): HttpHandler {
  const pass: HttpHandler = (incoming, response) => {
    connect().then(
      (channel) => {
        const { method, url: path, headers } = incoming;
        const outgoing = request({
          // With an agent of any kind Node would open a socket of this machine instead.
          ...{ headers, createConnection: () => withSocketMethods(channel) },
          ...(method === undefined ? {} : { method }),
          ...(path === undefined ? {} : { path }),
        });
        outgoing.on('response', (reply) => {
          response.writeHead(reply.statusCode ?? 502, reply.headers);
          reply.pipe(response);
        });
        outgoing.on('error', () => response.destroy());
        incoming.pipe(outgoing);
      },
      () => response.destroy(),
    );
  };
  const tunnel = (stream: Duplex): void => {
    connect().then(
      (channel) => {
        channel.on('error', () => stream.destroy());
        channel.once('close', () => stream.destroy());
        stream.once('close', () => channel.destroy());
        stream.pipe(channel).pipe(stream);
      },
      () => stream.destroy(),
    );
  };
  return Object.assign(pass, { tunnel, isLocal: true });
}
