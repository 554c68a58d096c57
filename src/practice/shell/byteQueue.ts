/** Bytes that come in pieces and are taken in others; nothing is copied before somebody takes it. */
export class ByteQueue {
  readonly #pieces: Buffer[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    if (piece.length > 0) {
      this.#pieces.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
      this.#length += piece.length;
    }
  }

  /** Gives back what was taken. */
  unshift(piece: Buffer): void {
    if (piece.length > 0) {
      this.#pieces.unshift(piece);
      this.#length += piece.length;
    }
  }

  /** As many bytes, or all there are. */
  take(wanted = this.#length): Buffer {
    const taken: Buffer[] = [];
    let missing = Math.min(wanted, this.#length);
    this.#length -= missing;
    while (missing > 0) {
      const piece = this.#pieces.shift() ?? Buffer.alloc(missing);
      if (piece.length > missing) {
        this.#pieces.unshift(piece.subarray(missing));
      }
      taken.push(piece.subarray(0, missing));
      missing -= Math.min(missing, piece.length);
    }
    const [first] = taken;
    return taken.length === 1 && first !== undefined ? first : Buffer.concat(taken);
  }

  /** Where a byte is first found, or -1. */
  indexOf(byte: number): number {
    let before = 0;
    for (const piece of this.#pieces) {
      const at = piece.indexOf(byte);
      if (at !== -1) {
        return before + at;
      }
      before += piece.length;
    }
    return -1;
  }
}

/** A file while it is being written: grows by doubling, so that a long one is not copied for each piece. */
export class GrowingBuffer {
  #bytes: Buffer;
  #length: number;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  get length(): number {
    return this.#length;
  }

  get content(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  write(data: Uint8Array, at: number): void {
    const end = at + data.length;
    if (end > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(end, 2 * this.#bytes.length));
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    this.#bytes.set(data, at);
    this.#length = Math.max(this.#length, end);
  }

  cut(length: number): void {
    this.#bytes.fill(0, length);
    this.#length = Math.min(length, this.#length);
  }
}
