import { readFileSync } from 'node:fs';
import type { Client, ClientChannel, ConnectConfig, ExecOptions } from 'ssh2';
import ssh2 from 'ssh2';

/**
 * What fleetctl and deisctl are on the wire: golang.org/x/crypto/ssh of 2015 (its common.go) with the key of an ssh-agent. Host keys
 * without Ed25519, ECDSA first; MACs of SHA-1 only; signatures of RSA keys by SHA-1, whatever the server would also take.
 */
const ALGORITHMS: NonNullable<ConnectConfig['algorithms']> = {
  kex: [
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group14-sha1',
  ],
  serverHostKey: ['ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521', 'ssh-rsa'],
  cipher: ['aes128-ctr', 'aes192-ctr', 'aes256-ctr', 'aes128-gcm@openssh.com'],
  hmac: ['hmac-sha1', 'hmac-sha1-96'],
  compress: ['none'],
};

export interface GoConnection {
  readonly client: Client;
  /** The kind of the host key that the server showed. */
  readonly hostKey: string;
}

export async function connectAsGo(settings: ConnectConfig & { key?: string }): Promise<GoConnection> {
  const { key, ...rest } = settings;
  const client = new ssh2.Client();
  let hostKey = '';
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject);
    client.connect({
      ...{ username: 'core', ident: 'Go', algorithms: ALGORITHMS, tryKeyboard: false },
      ...(key !== undefined && { privateKey: readFileSync(key) }),
      hostVerifier: (blob: Buffer) => {
        hostKey = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString();
        return true;
      },
      ...rest,
    });
    forgetBetterSignatures(client);
  });
  client.setNoDelay(true);
  return { client, hostKey };
}

/** Without the server's list of signatures (RFC 8308, which Go did not know) ssh2 signs by SHA-1. */
function forgetBetterSignatures(client: Client): void {
  Reflect.set(handlersOf(client), 'EXT_INFO', undefined);
}

/** Asks as clients of today do whether a key may sign, and resolves with the algorithm that the server's answer names. */
export async function askAboutKey(settings: ConnectConfig & { key: string }): Promise<string> {
  const { key, ...rest } = settings;
  const client = new ssh2.Client();
  try {
    return await new Promise<string>((resolve, reject) => {
      client.once('error', reject);
      client.connect({ username: 'core', privateKey: readFileSync(key), ...rest });
      Reflect.set(handlersOf(client), 'USERAUTH_PK_OK', (_protocol: unknown, algorithm: string) => resolve(algorithm));
    });
  } finally {
    client.destroy();
  }
}

function handlersOf(client: Client): object {
  const protocol: unknown = Reflect.get(client, '_protocol');
  const handlers: unknown = typeof protocol === 'object' && protocol !== null ? Reflect.get(protocol, '_handlers') : {};
  if (typeof handlers !== 'object' || handlers === null || !('EXT_INFO' in handlers)) {
    throw new Error('ssh2 keeps its handlers elsewhere now.');
  }
  return handlers;
}

/** x/crypto's session: asks for the agent first, as fleet's `DialCommand` does, then runs the command. */
export function dialCommand(client: Client, command: string, agentForward: boolean): Promise<ClientChannel> {
  // The types know it of a whole connection only.
  const options: ExecOptions & { agentForward: boolean } = { agentForward };
  return new Promise((resolve, reject) => {
    client.exec(command, options, (error, channel) => (error === undefined ? resolve(channel) : reject(error)));
  });
}

/** x/crypto's `Dial("tcp", …)`: a direct-tcpip channel that says it comes from 0.0.0.0, port 0. */
export function dialTcp(client: Client, address: string, port: number): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.forwardOut('0.0.0.0', 0, address, port, (error, channel) =>
      error === undefined ? resolve(channel) : reject(error),
    );
  });
}
