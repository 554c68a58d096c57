import pLimit from 'p-limit';
import type { Client, ClientChannel } from 'ssh2';
import { ClusterError } from '../../core/errors';
import { abortReason, allowManyListeners, unlessAborted } from '../net/abort';

/** OpenSSH allows ten sessions a connection (sshd_config, MaxSessions) and refuses the eleventh. */
const MOST_CHANNELS = 8;
/** Terminals stay open for hours; some room is left for everything else. */
const MOST_SHELLS = 4;

export type Opener = (client: Client, done: (error: Error | undefined, channel: ClientChannel) => void) => void;

/** The channels of one connection: at most eight at a time, further ones wait their turn. */
export class Channels {
  readonly #client: Client;
  readonly #name: string;
  readonly #limit = pLimit(MOST_CHANNELS);
  readonly #shells = pLimit(MOST_SHELLS);
  readonly #closed = new AbortController();
  #lastUse = performance.now();

  constructor(client: Client, name: string) {
    this.#client = client;
    this.#name = name;
    allowManyListeners(this.#closed.signal);
    client.once('close', () => this.end());
  }

  /** Nothing passes any more; what is under way rejects. */
  end(): void {
    this.#closed.abort(closed(this.#name));
  }

  get isOpen(): boolean {
    return !this.#closed.signal.aborted;
  }

  /** Aborted, with sshClosed as its reason, when the connection is gone. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Real milliseconds since the last channel was closed; 0 while there is one, such as a terminal. */
  get idleMs(): number {
    return this.#limit.activeCount + this.#limit.pendingCount > 0 ? 0 : performance.now() - this.#lastUse;
  }

  get hasRoomForShell(): boolean {
    return this.#shells.activeCount + this.#shells.pendingCount < MOST_SHELLS;
  }

  /** Opens a channel when there is room and closes it when `use` has ended. Rejects with sshClosed or the signal's reason. */
  async use<T>(open: Opener, signal: AbortSignal, use: (channel: ClientChannel) => Promise<T>): Promise<T> {
    const turn = this.#limit(async () => {
      this.#throwIfClosed();
      signal.throwIfAborted();
      try {
        return await this.#open(open, signal, use);
      } finally {
        this.#lastUse = performance.now();
      }
    });
    // Whoever gives up while waiting for his turn need not wait for it.
    return await unlessAborted(turn, signal);
  }

  async useForShell<T>(open: Opener, signal: AbortSignal, use: (channel: ClientChannel) => Promise<T>): Promise<T> {
    return await this.#shells(async () => await this.use(open, signal, use));
  }

  #throwIfClosed(): void {
    if (!this.isOpen) {
      throw closed(this.#name);
    }
  }

  #open<T>(open: Opener, signal: AbortSignal, use: (channel: ClientChannel) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settled = new AbortController();
      const once = { once: true, signal: settled.signal };
      const fail = (error: Error): void => {
        settled.abort();
        reject(error);
      };
      this.closed.addEventListener('abort', () => fail(abortReason(this.closed)), once);
      signal.addEventListener('abort', () => fail(abortReason(signal)), once);
      try {
        open(this.#client, (error, channel) => {
          if (settled.signal.aborted) {
            closeLate(channel);
          } else if (error !== undefined) {
            fail(error);
          } else {
            settled.abort();
            // At once, not after an await: exit code and end of a quick command may be in the very packet that opened it.
            resolve(use(channel).finally(() => channel.close()));
          }
        });
      } catch {
        fail(closed(this.#name)); // ssh2 throws when its socket is gone already.
      }
    });
  }
}

export function closed(name: string): ClusterError {
  return new ClusterError(`The SSH connection to ${name} was lost.`, { code: 'sshClosed', remedy: 'refresh' });
}

/** A channel that opens after its caller has given up must not stay open. ssh2 gives none with an error. */
function closeLate(channel: ClientChannel | undefined): void {
  channel?.on('error', () => undefined);
  channel?.close();
}
