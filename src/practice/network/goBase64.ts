/** Where Go's decoder stops at a text that is no base64. */
export class GoBase64Error extends Error {
  override readonly name = 'GoBase64Error';

  constructor(at: number) {
    super(`illegal base64 data at input byte ${at}`);
  }
}

/** The alphabet of addresses, with its padding; ends of lines count for nothing (encoding/base64, `URLEncoding`). @throws GoBase64Error */
export function decodeGoBase64(text: string): Buffer {
  const bytes = Buffer.from(text).toString('latin1');
  let digits = '';
  for (let at = 0; at < bytes.length; at += 1) {
    const character = bytes.charAt(at);
    if (/[A-Za-z0-9_-]/.test(character)) {
      digits += character;
    } else if (character === '=') {
      checkPadding(bytes, at, digits.length % 4);
      return Buffer.from(digits, 'base64url');
    } else if (!/[\r\n]/.test(character)) {
      throw new GoBase64Error(at);
    }
  }
  if (digits.length % 4 !== 0) {
    throw new GoBase64Error(bytes.length - (digits.length % 4));
  }
  return Buffer.from(digits, 'base64url');
}

/** One `=` after three digits of four, two after two, and nothing behind them. */
function checkPadding(bytes: string, at: number, digits: number): void {
  const after = (from: number): number => from + (/^[\r\n]*/.exec(bytes.slice(from))?.[0].length ?? 0);
  if (digits < 2) {
    throw new GoBase64Error(at);
  }
  let end = after(at + 1);
  if (digits === 2) {
    if (end === bytes.length) {
      throw new GoBase64Error(end);
    }
    if (bytes.charAt(end) !== '=') {
      throw new GoBase64Error(end - 1);
    }
    end = after(end + 1);
  }
  if (end < bytes.length) {
    throw new GoBase64Error(end);
  }
}
