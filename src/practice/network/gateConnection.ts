import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWire, type WireOptions } from './wire';

/** What a gate knows of the droplet behind it. */
export interface Behind {
  probe(): 'open' | 'mute' | 'refused';
  /** The node's side of an accepted connection. */
  deliver(stream: Duplex): void;
  /** Hung: nothing goes either way until it is well again. */
  isStalled(): boolean;
  /** A connection breaks after so many bytes to the client; undefined: never. */
  breaksAfter(): number | undefined;
  /** A connection falls silent after so many bytes to the client, for as long as this says so. */
  hangsAfter(): number | undefined;
  readonly port: number;
  /** Somebody outside sent or received something. */
  touch(): void;
  readonly settle: WireOptions['settle'];
}

/** How long a connection that its client has half closed is kept without an answer, in real time. */
const HALF_CLOSED_MS = 120_000;

/**
 * One connection to a public port. While the node does not answer it is accepted and mute; what was sent waits, as a SYN that is
 * sent again would, and goes through when the node answers. Power that goes freezes it without a word.
 */
export class GateConnection {
  #state: 'waiting' | 'joined' | 'frozen' | 'closed' = 'waiting';
  #early: Buffer[] = [];
  #hasEnded = false;
  #outer: Duplex | undefined;
  #inner: Duplex | undefined;
  #bytesLeft: number | undefined;
  #bytesUntilSilence: number | undefined;
  #withheld: Buffer[] = [];

  constructor(
    private readonly socket: Socket,
    private readonly behind: Behind,
    onClose: (connection: GateConnection) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('end', () => this.#receiveEnd());
    socket.on('error', () => undefined); // a reset by the client ends in 'close' as well
    socket.on('close', () => {
      this.#state = 'closed';
      this.#outer?.destroy();
      onClose(this);
    });
    this.evaluate();
  }

  get port(): number {
    return this.behind.port;
  }

  /** Looks again whether the node answers now. */
  evaluate(): void {
    if (this.#state === 'joined') {
      this.#count();
      this.#stall(this.behind.isStalled());
    }
    if (this.#state !== 'waiting') return;
    const verdict = this.behind.probe();
    if (verdict === 'open') this.#join();
    else if (verdict === 'refused') this.socket.resetAndDestroy();
  }

  freeze(): void {
    // What the node itself has closed before is on its way to be closed here.
    if (this.#state !== 'joined' || this.#inner?.destroyed === true) return;
    this.#state = 'frozen';
    this.#outer?.destroy();
    this.socket.resume();
  }

  destroy(): void {
    this.socket.destroy();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** From a fault's beginning on its bytes are counted; what was withheld goes out when it is over. */
  #count(): void {
    const [breaks, hangs] = [this.behind.breaksAfter(), this.behind.hangsAfter()];
    this.#bytesLeft = breaks === undefined ? undefined : (this.#bytesLeft ?? breaks);
    this.#bytesUntilSilence = hangs === undefined ? undefined : (this.#bytesUntilSilence ?? hangs);
    if (hangs !== undefined || this.#withheld.length === 0) return;
    for (const chunk of this.#withheld.splice(0)) this.socket.write(chunk);
  }

  #receive(chunk: Buffer): void {
    this.behind.touch();
    if (this.#state === 'waiting') this.#early.push(chunk);
    else if (this.#state === 'joined') this.#forward(chunk);
    // A node that has booted knows nothing of the connection and says so.
    else if (this.#state === 'frozen' && this.behind.probe() !== 'mute') this.socket.resetAndDestroy();
  }

  #stall(isStalled: boolean): void {
    for (const stream of [this.socket, this.#outer]) {
      if (isStalled) stream?.pause();
      else stream?.resume();
    }
  }

  #receiveEnd(): void {
    this.#hasEnded = true;
    if (this.#state === 'joined') this.#outer?.end();
    else setTimeout(() => this.socket.destroy(), HALF_CLOSED_MS).unref();
  }

  #forward(chunk: Buffer): void {
    const outer = this.#outer;
    if (outer === undefined || outer.write(chunk)) return;
    this.socket.pause();
    outer.once('drain', () => this.socket.resume());
  }

  #join(): void {
    const remoteAddress = this.socket.remoteAddress ?? '127.0.0.1';
    const [outer, inner] = createWire({ settle: this.behind.settle, remoteAddress });
    [this.#outer, this.#inner] = [outer, inner];
    this.#state = 'joined';
    this.#count();
    outer.on('data', (chunk: Buffer) => this.#send(outer, chunk));
    outer.on('end', () => {
      if (this.#state === 'joined') this.socket.end();
    });
    outer.on('error', () => {
      if (this.#state === 'joined') this.socket.resetAndDestroy();
    });
    outer.on('close', () => {
      if (this.#state === 'joined' && !this.socket.writableEnded) this.socket.destroySoon();
    });
    inner.on('error', () => undefined); // its owner may not look; a reset must not end the process
    this.behind.deliver(inner);
    for (const chunk of this.#early.splice(0)) this.#forward(chunk);
    if (this.#hasEnded) outer.end();
  }

  #send(outer: Duplex, chunk: Buffer): void {
    if (this.#state !== 'joined') return;
    this.behind.touch();
    if (this.#bytesLeft !== undefined && chunk.length >= this.#bytesLeft) {
      this.socket.write(chunk.subarray(0, this.#bytesLeft), () => this.socket.resetAndDestroy());
      return;
    }
    if (this.#bytesLeft !== undefined) this.#bytesLeft -= chunk.length;
    if (this.socket.write(this.#withhold(chunk))) return;
    outer.pause();
    this.socket.once('drain', () => outer.resume());
  }

  /** What may still go out of it. */
  #withhold(chunk: Buffer): Buffer {
    const most = this.#bytesUntilSilence;
    if (most === undefined) return chunk;
    this.#bytesUntilSilence = Math.max(0, most - chunk.length);
    if (chunk.length > most) this.#withheld.push(chunk.subarray(most));
    return chunk.subarray(0, most);
  }
}
