import type { ResolvedCommandContext } from 'just-bash';
import { latin1FromBytes } from 'just-bash';
import { parseOptions } from '../../host/programs/options';
import type { CommandResult } from '../executionTypes';
import { reasonOf } from './toolMessages';

const OPTIONS = {
  flags: { '-s': 'only', '--only-delimited': 'only', '--complement': 'complement', '-n': 'ignored', '-z': 'ignored' },
  values: {
    ...{
      '-d': 'by',
      '--delimiter': 'by',
      '-f': 'fields',
      '--fields': 'fields',
      '-c': 'characters',
      '-b': 'characters',
    },
    ...{ '--characters': 'characters', '--bytes': 'characters', '--output-delimiter': 'between' },
  },
};

interface Cutting {
  readonly isWanted: (position: number) => boolean;
  readonly by: string | undefined;
  readonly between: string;
  readonly needsDelimiter: boolean;
}

/** cut(1): the library's has neither ranges from the end of a line nor lines without the delimiter. */
export async function cut(args: string[], context: ResolvedCommandContext): Promise<CommandResult> {
  const { flags, values, words, unknown } = parseOptions(args, OPTIONS);
  const list = values.get('fields')?.at(-1) ?? values.get('characters')?.at(-1);
  const problem =
    unknown !== undefined
      ? unknown.startsWith('--')
        ? `unrecognized option '${unknown}'`
        : `invalid option -- '${unknown.slice(1)}'`
      : list === undefined
        ? 'you must specify a list of bytes, characters, or fields'
        : undefined;
  if (problem !== undefined || list === undefined) {
    return { stdout: '', stderr: `cut: ${problem ?? ''}\nTry 'cut --help' for more information.\n`, exitCode: 1 };
  }
  const by = values.has('fields') ? (values.get('by')?.at(-1) ?? '\t') : undefined;
  if (by !== undefined && Array.from(by).length > 1) {
    const stderr = "cut: the delimiter must be a single character\nTry 'cut --help' for more information.\n";
    return { stdout: '', stderr, exitCode: 1 };
  }
  const isIn = rangesOf(list);
  const cutting: Cutting = {
    isWanted: (position) => isIn(position) !== flags.has('complement'),
    by,
    between: values.get('between')?.at(-1) ?? by ?? '',
    needsDelimiter: flags.has('only'),
  };
  return await cutAll(words.length === 0 ? ['-'] : words, cutting, context);
}

async function cutAll(
  words: readonly string[],
  cutting: Cutting,
  { fs, cwd, stdin }: ResolvedCommandContext,
): Promise<CommandResult> {
  let [stdout, stderr] = ['', ''];
  for (const word of words) {
    try {
      const text =
        word === '-'
          ? Buffer.from(latin1FromBytes(stdin), 'latin1').toString('utf8')
          : await fs.readFile(fs.resolvePath(cwd, word));
      const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
      stdout += lines
        .flatMap((line) => cutLine(line, cutting))
        .map((line) => `${line}\n`)
        .join('');
    } catch (error) {
      stderr += `cut: ${word}: ${reasonOf(error)}\n`;
    }
  }
  return { stdout, stderr, exitCode: stderr === '' ? 0 : 1 };
}

function cutLine(line: string, { isWanted, by, between, needsDelimiter }: Cutting): string[] {
  if (by !== undefined && !line.includes(by)) {
    return needsDelimiter ? [] : [line];
  }
  const parts = by === undefined ? Array.from(line) : line.split(by);
  return [parts.filter((_part, index) => isWanted(index + 1)).join(between)];
}

/** `1,3-5,7-` */
function rangesOf(list: string): (position: number) => boolean {
  const ranges = list.split(/[,\s]/).map((text) => {
    const [from = '', to] = text.split('-');
    const first = from === '' ? 1 : Number(from);
    return { first, last: to === undefined ? first : to === '' ? Infinity : Number(to) };
  });
  return (position) => ranges.some(({ first, last }) => position >= first && position <= last);
}
