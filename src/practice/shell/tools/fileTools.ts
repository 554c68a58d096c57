import type { CustomCommand, FsStat, ResolvedCommandContext } from 'just-bash';
import { defineCommand } from 'just-bash';
import { parseOptions } from '../../host/programs/options';
import { parseDate } from '../../programs/time/dateFormat';
import type { CommandResult } from '../executionTypes';
import { formatStat, STAT_LONG } from './statFormat';
import { reasonOf, wordsFailing } from './toolMessages';

export interface FileFacts {
  /** The node's clock. */
  now(): number;
  ownerOf(path: string): string;
}

/** Tools that tell or set the times of files: the library's take this machine's clock for the node's. */
export const fileCommands = (facts: FileFacts): CustomCommand[] => [
  defineCommand('touch', (args, context) => touch(args, context, facts)),
  defineCommand('stat', (args, context) => stat(args, context, facts)),
  defineCommand('find', (args, context) => find(args, context, facts)),
];

const TOUCH = {
  flags: { '-a': 'access', '-m': 'modify', '-c': 'keep', '--no-create': 'keep', '-h': 'link', '-f': 'ignored' },
  values: { '-d': 'date', '--date': 'date', '-r': 'reference', '--reference': 'reference', '-t': 'stamp' },
};

async function touch(
  args: readonly string[],
  context: ResolvedCommandContext,
  facts: FileFacts,
): Promise<CommandResult> {
  const { flags, values, words, unknown } = parseOptions(args, TOUCH);
  if (unknown !== undefined) {
    return wordsFailing('touch', unknown);
  }
  const { fs, cwd } = context;
  const [date, stamp, reference] = ['date', 'stamp', 'reference'].map((name) => values.get(name)?.at(-1));
  const at =
    reference === undefined
      ? parseDate(date ?? (stamp === undefined ? 'now' : isoOf(stamp)), facts.now())
      : (await fs.stat(fs.resolvePath(cwd, reference))).mtime.getTime();
  if (at === undefined) {
    return { stdout: '', stderr: `touch: invalid date format ‘${date ?? stamp ?? ''}’\n`, exitCode: 1 };
  }
  let stderr = words.length === 0 ? "touch: missing file operand\nTry 'touch --help' for more information.\n" : '';
  for (const word of words) {
    const path = fs.resolvePath(cwd, word);
    try {
      const isThere = await fs.exists(path);
      if (!isThere && !flags.has('keep')) {
        await fs.writeFile(path, '');
      }
      if (isThere || !flags.has('keep')) {
        await fs.utimes(path, new Date(at), new Date(at));
      }
    } catch (error) {
      stderr += `touch: cannot touch '${word}': ${reasonOf(error)}\n`;
    }
  }
  return { stdout: '', stderr, exitCode: stderr === '' ? 0 : 1 };
}

/** `[[CC]YY]MMDDhhmm[.ss]` */
function isoOf(stamp: string): string {
  const [minutes = '', seconds = '00'] = stamp.split('.');
  const pairs = minutes.slice(-8).match(/\d\d/g) ?? [];
  const [month = '', day = '', hour = '', minute = ''] = pairs;
  const year = minutes.slice(0, -8).padStart(4, '20');
  return `${year}-${month}-${day}T${hour}:${minute}:${seconds}Z`;
}

const STAT = {
  flags: { '-L': 'follow', '--dereference': 'follow', '-t': 'terse', '--terse': 'terse', '-f': 'system' },
  values: { '-c': 'format', '--format': 'format', '--printf': 'printf' },
};

async function stat(
  args: readonly string[],
  context: ResolvedCommandContext,
  facts: FileFacts,
): Promise<CommandResult> {
  const { flags, values, words, unknown } = parseOptions(args, STAT);
  if (unknown !== undefined) {
    return wordsFailing('stat', unknown);
  }
  const { fs, cwd } = context;
  const [format, printf] = [values.get('format')?.at(-1), values.get('printf')?.at(-1)];
  const pattern =
    printf?.replaceAll('\\n', '\n').replaceAll('\\t', '\t') ?? (format === undefined ? STAT_LONG : `${format}\n`);
  let [stdout, stderr] = ['', words.length === 0 ? 'stat: missing operand\n' : ''];
  for (const word of words) {
    const path = fs.resolvePath(cwd, word);
    try {
      const found: FsStat = flags.has('follow') ? await fs.stat(path) : await fs.lstat(path);
      const target = found.isSymbolicLink ? await fs.readlink(path) : undefined;
      stdout += formatStat(pattern, { name: word, target, stat: found, owner: facts.ownerOf(path) });
    } catch (error) {
      stderr += `stat: cannot stat '${word}': ${reasonOf(error)}\n`;
    }
  }
  return { stdout, stderr, exitCode: stderr === '' ? 0 : 1 };
}

/** `-mmin` and `-mtime` by the node's clock; the library has the one not and asks this machine's for the other. */
async function find(
  args: readonly string[],
  context: ResolvedCommandContext,
  facts: FileFacts,
): Promise<CommandResult> {
  const { fs, cwd, origCommand } = context;
  const limits: ((at: number) => boolean)[] = [];
  const kept: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const [, kind = '', unit = ''] = /^-([mac])(min|time)$/.exec(args[index] ?? '') ?? [];
    const limit =
      kind === '' ? undefined : limitOf(args[index + 1] ?? '', unit === 'min' ? 60_000 : 86_400_000, facts.now());
    if (limit === undefined) {
      kept.push(args[index] ?? '');
    } else {
      limits.push(limit);
      index += 1;
    }
  }
  const result = (await origCommand?.(kept)) ?? { stdout: '', stderr: '', exitCode: 127 };
  if (limits.length === 0 || kept.some((word) => /^-(?:exec|delete|printf|ok)/.test(word))) {
    return result;
  }
  const end = kept.includes('-print0') ? '\0' : '\n';
  const rows: string[] = [];
  for (const row of result.stdout.split(end).filter((path) => path !== '')) {
    const at = (await fs.lstat(fs.resolvePath(cwd, row))).mtime.getTime();
    if (limits.every((isWithin) => isWithin(at))) {
      rows.push(row + end);
    }
  }
  return { stdout: rows.join(''), stderr: result.stderr, exitCode: result.exitCode };
}

/** `-5` less than, `+5` more than, `5` just so many whole units ago. */
function limitOf(text: string, unit: number, now: number): ((at: number) => boolean) | undefined {
  const [, sign = '', digits] = /^([+-]?)(\d+)$/.exec(text) ?? [];
  if (digits === undefined) {
    return undefined;
  }
  const wanted = Number(digits);
  return (at) => {
    const age = Math.floor((now - at) / unit);
    return sign === '-' ? age < wanted : sign === '+' ? age > wanted : age === wanted;
  };
}
