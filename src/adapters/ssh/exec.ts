import { StringDecoder } from 'node:string_decoder';
import type { ClientChannel } from 'ssh2';
import { ClusterError } from '../../core/errors';
import type { ExecResult } from '../../core/ports';
import { abortReason } from '../net/abort';

/** Whole output that is kept to be parsed; the largest listing of a cluster is a few hundred KiB. */
const LARGEST_OUTPUT = 8 * 1024 * 1024;
/** What is kept of the output of a command that is followed, and of anybody's stderr. */
const TAIL = 256 * 1024;

export interface ExecRun {
  /** For messages: the program, never its arguments. */
  readonly what: string;
  readonly stdin: string | undefined;
  readonly onStdout: ((text: string) => void) | undefined;
  /** Aborts when the caller gives up, the time is over or the connection is gone. */
  readonly signal: AbortSignal;
}

/** Talks to a command over its channel until the channel is closed. */
export function run(channel: ClientChannel, { what, stdin, onStdout, signal }: ExecRun): Promise<ExecResult> {
  return new Promise((resolve, reject) => {
    const stdout = new Collector(onStdout === undefined ? LARGEST_OUTPUT : TAIL, onStdout);
    const stderr = new Collector(TAIL);
    let exit: Pick<ExecResult, 'exitCode' | 'signal'> | undefined;
    const settled = new AbortController();
    const fail = (error: Error): void => {
      settled.abort();
      // sshd takes the command's pipes away; it ends at its next line. (A signal cannot follow the end of its input.)
      channel.close();
      reject(error);
    };
    signal.addEventListener('abort', () => fail(abortReason(signal)), { once: true, signal: settled.signal });
    channel.on('data', (data: Buffer) => {
      stdout.add(data);
      if (stdout.hasLost && onStdout === undefined) {
        const message = `${what} printed more than ${LARGEST_OUTPUT / 1024 / 1024} MiB.`;
        fail(new ClusterError(message, { code: 'commandFailed' }));
      }
    });
    // Read even when nobody wants it, or the window fills and the command stops.
    channel.stderr.on('data', (data: Buffer) => stderr.add(data));
    // Exit and close come in either order, and the exit code is null after a signal.
    channel.on('exit', (code: number | null, name?: string) => (exit = { exitCode: code, signal: name ?? null }));
    channel.on('error', () => undefined);
    channel.on('close', () => {
      if (signal.aborted || settled.signal.aborted) {
        return;
      }
      if (exit === undefined) {
        fail(new ClusterError(`${what} ended without saying how.`, { code: 'commandFailed' }));
      } else {
        settled.abort();
        resolve({ ...exit, stdout: stdout.end(), stderr: stderr.end() });
      }
    });
    channel.end(stdin ?? '');
  });
}

/** Text of bytes that come in pieces: a character may begin in one and end in the next. */
class Collector {
  readonly #decoder = new StringDecoder('utf8');
  readonly #most: number;
  readonly #onText: ((text: string) => void) | undefined;
  #text = '';
  hasLost = false;

  constructor(most: number, onText?: (text: string) => void) {
    this.#most = most;
    this.#onText = onText;
  }

  add(data: Buffer): void {
    this.#take(this.#decoder.write(data));
  }

  end(): string {
    this.#take(this.#decoder.end());
    return this.#text;
  }

  #take(text: string): void {
    if (text === '') {
      return;
    }
    this.#text += text;
    if (this.#text.length > this.#most) {
      this.hasLost = true;
      this.#text = this.#text.slice(-this.#most);
    }
    this.#onText?.(text);
  }
}
