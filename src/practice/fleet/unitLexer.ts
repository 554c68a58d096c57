import { goQuote } from '../network/goQuote';
import type { UnitOption } from './unitFile';

/** A unit file that systemd's syntax does not allow, with go-systemd's words. */
export class UnitSyntaxError extends Error {
  override readonly name = 'UnitSyntaxError';
}

/** systemd cuts longer lines; go-systemd refuses them (unit/deserialize.go, `SYSTEMD_LINE_MAX`). */
const LONGEST_LINE = 2_048;

/**
 * Reads a unit file character by character, as go-systemd does: whatever comes before the first section is passed over, a comment may
 * begin wherever a section or an option could, a backslash at the end continues a value and stays in it.
 */
export class UnitLexer {
  readonly #options: UnitOption[] = [];
  #at = 0;

  constructor(private readonly text: string) {
    if (text.split(/[\r\n]/).some((line) => Buffer.byteLength(line) >= LONGEST_LINE)) {
      throw new UnitSyntaxError(`line too long (max ${LONGEST_LINE} bytes)`);
    }
  }

  /** @throws UnitSyntaxError */
  read(): UnitOption[] {
    for (let section: string | undefined; this.#at < this.text.length;) {
      const character = this.text.charAt(this.#at);
      this.#at += 1;
      if (character === '[') {
        section = this.#section();
      } else if (character === '#' || character === ';') {
        this.#comment();
      } else if (section !== undefined && character.trim() !== '') {
        this.#at -= 1;
        this.#options.push({ section, name: this.#name(), value: this.#value() });
      }
    }
    return this.#options;
  }

  #section(): string {
    const end = this.text.indexOf(']', this.#at);
    if (end < 0) {
      throw new UnitSyntaxError('unable to find end of section');
    }
    const name = this.text.slice(this.#at, end);
    this.#at = end + 1;
    const garbage = this.#line().trim();
    if (garbage !== '') {
      throw new UnitSyntaxError(`found garbage after section name : ${goQuote(garbage)}`);
    }
    return name;
  }

  #comment(): void {
    while (this.#line().replace(/ $/, '').endsWith('\\') && this.#at < this.text.length);
  }

  #name(): string {
    const end = this.text.slice(this.#at).search(/[=\r\n]/);
    if (end < 0) {
      throw new UnitSyntaxError('EOF');
    }
    const name = this.text.slice(this.#at, this.#at + end).trim();
    this.#at += end + 1;
    if (this.text.charAt(this.#at - 1) !== '=') {
      throw new UnitSyntaxError('unexpected newline encountered while parsing option name');
    }
    return name;
  }

  #value(): string {
    let value = '';
    for (let isOpen = true; isOpen;) {
      const line = this.#line();
      const isLast = this.#at >= this.text.length && !this.text.endsWith('\n');
      const isBlank = line.trim() === '';
      isOpen = !isBlank && line.endsWith('\\');
      value += isBlank ? '' : isOpen && !isLast ? `${line}\n` : line;
      isOpen &&= !isLast;
    }
    // Only a value that was to go on still ends with its line; that end is kept.
    return value.endsWith('\n') ? `${value.trim()}\n` : value.trim();
  }

  #line(): string {
    const end = this.text.indexOf('\n', this.#at);
    const line = this.text.slice(this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.text.length : end + 1;
    return line;
  }
}
