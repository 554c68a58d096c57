import { goQuoteCharacter } from './goQuote';

/** A value as it stands in the text: keys keep their order and may come twice. */
export type JsonNode =
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, JsonNode])[] }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number' | 'bool' | 'null' };

/** What Go's decoder says to a text that is no JSON (encoding/json, scanner.go), or to a value of a wrong kind. */
export class GoJsonError extends Error {
  override readonly name = 'GoJsonError';
}

/** The first value of a text; what follows it is not looked at (encoding/json, `Decoder`). @throws GoJsonError */
export function readGoJson(text: string): JsonNode {
  return new Reader(Buffer.from(text).toString('latin1')).first();
}

const LITERALS: Readonly<Record<string, readonly [string, 'bool' | 'null']>> = {
  t: ['true', 'bool'],
  f: ['false', 'bool'],
  n: ['null', 'null'],
};

/** Goes byte by byte, as Go does: a wrong character outside ASCII is named by its first byte. */
class Reader {
  #at = 0;

  constructor(private readonly bytes: string) {}

  first(): JsonNode {
    this.#space();
    if (this.#at >= this.bytes.length) {
      throw new GoJsonError('EOF');
    }
    return this.#value();
  }

  #value(): JsonNode {
    this.#space();
    const character = this.#peek();
    if (character === '{') {
      return this.#object();
    }
    if (character === '[') {
      return this.#array();
    }
    if (character === '"') {
      return { kind: 'string', text: this.#string() };
    }
    if (/[-0-9]/.test(character)) {
      return this.#number();
    }
    const [word, kind] = LITERALS[character] ?? this.#fail('looking for beginning of value');
    for (const [at, expected] of word.split('').entries()) {
      this.#expect(expected, `in literal ${word} (expecting '${expected}')`, at > 0);
    }
    return { kind };
  }

  #object(): JsonNode {
    const entries: (readonly [string, JsonNode])[] = [];
    this.#at += 1;
    this.#space();
    if (this.#peek() === '}') {
      this.#at += 1;
      return { kind: 'object', entries };
    }
    for (;;) {
      this.#space();
      if (this.#peek() !== '"') {
        this.#fail('looking for beginning of object key string');
      }
      const key = this.#string();
      this.#space();
      this.#expect(':', 'after object key');
      entries.push([key, this.#value()]);
      if (this.#isLast('}', 'after object key:value pair')) {
        return { kind: 'object', entries };
      }
    }
  }

  #array(): JsonNode {
    const items: JsonNode[] = [];
    this.#at += 1;
    this.#space();
    if (this.#peek() === ']') {
      this.#at += 1;
      return { kind: 'array', items };
    }
    for (;;) {
      items.push(this.#value());
      if (this.#isLast(']', 'after array element')) {
        return { kind: 'array', items };
      }
    }
  }

  #isLast(end: string, where: string): boolean {
    this.#space();
    const character = this.#peek();
    if (character !== end && character !== ',') {
      this.#fail(where);
    }
    this.#at += 1;
    return character === end;
  }

  #string(): string {
    const from = this.#at;
    for (this.#at += 1; this.#peek() !== '"'; this.#at += 1) {
      if (this.#peek() < ' ') {
        this.#fail('in string literal');
      }
      if (this.#peek() === '\\') {
        this.#escape();
      }
    }
    this.#at += 1;
    const text: unknown = JSON.parse(Buffer.from(this.bytes.slice(from, this.#at), 'latin1').toString());
    return String(text);
  }

  #escape(): void {
    this.#at += 1;
    if (this.#peek() !== 'u') {
      return /["\\/bfnrt]/.test(this.#peek()) ? undefined : this.#fail('in string escape code');
    }
    for (let digit = 0; digit < 4; digit += 1) {
      this.#at += 1;
      if (!/[0-9A-Fa-f]/.test(this.#peek())) {
        this.#fail('in \\u hexadecimal character escape');
      }
    }
  }

  #number(): JsonNode {
    if (this.#peek() === '-') {
      this.#at += 1;
    }
    if (this.#peek() === '0') {
      this.#at += 1;
    } else {
      this.#digits('in numeric literal');
    }
    if (this.bytes[this.#at] === '.') {
      this.#at += 1;
      this.#digits('after decimal point in numeric literal');
    }
    if (/^[eE]$/.test(this.bytes[this.#at] ?? '')) {
      this.#at += 1;
      if (/[-+]/.test(this.#peek())) {
        this.#at += 1;
      }
      this.#digits('in exponent of numeric literal');
    }
    return { kind: 'number' };
  }

  #digits(where: string): void {
    if (!/[0-9]/.test(this.#peek())) {
      this.#fail(where);
    }
    while (/^[0-9]$/.test(this.bytes[this.#at] ?? '')) {
      this.#at += 1;
    }
  }

  #expect(character: string, where: string, isChecked = true): void {
    if (isChecked && this.#peek() !== character) {
      this.#fail(where);
    }
    this.#at += 1;
  }

  #space(): void {
    while (/^[ \t\r\n]$/.test(this.bytes[this.#at] ?? '')) {
      this.#at += 1;
    }
  }

  /** @throws GoJsonError at the end of the text. */
  #peek(): string {
    const character = this.bytes[this.#at];
    if (character === undefined) {
      throw new GoJsonError('unexpected EOF');
    }
    return character;
  }

  #fail(where: string): never {
    throw new GoJsonError(`invalid character ${goQuoteCharacter(this.#peek())} ${where}`);
  }
}
