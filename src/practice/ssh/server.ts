import type { Duplex } from 'node:stream';
import type { Connection, ServerConfig } from 'ssh2';
import ssh2 from 'ssh2';
import { expectHostKeys } from '../host/image/hostKeys';
import { insideOf } from '../host/inside';
import type { Host, Kernel } from '../kernel';
import { restorePacketFilter } from '../programs/network/iptables/kernelTables';
import type { Shell } from '../shell/shell';
import { ALGORITHMS, SOFTWARE } from './algorithms';
import { Authenticator } from './authentication';
import { openForwarding } from './forwarding';
import { readHostKeys } from './hostKeys';
import { nameReasons } from './openFailure';
import { RemoteForwardings } from './remoteForwarding';
import { SessionChannels } from './sessions';

export interface Sshd {
  accept(stream: Duplex): void;
  /** The node goes down in good order: who is logged in is told so by the end of the connection. */
  hangUp(): void;
  dispose(): void;
}

/** ssh2 sends its own keep-alives every 15 s of our time unless told otherwise; CoreOS' sshd sends none. */
const NEVER_MS = 2_000_000_000;

const daemons = new WeakMap<Host, Sshd>();

/** The SSH daemon of a node that was made last: connections inside the model go to it. */
export const sshdOf = (host: Host): Sshd | undefined => daemons.get(host);

/** The SSH daemon of one node. `accept` takes connections that reached port 22. Made with the host, so the node's iptables are back too. */
export function createSshd(kernel: Kernel, host: Host, shell: Shell): Sshd {
  const daemon = new NodeSshd(kernel, host, shell);
  daemons.set(host, daemon);
  restorePacketFilter(kernel, host);
  expectHostKeys(insideOf(host).tree);
  return daemon;
}

class NodeSshd implements Sshd {
  readonly #streams = new Set<Duplex>();
  #server: { readonly server: InstanceType<typeof ssh2.Server>; readonly keys: string } | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly host: Host,
    private readonly shell: Shell,
  ) {}

  accept(stream: Duplex): void {
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    stream.on('error', () => stream.destroy());
    this.#serve(stream).catch(() => stream.destroy());
  }

  hangUp(): void {
    for (const stream of this.#streams) {
      stream.destroy();
    }
  }

  dispose(): void {
    this.hangUp();
    this.#server?.server.removeAllListeners();
    this.#server = undefined;
  }

  async #serve(stream: Duplex): Promise<void> {
    const keys = await readHostKeys(this.host);
    if (keys.length === 0 || stream.destroyed) {
      // sshd without host keys does not start; its socket unit accepts and the connection ends.
      stream.destroy();
      return;
    }
    const joined = keys.join('\n');
    if (this.#server?.keys !== joined) {
      this.#server = { server: this.#createServer(keys), keys: joined };
    }
    this.#server.server.injectSocket(asSocket(stream));
  }

  #createServer(hostKeys: string[]): InstanceType<typeof ssh2.Server> {
    const settings: ServerConfig & { keepaliveInterval: number } = {
      hostKeys,
      ident: SOFTWARE,
      algorithms: ALGORITHMS,
      keepaliveInterval: NEVER_MS,
    };
    return new ssh2.Server(settings, (connection, info) => this.#welcome(connection, info.ip));
  }

  #welcome(connection: Connection, address: string | undefined): void {
    const { kernel, host, shell } = this;
    const reasons = nameReasons(connection);
    const authenticator = new Authenticator(host, () => connection.end());
    const sessions = new SessionChannels({
      ...{ kernel, host, shell, connection },
      clientAddress: address ?? '127.0.0.1',
    });
    const remotes = new RemoteForwardings(host, connection);
    connection
      .on('authentication', (context) => authenticator.decide(context))
      .on('session', (accept, reject) => {
        if (sessions.isFull) {
          reasons.reject(reject, 'open failed');
        } else {
          sessions.open(accept());
        }
      })
      .on('tcpip', (accept, reject, info) => {
        openForwarding({ kernel, host }, { address: info.destIP, port: info.destPort }, { accept, reject, reasons });
      })
      .on('openssh.streamlocal', (accept, reject, info) => {
        openForwarding({ kernel, host }, { socketPath: info.socketPath }, { accept, reject, reasons });
      })
      .on('request', (accept, reject, name, info) => {
        const port = name === 'tcpip-forward' ? remotes.open(info) : undefined;
        if (port !== undefined) {
          accept?.(port);
        } else if (name === 'cancel-tcpip-forward' && remotes.close(info.bindPort)) {
          accept?.();
        } else {
          reject?.();
        }
      })
      .on('error', () => undefined) // A client that went away in mid-packet; 'close' follows.
      .on('close', () => {
        remotes.closeAll();
        sessions.hangUp();
      });
  }
}

/** ssh2 declares a socket and uses a duplex stream with an address. */
const asSocket = (stream: Duplex): Parameters<InstanceType<typeof ssh2.Server>['injectSocket']>[0] =>
  stream as unknown as Parameters<InstanceType<typeof ssh2.Server>['injectSocket']>[0];
