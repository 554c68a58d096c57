import type { Buffer } from './buffer';

export interface Target {
  readonly row: number;
  readonly column: number;
  /** An operator takes whole lines. */
  readonly isLinewise?: boolean;
  /** An operator takes the character there too. */
  readonly isInclusive?: boolean;
}

const WORD = /[\w]+|[^\w\s]+/g;
const BIG_WORD = /\S+/g;

/** Where a motion leads; undefined for what is none. */
export function motion(buffer: Buffer, keys: string, count: number | undefined): Target | undefined {
  const { row, column, lines, line } = buffer;
  const times = count ?? 1;
  switch (keys) {
    case 'h':
    case '\x1b[D':
    case '\x7f':
    case '\b':
      return { row, column: Math.max(0, column - times) };
    case 'l':
    case ' ':
    case '\x1b[C':
      return { row, column: Math.min(line.length, column + times) };
    case 'j':
    case '\n':
    case '\r':
    case '+':
    case '\x1b[B':
      return { row: Math.min(lines.length - 1, row + times), column, isLinewise: true };
    case 'k':
    case '-':
    case '\x1b[A':
      return { row: Math.max(0, row - times), column, isLinewise: true };
    case '0':
    case '\x1b[H':
      return { row, column: 0 };
    case '^':
      return { row, column: Math.max(0, line.search(/\S/)) };
    case '$':
    case '\x1b[F':
      return { row, column: Math.max(0, line.length - 1), isInclusive: true };
    case 'G':
      return { row: count === undefined ? lines.length - 1 : count - 1, column: 0, isLinewise: true };
    case 'gg':
      return { row: (count ?? 1) - 1, column: 0, isLinewise: true };
    default:
      return wordMotion(buffer, keys, times);
  }
}

function wordMotion(buffer: Buffer, key: string, times: number): Target | undefined {
  const kind = key === key.toLowerCase() ? WORD : BIG_WORD;
  const step = { w: nextWord, b: previousWord, e: endOfWord }[key.toLowerCase()];
  let at: Target = buffer;
  for (let turn = 0; turn < times && step !== undefined; turn += 1) {
    at = step(buffer.lines, at, kind);
  }
  return step === undefined ? undefined : { row: at.row, column: at.column, isInclusive: key.toLowerCase() === 'e' };
}

const placesOf = (line: string, kind: RegExp): { from: number; to: number }[] =>
  [...line.matchAll(kind)].map((found) => ({ from: found.index, to: found.index + found[0].length - 1 }));

function nextWord(lines: readonly string[], { row, column }: Target, kind: RegExp): Target {
  for (let at = row; at < lines.length; at += 1) {
    const found = placesOf(lines[at] ?? '', kind).find(({ from }) => at > row || from > column);
    if (found !== undefined) {
      return { row: at, column: found.from };
    }
  }
  return { row: lines.length - 1, column: (lines.at(-1) ?? '').length };
}

function previousWord(lines: readonly string[], { row, column }: Target, kind: RegExp): Target {
  for (let at = row; at >= 0; at -= 1) {
    const found = placesOf(lines[at] ?? '', kind).findLast(({ from }) => at < row || from < column);
    if (found !== undefined) {
      return { row: at, column: found.from };
    }
  }
  return { row: 0, column: 0 };
}

function endOfWord(lines: readonly string[], { row, column }: Target, kind: RegExp): Target {
  for (let at = row; at < lines.length; at += 1) {
    const found = placesOf(lines[at] ?? '', kind).find(({ to }) => at > row || to > column);
    if (found !== undefined) {
      return { row: at, column: found.to };
    }
  }
  return { row: lines.length - 1, column: Math.max(0, (lines.at(-1) ?? '').length - 1) };
}
