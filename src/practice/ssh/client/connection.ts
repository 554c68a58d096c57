import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, ConnectConfig, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import type { Timeline } from '../../kernel';
import type { Terminal } from '../../programs/program';
import type { Agent } from './agents';

export interface ConnectionSettings {
  readonly user: string;
  /** The version string's software part. */
  readonly ident: string;
  readonly algorithms: NonNullable<ConnectConfig['algorithms']>;
  readonly keys: readonly ParsedKey[];
  readonly agent: Agent | undefined;
  readonly bringsAgent: boolean;
  /** Signs by SHA-1 with RSA keys whatever the server would take, as clients of before RFC 8308 do. */
  readonly isOld: boolean;
  /** Undefined when the key is as it should be, else why it is not. */
  checkHostKey(blob: Buffer): Promise<string | undefined>;
}

export interface ExecSettings {
  readonly terminal?: Terminal | undefined;
}

/** Why there is no connection after the TCP connection was there. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';

  constructor(
    readonly kind: 'host key' | 'authentication' | 'lost',
    message: string,
  ) {
    super(message);
  }
}

/** A connection from inside the model to a node's sshd: the real protocol over a stream inside the process. */
export class SshConnection {
  constructor(private readonly client: Client) {}

  /** An empty command is a login shell. */
  exec(command: string, { terminal }: ExecSettings = {}): Promise<ClientChannel> {
    const pty =
      terminal === undefined ? undefined : { cols: terminal.columns, rows: terminal.rows, term: terminal.name };
    return new Promise((resolve, reject) => {
      const opened = (error: Error | undefined, channel: ClientChannel): void =>
        error === undefined ? resolve(channel) : reject(error);
      if (command === '') {
        this.client.shell(pty ?? false, opened);
      } else {
        this.client.exec(command, pty === undefined ? {} : { pty }, opened);
      }
    });
  }

  openTcp(address: string, port: number): Promise<ClientChannel> {
    return new Promise((resolve, reject) => {
      this.client.forwardOut('0.0.0.0', 0, address, port, (error, channel) =>
        error === undefined ? resolve(channel) : reject(error),
      );
    });
  }

  end(): void {
    this.client.end();
  }
}

/** @throws HandshakeError */
export async function openConnection(
  stream: Duplex,
  settings: ConnectionSettings,
  timeline: Timeline,
): Promise<SshConnection> {
  const client = new ssh2.Client();
  let problem: string | undefined;
  // Packets on their way inside the process take turns of the event loop, no virtual time.
  const release = timeline.hold();
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', (error) => reject(toHandshakeError(error, problem)));
      client.once('close', () => reject(new HandshakeError('lost', 'EOF')));
      client.connect(configOf(stream, settings, (text) => (problem = text)));
      if (settings.isOld) {
        forgetBetterSignatures(client);
      }
    });
  } catch (error) {
    client.on('error', () => undefined);
    client.end();
    stream.destroy();
    throw error;
  } finally {
    release();
  }
  client.on('error', () => undefined); // 'close' follows
  return new SshConnection(client);
}

function configOf(stream: Duplex, settings: ConnectionSettings, refuse: (problem: string) => void): ConnectConfig {
  const { user, ident, algorithms, keys, agent, bringsAgent } = settings;
  const withKeys = keys.map((key) => ({ type: 'publickey' as const, username: user, key }));
  const withAgent = agent === undefined ? [] : [{ type: 'agent' as const, username: user, agent }];
  return {
    // ssh2 declares a socket and uses a duplex stream.
    sock: stream,
    ...{ username: user, ident, algorithms, readyTimeout: 0, keepaliveInterval: 0 },
    ...(agent === undefined ? {} : { agent, agentForward: bringsAgent }),
    authHandler: [{ type: 'none', username: user }, ...withAgent, ...withKeys],
    hostVerifier: (blob: Buffer, answer: (isGood: boolean) => void) => {
      settings.checkHostKey(blob).then(
        (problem) => {
          if (problem !== undefined) {
            refuse(problem);
          }
          answer(problem === undefined);
        },
        () => answer(false),
      );
    },
  };
}

function toHandshakeError(error: Error, problem: string | undefined): HandshakeError {
  if (problem !== undefined) {
    return new HandshakeError('host key', problem);
  }
  const isRefused = 'level' in error && error.level === 'client-authentication';
  return new HandshakeError(isRefused ? 'authentication' : 'lost', error.message);
}

/** Without the server's list of signatures (RFC 8308) ssh2 signs by SHA-1, as a client that does not know of such lists. */
function forgetBetterSignatures(client: Client): void {
  const protocol: unknown = Reflect.get(client, '_protocol');
  const handlers: unknown = typeof protocol === 'object' && protocol !== null && Reflect.get(protocol, '_handlers');
  if (typeof handlers === 'object' && handlers !== null) {
    Reflect.set(handlers, 'EXT_INFO', undefined);
  }
}
