import type { Client } from 'ssh2';
import { ClusterError } from '../../core/errors';
import type {
  Clock,
  Disposable,
  ExecOptions,
  ExecResult,
  HttpReply,
  HttpRequest,
  NodeEndpoint,
  ShellChannel,
} from '../../core/ports';
import { linkSignals } from '../net/abort';
import { Channels, closed, type Opener } from './channels';
import { run } from './exec';
import { toLine } from './hostKeys';
import { place, requestOver } from './httpOverChannel';
import { commandLine } from './quote';
import { shellOver } from './shell';
import type { Transport } from './transport';

const EXEC_MS = 30_000;
const REQUEST_MS = 15_000;
const SHELL_MS = 20_000;

/** One verified connection to a node, shared by all who asked for it. */
export class Connection {
  readonly hostKey: string;
  readonly #client: Client;
  readonly #channels: Channels;
  #lastHeard = performance.now();

  constructor(
    transport: Transport,
    readonly endpoint: NodeEndpoint,
    readonly clock: Clock,
  ) {
    this.#client = transport.client;
    this.hostKey = toLine(transport.hostKey);
    this.#channels = new Channels(transport.client, endpoint.name);
    transport.socket.on('data', () => (this.#lastHeard = performance.now()));
  }

  get isOpen(): boolean {
    return this.#channels.isOpen;
  }

  /** Real milliseconds for which nobody has used it. */
  get idleMs(): number {
    return this.#channels.idleMs;
  }

  async exec(command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const line = commandLine(command);
    const what = `${programOf(command)} on ${this.endpoint.name}`;
    const { stdin, onStdout } = options;
    const open: Opener = (client, done) => client.exec(line, done);
    return await this.#within({ what, ...options, timeoutMs: options.timeoutMs ?? EXEC_MS }, async (signal, progress) =>
      this.#channels.use(noting(progress, open), signal, (channel) => {
        progress.isOpened = true;
        return run(channel, { what, stdin, onStdout, signal });
      }),
    );
  }

  async request(request: HttpRequest): Promise<HttpReply> {
    const { target } = request;
    const open: Opener = (client, done) =>
      'socketPath' in target
        ? client.openssh_forwardOutStreamLocal(target.socketPath, done)
        : client.forwardOut('127.0.0.1', 0, '127.0.0.1', target.port, done);
    const what = `${request.method} ${place(request)} on ${this.endpoint.name}`;
    return await this.#within(
      { what, ...request, timeoutMs: request.timeoutMs ?? REQUEST_MS },
      async (signal, progress) =>
        this.#channels.use(noting(progress, open), signal, async (channel) => {
          progress.isOpened = true;
          return await requestOver(channel, request, signal);
        }),
    );
  }

  async openShell({ columns, rows }: { columns: number; rows: number }): Promise<ShellChannel> {
    const { name } = this.endpoint;
    if (!this.#channels.hasRoomForShell) {
      throw new ClusterError(`There are already four terminals on ${name}. Close one first.`, { code: 'invalidInput' });
    }
    const window = { term: 'xterm-256color', cols: columns, rows };
    const open: Opener = (client, done) => client.shell(window, {}, done);
    return await this.#within({ what: `A terminal on ${name}`, timeoutMs: SHELL_MS }, (signal, progress) => {
      return new Promise<ShellChannel>((resolve, reject) => {
        const use = this.#channels.useForShell(noting(progress, open), signal, async (channel) => {
          progress.isOpened = true;
          const { shell, ended } = shellOver(channel);
          resolve(shell);
          await ended;
        });
        use.catch(reject);
      });
    });
  }

  onClose(listener: () => void): Disposable {
    const end = this.#channels.closed;
    if (end.aborted) {
      queueMicrotask(listener);
    }
    end.addEventListener('abort', listener, { once: true });
    return { dispose: () => end.removeEventListener('abort', listener) };
  }

  close(): void {
    this.#channels.end();
    this.#client.end();
    this.#client.destroy();
  }

  /** Deadline, the caller's signal and the end of the connection in one; failures become ClusterErrors. */
  async #within<T>(
    limits: { what: string; timeoutMs: number; signal?: AbortSignal },
    work: (signal: AbortSignal, progress: Progress) => Promise<T>,
  ): Promise<T> {
    limits.signal?.throwIfAborted();
    const deadline = this.clock.deadline(limits.timeoutMs, limits.signal);
    const linked = linkSignals(deadline.signal, this.#channels.closed);
    const progress: Progress = { isOpened: false };
    try {
      return await work(linked.signal, progress);
    } catch (error) {
      if (deadline.hasPassed && limits.signal?.aborted !== true) {
        throw this.#tooLate(limits.what, progress);
      }
      if (!progress.isOpened && !linked.signal.aborted && !ClusterError.is(error)) {
        // The node refused the channel: nothing listens there, or it has too many.
        const cause = error instanceof Error ? new Error(error.message) : undefined;
        throw new ClusterError(`${limits.what} is not possible: nothing answers.`, { code: 'commandFailed', cause });
      }
      throw error;
    } finally {
      linked.dispose();
      deadline.dispose();
    }
  }

  /** A node that has said nothing at all meanwhile, not even that it opened the channel, is gone; a late one is only late. */
  #tooLate(what: string, { askedAt }: Progress): ClusterError {
    if (askedAt !== undefined && this.#lastHeard < askedAt) {
      this.close();
      return closed(this.endpoint.name);
    }
    return new ClusterError(`${what} did not end in time.`, { code: 'timedOut' });
  }
}

/** How far a call came: whether the node was asked for a channel yet, and whether it gave one. */
interface Progress {
  askedAt?: number;
  isOpened: boolean;
}

function noting(progress: Progress, open: Opener): Opener {
  return (client, done) => {
    progress.askedAt = performance.now();
    open(client, done);
  };
}

/** The program without its arguments, which may be secret. */
function programOf(command: readonly string[]): string {
  const words = command.filter((word) => word !== 'sudo' && !word.startsWith('-'));
  return words[0]?.split('/').at(-1) ?? 'A command';
}
