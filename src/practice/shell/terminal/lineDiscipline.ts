import type { Terminal } from '../../programs/program';
import type { Input } from '../input';
import type { Output } from '../output';
import type { Key } from './keys';

interface Parts {
  readonly terminal: Terminal;
  /** The terminal as it is. */
  readonly raw: Output;
  readonly input: Input;
  interrupt(): void;
  /** Ctrl-Z; without it nothing is stopped (`ssh -t node command`). */
  suspend?(): void;
}

/** What a terminal does with keys while a program runs: echo and lines, or in raw mode nothing but passing them on. */
export class LineDiscipline {
  readonly #parts: Parts;
  #line = '';

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Typed, not yet sent by Enter. */
  get pending(): string {
    return this.#line;
  }

  /** What was typed, and shown, before the program began. Gives back what is for a line editor (arrows, Ctrl-D) and all after it. */
  feed(keys: readonly Key[]): Key[] {
    const end = keys.findIndex(({ kind }) => kind !== 'text' && kind !== 'enter' && kind !== 'interrupt');
    for (const key of end === -1 ? keys : keys.slice(0, end)) {
      if (key.kind === 'interrupt') {
        this.#parts.interrupt();
      } else {
        this.#parts.input.push(Buffer.from(key.kind === 'text' ? key.text : '\n'));
      }
    }
    return end === -1 ? [] : keys.slice(end);
  }

  /** Takes bytes as they are for a program that reads all keys itself; false when there is none. */
  receive(chunk: Buffer): boolean {
    const { terminal, input } = this.#parts;
    const isTaken = terminal.isRaw === true && terminal.passesControls === true;
    if (isTaken) {
      input.push(chunk);
    }
    return isTaken;
  }

  press(key: Key): void {
    const { terminal, raw, input } = this.#parts;
    if (key.kind === 'interrupt' || key.kind === 'quit') {
      raw.stdout(key.kind === 'interrupt' ? '^C' : '^\\');
      this.#parts.interrupt();
    } else if (key.kind === 'suspend') {
      raw.stdout('^Z');
      this.#parts.suspend?.();
    } else if (terminal.isRaw === true) {
      input.push(Buffer.from(key.kind === 'text' ? key.text : key.kind === 'enter' ? '\n' : ''));
    } else {
      this.#edit(key);
    }
  }

  #edit(key: Key): void {
    const { raw, input } = this.#parts;
    if (key.kind === 'endOfFile') {
      input.push(Buffer.from(this.#line));
      this.#line = '';
      input.end();
    } else if (key.kind === 'enter') {
      raw.stdout('\r\n');
      input.push(Buffer.from(`${this.#line}\n`));
      this.#line = '';
    } else if (key.kind === 'backspace' || key.kind === 'killLine') {
      const count = key.kind === 'backspace' ? Math.min(1, this.#line.length) : this.#line.length;
      raw.stdout('\b \b'.repeat(count));
      this.#line = this.#line.slice(0, this.#line.length - count);
    } else if (key.kind === 'text') {
      this.#line += key.text;
      raw.stdout(key.text);
    }
  }
}
