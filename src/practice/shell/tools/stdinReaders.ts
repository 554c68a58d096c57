import type { SimpleCommandNode } from 'just-bash';
import { literalOf } from '../nodes';

interface Reader {
  /** Options that take the next word as their value. */
  readonly values?: string;
  /** Words before the files: a pattern, a script. */
  readonly before?: number;
  /** Options that give those words (`-e`, `-f`), so that the first word is a file already. */
  readonly instead?: string;
}

/** Tools of the library that read standard input when no file is named. */
const READERS: Readonly<Record<string, Reader>> = {
  awk: { values: 'vFf', before: 1, instead: 'f' },
  base64: { values: 'w' },
  cat: {},
  column: { values: 'sco' },
  cut: { values: 'dfcb' },
  egrep: { values: 'efmABC', before: 1, instead: 'ef' },
  expand: { values: 't' },
  fgrep: { values: 'efmABC', before: 1, instead: 'ef' },
  fold: { values: 'w' },
  grep: { values: 'efmABC', before: 1, instead: 'ef' },
  gunzip: {},
  gzip: {},
  head: { values: 'nc' },
  jq: { values: 'f', before: 1, instead: 'f' },
  nl: { values: 'bvwsi' },
  od: { values: 'AtNjw' },
  paste: { values: 'd' },
  rev: {},
  sed: { values: 'efl', before: 1, instead: 'ef' },
  sort: { values: 'ktoTS' },
  split: { values: 'lbna' },
  strings: { values: 'nt' },
  tac: { values: 's' },
  unexpand: { values: 't' },
  uniq: { values: 'fsw' },
  wc: {},
  zcat: {},
};

/** Those that always do. */
const ALWAYS = new Set(['tee', 'tr', 'xargs', 'mapfile', 'readarray']);

/**
 * Whether a command will read standard input. The interpreter takes it as a whole before it starts a command, and a client that
 * never closes it would wait for ever: so only those get it that are going to read it.
 */
export function readsStdin(name: string, { args }: SimpleCommandNode): boolean {
  if (ALWAYS.has(name)) {
    return true;
  }
  const words = args.map((word) => literalOf(word));
  if (name === 'tar') {
    return words.includes('-') || !words.some((word) => word !== undefined && /^-?\w*f|^--file/.test(word));
  }
  const reader = READERS[name];
  if (reader === undefined) {
    return false;
  }
  const { files, hasInstead } = split(words, reader);
  const named = files.slice(hasInstead ? 0 : (reader.before ?? 0));
  return named.length === 0 || named.includes('-');
}

/** Operands, without options and their values. A word that is not known before it is expanded counts as one. */
function split(
  words: readonly (string | undefined)[],
  { values = '', instead = '' }: Reader,
): { files: (string | undefined)[]; hasInstead: boolean } {
  const files: (string | undefined)[] = [];
  let hasInstead = false;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined || word === '-' || !word.startsWith('-')) {
      files.push(word);
      continue;
    }
    if (word === '--') {
      files.push(...words.slice(index + 1));
      break;
    }
    const letters = word.startsWith('--') ? '' : word.slice(1);
    const valued = Array.from(letters).findIndex((letter) => values.includes(letter));
    hasInstead ||=
      Array.from(letters).some((letter) => instead.includes(letter)) || /^--(?:regexp|file|expression)/.test(word);
    if (valued !== -1 && valued === letters.length - 1) {
      index += 1;
    }
  }
  return { files, hasInstead };
}
