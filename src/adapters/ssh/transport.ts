import type { Duplex } from 'node:stream';
import { Client, type Algorithms, type ClientErrorExtensions } from 'ssh2';
import { ClusterError } from '../../core/errors';
import type { Clock, NodeEndpoint } from '../../core/ports';
import { abortReason } from '../net/abort';
import { fingerprint, pinnedKeys, strict, type HostVerifier, type PinnedKeys } from './hostKeys';

/** The only file that calls ssh2's `connect`: nobody gets a connection whose host key was not verified. */

/** Provider milliseconds until the node says its first word; a machine without power accepts and stays mute. */
const GREETING_MS = 10_000;
/** Real milliseconds for key exchange and login of a node that has answered. */
const HANDSHAKE_MS = 20_000;
/** OpenSSH's ServerAliveCountMax: so many unanswered questions end the connection. */
const UNANSWERED_MAX = 3;

/**
 * ssh2's own lists without SHA-1, which is still in them. Taken away, not listed anew: the editor's runtime has fewer ciphers
 * than Node, and ssh2 throws for one that is asked for and missing.
 */
const ALGORITHMS: Algorithms = {
  hmac: { append: [], prepend: [], remove: ['hmac-sha1-etm@openssh.com', 'hmac-sha1'] },
  compress: ['none'],
};

export interface TransportOptions {
  readonly endpoint: NodeEndpoint;
  readonly user: string;
  /** Already connected to the node's SSH port. */
  readonly socket: Duplex;
  readonly clock: Clock;
  /** Real milliseconds between two questions whether the node is alive. */
  readonly keepaliveMs: number;
  readonly signal: AbortSignal;
}

export interface Transport {
  readonly client: Client;
  readonly socket: Duplex;
  readonly hostKey: Buffer;
}

type SshError = Error & ClientErrorExtensions;

/** Rejects with hostKeyChanged, sshAuthFailed, keyUnusable, sshUnreachable, or the signal's reason. */
export async function openTransport(options: TransportOptions): Promise<Transport> {
  const client = new Client();
  // Errors also come after `ready`; without a listener they would end the process. `close` tells whoever waits.
  client.on('error', () => undefined);
  const greeting = options.clock.deadline(GREETING_MS, options.signal);
  try {
    const hostKey = await handshake(client, options, greeting.signal);
    client.setNoDelay(true);
    return { client, socket: options.socket, hostKey };
  } catch (error) {
    client.destroy();
    options.socket.destroy();
    throw options.signal.aborted ? abortReason(options.signal) : error;
  } finally {
    greeting.dispose();
  }
}

function handshake(client: Client, options: TransportOptions, greeting: AbortSignal): Promise<Buffer> {
  const { endpoint, socket, signal } = options;
  const pinned = pinnedKeys(endpoint);
  let shown: Buffer | undefined;
  const verify = strict((key) => {
    shown = key;
    return pinned.isTrusted(key);
  });
  return new Promise((resolve, reject) => {
    const settled = new AbortController();
    const fail = (error: Error): void => {
      settled.abort();
      reject(error);
    };
    let isSilent = true;
    const once = { once: true, signal: settled.signal };
    signal.addEventListener('abort', () => fail(abortReason(signal)), once);
    greeting.addEventListener('abort', () => isSilent && fail(unreachable(endpoint, 'does not answer')), once);
    client.once('ready', () => {
      settled.abort();
      // A connection is never ready unverified; without a key it would have to be refused.
      resolve(shown ?? Buffer.alloc(0));
    });
    client.once('error', (error: SshError) => fail(toClusterError(error, { ...options, pinned, shown })));
    client.once('close', () => fail(unreachable(endpoint, 'closes the connection before login')));
    start(client, options, { pinned, verify });
    // After `connect`, which pauses the stream: a listener then does not start its flow.
    socket.once('data', () => (isSilent = false));
  });
}

function start(client: Client, options: TransportOptions, trust: { pinned: PinnedKeys; verify: HostVerifier }): void {
  const { endpoint, socket } = options;
  try {
    client.connect({
      sock: socket,
      username: options.user,
      privateKey: endpoint.privateKey,
      ...(endpoint.passphrase !== undefined && { passphrase: endpoint.passphrase }),
      authHandler: ['publickey'],
      agentForward: false,
      hostVerifier: trust.verify,
      algorithms: { ...ALGORITHMS, serverHostKey: trust.pinned.algorithms },
      readyTimeout: HANDSHAKE_MS,
      keepaliveInterval: options.keepaliveMs,
      keepaliveCountMax: UNANSWERED_MAX,
      // Streamlocal is OpenSSH's own; a server that does not know it says so.
      strictVendor: false,
    });
  } catch {
    // ssh2 throws only for a key that it cannot read. What it says about it is not repeated.
    const message = `The SSH private key for ${endpoint.name} cannot be read; its passphrase may be wrong.`;
    throw new ClusterError(message, { code: 'keyUnusable' });
  }
}

interface Seen {
  readonly endpoint: NodeEndpoint;
  readonly user: string;
  readonly pinned: PinnedKeys;
  readonly shown: Buffer | undefined;
}

/** By ssh2's `level`, never by its words. */
function toClusterError(error: SshError, { endpoint, user, pinned, shown }: Seen): ClusterError {
  switch (error.level) {
    case 'client-authentication':
      return new ClusterError(`${endpoint.name} does not accept the SSH key of the cluster for the user ${user}.`, {
        code: 'sshAuthFailed',
      });
    case 'handshake':
      if (shown !== undefined && !strict(pinned.isTrusted)(shown)) {
        return hostKeyChanged(endpoint, pinned, shown);
      }
      return unreachable(endpoint, 'and this program could not agree on a secure connection', error);
    case 'client-timeout':
      return unreachable(endpoint, 'does not answer', error);
    case undefined:
    default:
      return unreachable(endpoint, 'cannot be reached over SSH', error);
  }
}

function hostKeyChanged({ name, address }: NodeEndpoint, pinned: PinnedKeys, shown: Buffer): ClusterError {
  return new ClusterError(
    `${name} (${address}) shows the host key ${fingerprint(shown)}, not the known ${pinned.fingerprints}. ` +
      'Nothing was sent to it: it may not be the machine it was. If its keys were replaced on purpose, put the old ones back; ' +
      'if not, destroy the cluster.',
    { code: 'hostKeyChanged' },
  );
}

function unreachable({ name, address }: NodeEndpoint, verb: string, error?: SshError): ClusterError {
  const cause = error === undefined ? undefined : new Error(error.message);
  return new ClusterError(`${name} (${address}) ${verb}.`, { code: 'sshUnreachable', remedy: 'refresh', cause });
}
