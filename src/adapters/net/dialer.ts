import net from 'node:net';
import type { Duplex } from 'node:stream';
import { ClusterError } from '../../core/errors';
import type { Clock, Dialer } from '../../core/ports';
import { abortReason } from './abort';

/** Provider milliseconds to wait for a TCP connection; a machine without power never answers at all. */
const CONNECT_MS = 15_000;

/** Real addresses, over TCP. Rejects with sshUnreachable (the cause has Node's code) or the signal's reason. */
export function createDialer(clock: Clock): Dialer {
  return { connect: async (address, port, signal) => await dial({ clock, address, port, signal }) };
}

export interface Dial {
  readonly clock: Clock;
  readonly address: string;
  readonly port: number;
  readonly signal: AbortSignal;
  /** What messages call the place, where it is not where the socket goes. */
  readonly shownAs?: string;
}

export async function dial(to: Dial): Promise<Duplex> {
  to.signal.throwIfAborted();
  const deadline = to.clock.deadline(CONNECT_MS, to.signal);
  const place = to.shownAs ?? `${to.address} port ${to.port}`;
  try {
    return await open(to, deadline.signal);
  } catch (error) {
    if (to.signal.aborted) {
      throw abortReason(to.signal);
    }
    if (deadline.hasPassed) {
      throw unreachable(place, 'does not answer', 'ETIMEDOUT');
    }
    const code = nodeCode(error);
    throw unreachable(place, code === 'ECONNREFUSED' ? 'refuses the connection' : 'cannot be reached', code);
  } finally {
    deadline.dispose();
  }
}

/** Node's own words would repeat the address; its code is kept for whoever looks into the log. */
export function unreachable(place: string, verb: string, code: string): ClusterError {
  const cause = Object.assign(new Error(code), { code });
  return new ClusterError(`${place} ${verb}.`, { code: 'sshUnreachable', remedy: 'refresh', cause });
}

export function nodeCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

function open({ address, port }: Dial, signal: AbortSignal): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    // Without Nagle: SSH is many small packets, and each would wait for the last one's acknowledgement.
    const socket = net.connect({ host: address, port, noDelay: true, keepAlive: true });
    const end = (): void => {
      signal.removeEventListener('abort', onAbort);
      socket.off('error', onError);
    };
    const onError = (error: Error): void => {
      end();
      reject(error);
    };
    const onAbort = (): void => {
      end();
      socket.destroy();
      reject(abortReason(signal));
    };
    // Whoever takes the socket over listens for himself; until then an error must not end the process.
    socket.on('error', () => undefined);
    socket.once('connect', () => {
      end();
      resolve(socket);
    });
    socket.once('error', onError);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
