import type { Readable } from 'node:stream';
import { ByteQueue } from './byteQueue';

/** As much as lies here unread before the other side must wait, as in a channel's window. */
const MOST_UNREAD = 1024 * 1024;

/** Standard input of a session. It is read only when a command asks, so that `ssh node command` never waits for a keyboard. */
export class Input {
  readonly #unread = new ByteQueue();
  #source: Readable | undefined;
  #hasEnded = false;
  readonly #waiters = new Set<() => void>();

  static of(text: string | Uint8Array): Input {
    const input = new Input();
    input.push(Buffer.from(text));
    input.end();
    return input;
  }

  static from(stream: Readable): Input {
    const input = new Input();
    input.#source = stream;
    stream.on('data', (chunk: Buffer) => {
      input.push(chunk);
      if (input.#unread.length > MOST_UNREAD) {
        stream.pause();
      }
    });
    stream.once('end', () => input.end());
    stream.once('close', () => input.end());
    return input;
  }

  push(chunk: Uint8Array): void {
    this.#unread.push(chunk);
    this.#wake();
  }

  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Everything until the end; later readers find nothing. */
  async readAll(signal?: AbortSignal): Promise<Buffer> {
    const all = new ByteQueue();
    try {
      for (let piece = await this.readSome(signal); piece !== undefined; piece = await this.readSome(signal)) {
        all.push(piece);
      }
    } catch (error) {
      this.#unread.unshift(all.take());
      throw error;
    }
    return all.take();
  }

  /** One line with its newline; what is left at the end; undefined when there is no more. */
  async readLine(signal?: AbortSignal): Promise<Buffer | undefined> {
    for (;;) {
      const newline = this.#unread.indexOf(10);
      if (newline !== -1) {
        return this.#take(newline + 1);
      }
      if (this.#hasEnded) {
        return this.#unread.length === 0 ? undefined : this.#take();
      }
      await this.#more(signal);
    }
  }

  /** What has come, at least one byte; undefined at the end. For programs that talk while they read. */
  async readSome(signal?: AbortSignal): Promise<Buffer | undefined> {
    while (this.#unread.length === 0) {
      if (this.#hasEnded) {
        return undefined;
      }
      await this.#more(signal);
    }
    return this.#take();
  }

  /** What nobody read. */
  takeRest(): string {
    return this.#take().toString('utf8');
  }

  #take(length?: number): Buffer {
    const taken = this.#unread.take(length);
    if (this.#unread.length <= MOST_UNREAD) {
      this.#source?.resume();
    }
    return taken;
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) {
      waiter();
    }
  }

  #more(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        this.#waiters.delete(finish);
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        this.#waiters.delete(finish);
        reject(new Error('Interrupted system call'));
      };
      if (signal?.aborted === true) {
        abort();
        return;
      }
      this.#waiters.add(finish);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}
