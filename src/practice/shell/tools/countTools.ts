import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import { defineCommand, latin1FromBytes } from 'just-bash';
import { parseOptions } from '../../host/programs/options';
import type { CommandResult } from '../executionTypes';
import { reasonOf, wordsFailing } from './toolMessages';

/** `wc` and `uniq -c`, whose columns are as wide as GNU's. */
export const countCommands = (): CustomCommand[] => [
  defineCommand('wc', countWords),
  defineCommand('uniq', async (args, context) => {
    const result = (await context.origCommand?.([...args])) ?? { stdout: '', stderr: '', exitCode: 127 };
    const isCounted = args.some((arg) => /^-\w*c|^--count$/.test(arg));
    const { stdout, stderr, exitCode } = result;
    const widen = (_row: string, count: string): string => `${count.padStart(7)} `;
    return isCounted ? { stdout: stdout.replaceAll(/^ *(\d+) /gm, widen), stderr, exitCode } : result;
  }),
];

const COLUMNS = ['lines', 'words', 'chars', 'bytes', 'longest'] as const;
type Counts = Record<(typeof COLUMNS)[number], number>;

const WC_OPTIONS = {
  flags: {
    ...{ '-l': 'lines', '--lines': 'lines', '-w': 'words', '--words': 'words', '-c': 'bytes', '--bytes': 'bytes' },
    ...{ '-m': 'chars', '--chars': 'chars', '-L': 'longest', '--max-line-length': 'longest' },
  },
  values: {},
};

async function countWords(args: readonly string[], context: ResolvedCommandContext): Promise<CommandResult> {
  const { flags, words, unknown } = parseOptions(args, WC_OPTIONS);
  if (unknown !== undefined) {
    return wordsFailing('wc', unknown);
  }
  const wanted = COLUMNS.filter((name) => (flags.size === 0 ? /lines|words|bytes/.test(name) : flags.has(name)));
  const rows: { counts: Counts; name: string }[] = [];
  let stderr = '';
  for (const word of words.length === 0 ? ['-'] : words) {
    const text = await bytesOf(word, context).catch((error: unknown) => {
      stderr += `wc: ${word}: ${reasonOf(error)}\n`;
      return undefined;
    });
    if (text !== undefined) {
      rows.push({ counts: countsOf(text), name: words.length === 0 ? '' : word });
    }
  }
  if (words.length > 1) {
    rows.push({ counts: rows.map(({ counts }) => counts).reduce(added, countsOf('')), name: 'total' });
  }
  // GNU's wc cannot know how long the numbers of a pipe get, and makes its columns seven wide, unless there is but one number.
  const isPipe = words.length === 0 || words.includes('-');
  const numbers = wanted.length * rows.length;
  const longest = Math.max(0, ...rows.map(({ counts }) => String(counts.bytes).length));
  const width = numbers <= 1 ? 0 : isPipe ? 7 : longest;
  const stdout = rows.map(({ counts, name }) => {
    const cells = wanted.map((column) => String(counts[column]).padStart(width)).join(' ');
    return `${cells}${name === '' ? '' : ` ${name}`}\n`;
  });
  return { stdout: stdout.join(''), stderr, exitCode: stderr === '' ? 0 : 1 };
}

async function bytesOf(word: string, { fs, cwd, stdin }: ResolvedCommandContext): Promise<string> {
  return word === '-'
    ? latin1FromBytes(stdin)
    : Buffer.from(await fs.readFileBuffer(fs.resolvePath(cwd, word))).toString('latin1');
}

/** `bytes` has one character a byte. */
function countsOf(bytes: string): Counts {
  const text = /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
  const lines = text.split('\n');
  return {
    lines: lines.length - 1,
    words: (text.match(/\S+/g) ?? []).length,
    chars: text.length,
    bytes: bytes.length,
    longest: lines.reduce((most, line) => Math.max(most, line.length), 0),
  };
}

const added = (sum: Counts, one: Counts): Counts => ({
  lines: sum.lines + one.lines,
  words: sum.words + one.words,
  chars: sum.chars + one.chars,
  bytes: sum.bytes + one.bytes,
  longest: Math.max(sum.longest, one.longest),
});
