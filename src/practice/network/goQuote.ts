const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\u0007': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\' },
};

/** A text as Go's `%q` shows it (strconv, `Quote`): JSON's escapes are others. */
export const goQuote = (text: string): string => `"${Array.from(text, (one) => escaped(one, '"')).join('')}"`;

/** One character as Go's `%q` shows a rune: `'a'`, `'\x01'`. */
export const goQuoteCharacter = (character: string): string => `'${escaped(character, "'")}'`;

function escaped(character: string, quote: string): string {
  if (character === quote) {
    return `\\${quote}`;
  }
  const short = ESCAPES[character];
  if (short !== undefined || !/[\p{C}\p{Zl}\p{Zp}\p{Zs}]/u.test(character) || character === ' ') {
    return short ?? character;
  }
  const code = character.codePointAt(0) ?? 0;
  const hex = (digits: number): string => code.toString(16).padStart(digits, '0');
  return code < 0x80 ? `\\x${hex(2)}` : code <= 0xffff ? `\\u${hex(4)}` : `\\U${hex(8)}`;
}
