import { once } from 'node:events';
import net from 'node:net';
import ssh2, { type Algorithms, type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2';
import type { Clock, NodeEndpoint, NodeGateway } from '../../../../src/core/ports';
import { createClock } from '../../../../src/adapters/net/clock';
import { createDialer } from '../../../../src/adapters/net/dialer';
import { createNodeGateway } from '../../../../src/adapters/ssh/gateway';
import { makeEd25519Pair } from '../../../../src/practice/ssh/ed25519';

const { Server, utils } = ssh2;

export interface KeyPair {
  readonly private: string;
  /** Without comment. */
  readonly public: string;
}

export function makeKey(type: 'ed25519' | 'rsa' = 'ed25519'): KeyPair {
  const pair = type === 'rsa' ? utils.generateKeyPairSync('rsa', { bits: 2048 }) : makeEd25519Pair();
  return { private: pair.private, public: pair.public.trim() };
}

export interface Behaviour {
  readonly hostKeys: readonly KeyPair[];
  readonly userKey: KeyPair;
  readonly algorithms?: Algorithms;
  readonly onExec?: (channel: ServerChannel, command: string, session: Session) => void;
  readonly onShell?: (channel: ServerChannel, session: Session) => void;
  readonly onSession?: (session: Session) => void;
  /** A connection to a unix socket or a local port of the node. */
  readonly onForward?: (channel: ServerChannel, target: string) => void;
}

export interface LabSshd {
  readonly port: number;
  readonly connections: Connection[];
  close(): Promise<void>;
}

/** ssh2's own server, whose every answer a test decides. */
export async function startSshd(behaviour: Behaviour): Promise<LabSshd> {
  const connections: Connection[] = [];
  const server = new Server(
    {
      hostKeys: behaviour.hostKeys.map((key) => key.private),
      ...(behaviour.algorithms !== undefined && { algorithms: behaviour.algorithms }),
    },
    (connection) => {
      connections.push(connection);
      connection.on('error', () => undefined);
      connection.on('authentication', (context) => authenticate(context, behaviour.userKey));
      connection.on('session', (accept) => serve(accept(), behaviour));
      connection.on('tcpip', (accept, reject, info) => {
        forward(behaviour, accept, reject, `${info.destIP}:${info.destPort}`);
      });
      connection.on('openssh.streamlocal', (accept, reject, info) => {
        forward(behaviour, accept, reject, info.socketPath);
      });
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: unknown = server.address();
  const port = typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0;
  return {
    port,
    connections,
    async close() {
      connections.forEach((connection) => connection.end());
      server.close();
      await once(server, 'close');
    },
  };
}

function authenticate(context: AuthContext, userKey: KeyPair): void {
  const key = utils.parseKey(userKey.public);
  if (context.method !== 'publickey' || key instanceof Error || !key.getPublicSSH().equals(context.key.data)) {
    context.reject(['publickey']);
  } else if (key.type === 'ssh-rsa' && !['sha256', 'sha512'].includes(context.hashAlgo ?? 'sha1')) {
    context.reject(['publickey']); // As OpenSSH since 8.8: no SHA-1 signatures.
  } else if (context.signature === undefined || context.blob === undefined) {
    context.accept();
  } else if (key.verify(context.blob, context.signature, context.hashAlgo)) {
    context.accept();
  } else {
    context.reject();
  }
}

function serve(session: Session, { onExec, onShell, onSession }: Behaviour): void {
  session.on('pty', (accept) => accept());
  session.on('window-change', () => undefined);
  onSession?.(session);
  session.on('exec', (accept, _, { command }) => {
    const channel = accept();
    channel.on('error', () => undefined);
    onExec?.(channel, command, session);
  });
  session.on('shell', (accept) => {
    const channel = accept();
    channel.on('error', () => undefined);
    onShell?.(channel, session);
  });
}

function forward(behaviour: Behaviour, accept: () => ServerChannel, reject: () => void, target: string): void {
  if (behaviour.onForward === undefined) {
    reject();
    return;
  }
  const channel = accept();
  channel.on('error', () => undefined);
  behaviour.onForward(channel, target);
}

export interface Proxy {
  readonly port: number;
  /** From now on nothing passes, in either direction, and no connection is closed: as when a node loses its power. */
  mute(): void;
  /** Every connection is reset. */
  cut(): void;
  /** The next connection is reset after so many bytes from the node. */
  cutAfter(bytes: number): void;
  close(): void;
}

/** Stands between a client and a node and breaks what passes. */
export async function startProxy(toPort: number): Promise<Proxy> {
  const sockets = new Set<net.Socket>();
  let isMute = false;
  let allowed = Infinity;
  const server = net.createServer((client) => {
    const node = net.connect(toPort, '127.0.0.1');
    let left = allowed;
    for (const [from, to] of [
      [client, node],
      [node, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('close', () => to.destroy());
      from.on('data', (data) => {
        left -= from === node ? data.length : 0;
        if (left < 0) {
          client.resetAndDestroy();
        } else if (!isMute) {
          to.write(data);
        }
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mute: () => (isMute = true),
    cut: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    cutAfter: (bytes) => (allowed = bytes),
    close() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
    },
  };
}

/** A gateway whose nodes are all at `port` of this computer. */
export function gatewayTo(port: number, options: { clock?: Clock; keepaliveMs?: number } = {}): NodeGateway {
  const clock = options.clock ?? createClock();
  const dialer = createDialer(clock);
  return createNodeGateway({
    clock,
    dialer: { connect: async (_, __, signal) => await dialer.connect('127.0.0.1', port, signal) },
    keepaliveMs: () => options.keepaliveMs ?? 10_000,
  });
}

export function endpointOf(hostKeys: readonly KeyPair[], userKey: KeyPair): NodeEndpoint {
  return {
    clusterId: 'c1',
    name: 'deis-1',
    address: '203.0.113.7',
    trustedHostKeys: hostKeys.map((key) => key.public),
    privateKey: userKey.private,
  };
}
