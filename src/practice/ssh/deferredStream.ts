import { Duplex } from 'node:stream';

/**
 * A stream on another one that never writes in the middle of its caller's work. An SSH connection inside a channel of another needs
 * it: ssh2's ciphers share one piece of memory, and the outer one would overwrite what the inner is about to read.
 */
export class DeferredStream extends Duplex {
  readonly #inner: Duplex;

  /** `remoteAddress`: what the far end is told of where it comes from. */
  constructor(
    inner: Duplex,
    readonly remoteAddress?: string,
  ) {
    super({ allowHalfOpen: true });
    this.#inner = inner;
    inner.on('data', (chunk: Buffer) => {
      setImmediate(() => {
        if (!this.destroyed && !this.push(chunk)) {
          inner.pause();
        }
      });
    });
    inner.once('end', () => setImmediate(() => this.push(null)));
    inner.once('close', () => this.destroy());
    inner.on('error', () => this.destroy());
  }

  override _read(): void {
    this.#inner.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    setImmediate(() => {
      if (this.#inner.writable) {
        this.#inner.write(chunk);
      }
      done();
    });
  }

  override _final(done: () => void): void {
    this.#inner.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inner.destroy();
    done(error);
  }
}
