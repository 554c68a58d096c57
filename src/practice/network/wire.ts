import { Duplex } from 'node:stream';

/** Turns of the event loop in which what was sent is surely seen by the other side. */
const IN_FLIGHT_TURNS = 4;

export interface WireOptions {
  /** Called for each piece of data: virtual time must not jump over it. */
  readonly settle: (turns: number) => void;
  readonly remoteAddress: string;
}

/** One end of a connection inside the process; what Node's HTTP and ssh2 ask of a socket is there. */
export class WireEnd extends Duplex {
  peer: WireEnd | undefined;
  readonly remotePort = 40_000;
  #onRead: (() => void) | undefined;

  constructor(private readonly options: WireOptions) {
    super({ allowHalfOpen: true });
  }

  get remoteAddress(): string {
    return this.options.remoteAddress;
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    const resume = this.#onRead;
    this.#onRead = undefined;
    resume?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.options.settle(IN_FLIGHT_TURNS);
    const peer = this.peer;
    if (peer === undefined || peer.destroyed) done();
    else if (peer.push(chunk)) done();
    else peer.#onRead = done;
  }

  override _final(done: () => void): void {
    this.options.settle(IN_FLIGHT_TURNS);
    if (this.peer?.destroyed === false) this.peer.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const peer = this.peer;
    this.peer = undefined;
    this.#onRead?.();
    if (peer !== undefined && !peer.destroyed) {
      peer.peer = undefined;
      // A clean end when the other side said nothing of an error, as a FIN would be; else a reset.
      if (error === null) peer.push(null);
      else peer.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    }
    done(error);
  }
}

/** Two ends; what is written into one comes out of the other. */
export function createWire(options: WireOptions): [WireEnd, WireEnd] {
  const [a, b] = [new WireEnd(options), new WireEnd(options)];
  a.peer = b;
  b.peer = a;
  return [a, b];
}
