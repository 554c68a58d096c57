import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import { decodeBytesToUtf8, defineCommand } from 'just-bash';
import { parseOptions } from '../../host/programs/options';

interface Change {
  /** Lines [from, to) of either side. */
  readonly left: readonly [number, number];
  readonly right: readonly [number, number];
}

interface Result {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/** Lines around a change in the unified form. */
const CONTEXT = 3;

/** The library's own knows the unified form only. This one is of the shell because of `diff <(…) <(…)`: only it sees those files. */
export const diffCommand = (): CustomCommand => defineCommand('diff', diff);

async function diff(args: string[], context: ResolvedCommandContext): Promise<Result> {
  const { flags, values, words } = parseOptions(args, {
    flags: {
      '-u': 'unified',
      '--unified': 'unified',
      '-q': 'brief',
      '--brief': 'brief',
      '-s': 'same',
      '-w': 'white',
      '-b': 'white',
    },
    values: { '-U': 'lines', '--label': 'label', '-L': 'label' },
  });
  const [first = '', second = ''] = words;
  const [left, right] = await Promise.all([read(context, first), read(context, second)]);
  if (left === undefined || right === undefined || words.length !== 2) {
    const missing = `diff: ${left === undefined ? first : second}: No such file or directory\n`;
    const stderr =
      words.length === 2 ? missing : "diff: missing operand\ndiff: Try 'diff --help' for more information.\n";
    return { stdout: '', stderr, exitCode: 2 };
  }
  const changes = changesOf(left, right, flags.has('white'));
  if (changes.length === 0) {
    return { stdout: flags.has('same') ? `Files ${first} and ${second} are identical\n` : '', stderr: '', exitCode: 0 };
  }
  if (flags.has('brief')) {
    return { stdout: `Files ${first} and ${second} differ\n`, stderr: '', exitCode: 1 };
  }
  if (!flags.has('unified') && !values.has('lines')) {
    return { stdout: changes.map((change) => normal(left, right, change)).join(''), stderr: '', exitCode: 1 };
  }
  const around = Number(values.get('lines')?.[0] ?? CONTEXT);
  const [from = first, to = second] = values.get('label') ?? [];
  return { stdout: `--- ${from}\n+++ ${to}\n${unified(left, right, { changes, around })}`, stderr: '', exitCode: 1 };
}

async function read({ fs, cwd, stdin }: ResolvedCommandContext, name: string): Promise<string[] | undefined> {
  const text =
    name === '-' ? decodeBytesToUtf8(stdin) : await fs.readFile(fs.resolvePath(cwd, name)).catch(() => undefined);
  return text === undefined ? undefined : text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

/** By the longest common subsequence; the files of a node are small. */
function changesOf(left: readonly string[], right: readonly string[], ignoresWhite: boolean): Change[] {
  const plain = (line: string | undefined): string =>
    ignoresWhite ? (line ?? '').replaceAll(/\s+/g, ' ').trim() : (line ?? '');
  const same = (a: number, b: number): boolean => plain(left[a]) === plain(right[b]);
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  for (let a = left.length - 1; a >= 0; a -= 1) {
    for (let b = right.length - 1; b >= 0; b -= 1) {
      lengths[a * width + b] = same(a, b)
        ? (lengths[(a + 1) * width + b + 1] ?? 0) + 1
        : Math.max(lengths[(a + 1) * width + b] ?? 0, lengths[a * width + b + 1] ?? 0);
    }
  }
  const changes: Change[] = [];
  let [a, b] = [0, 0];
  while (a < left.length || b < right.length) {
    const start: readonly [number, number] = [a, b];
    while ((a < left.length || b < right.length) && !(a < left.length && b < right.length && same(a, b))) {
      const takesLeft =
        b >= right.length ||
        (a < left.length && (lengths[(a + 1) * width + b] ?? 0) >= (lengths[a * width + b + 1] ?? 0));
      [a, b] = takesLeft ? [a + 1, b] : [a, b + 1];
    }
    if (a > start[0] || b > start[1]) {
      changes.push({ left: [start[0], a], right: [start[1], b] });
    } else {
      [a, b] = [a + 1, b + 1];
    }
  }
  return changes;
}

const span = ([from, to]: readonly [number, number]): string =>
  to - from === 0 ? String(from) : to - from === 1 ? String(to) : `${from + 1},${to}`;

const marked = (mark: string, lines: readonly string[], [from, to]: readonly [number, number]): string =>
  lines
    .slice(from, to)
    .map((line) => `${mark}${line}\n`)
    .join('');

function normal(left: readonly string[], right: readonly string[], change: Change): string {
  const [isAdd, isDelete] = [change.left[0] === change.left[1], change.right[0] === change.right[1]];
  const kind = isAdd ? 'a' : isDelete ? 'd' : 'c';
  return `${span(change.left)}${kind}${span(change.right)}\n${marked('< ', left, change.left)}${kind === 'c' ? '---\n' : ''}${marked('> ', right, change.right)}`;
}

function unified(
  left: readonly string[],
  right: readonly string[],
  { changes, around }: { changes: readonly Change[]; around: number },
): string {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const last = hunks.at(-1)?.at(-1);
    if (last !== undefined && change.left[0] - last.left[1] <= 2 * around) {
      hunks.at(-1)?.push(change);
    } else {
      hunks.push([change]);
    }
  }
  return hunks.map((hunk) => renderHunk(left, right, { hunk, around })).join('');
}

function renderHunk(
  left: readonly string[],
  right: readonly string[],
  { hunk, around }: { hunk: readonly Change[]; around: number },
): string {
  const [first, last] = [hunk[0], hunk.at(-1)];
  if (first === undefined || last === undefined) {
    return '';
  }
  const from: readonly [number, number] = [
    Math.max(0, first.left[0] - around),
    Math.min(left.length, last.left[1] + around),
  ];
  const to: readonly [number, number] = [
    Math.max(0, first.right[0] - around),
    Math.min(right.length, last.right[1] + around),
  ];
  let at = from[0];
  let body = '';
  for (const change of hunk) {
    body += marked(' ', left, [at, change.left[0]]) + marked('-', left, change.left) + marked('+', right, change.right);
    at = change.left[1];
  }
  body += marked(' ', left, [at, from[1]]);
  const range = ([start, end]: readonly [number, number]): string =>
    end - start === 1 ? String(end) : `${end === start ? start : start + 1},${end - start}`;
  return `@@ -${range(from)} +${range(to)} @@\n${body}`;
}
