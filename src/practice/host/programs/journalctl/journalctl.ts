import type { JournalEntry } from '../../../kernel';
import type { Program, ProgramContext } from '../../../programs/program';
import { insideOf } from '../../inside';
import { matchesPattern, withSuffix } from '../../systemd/unitName';
import { formatTimestamp } from '../format';
import type { OptionTable, ParsedOptions } from '../options';
import { parseOptions } from '../options';
import type { OutputMode } from './formatEntry';
import { formatEntry, OUTPUT_MODES } from './formatEntry';
import { priorityFilter } from './priority';
import { parseSince } from './since';

const TABLE: OptionTable = {
  flags: {
    '-f': 'follow',
    '--follow': 'follow',
    '--no-pager': 'no-pager',
    '-k': 'dmesg',
    '--dmesg': 'dmesg',
    '-r': 'reverse',
    '--reverse': 'reverse',
    '-q': 'quiet',
    '--quiet': 'quiet',
    '-x': 'catalog',
    '-e': 'pager-end',
    '-a': 'all',
    '--all': 'all',
    '-l': 'full',
    '--full': 'full',
    '--no-full': 'no-full',
    '--no-hostname': 'no-hostname',
    '--no-tail': 'no-tail',
    '-b': 'boot',
    '--boot': 'boot',
    '-m': 'merge',
    '--utc': 'utc',
    '--list-boots': 'list-boots',
    '--disk-usage': 'disk-usage',
  },
  values: {
    '-u': 'unit',
    '--unit': 'unit',
    '-t': 'identifier',
    '--identifier': 'identifier',
    '-n': 'lines',
    '--lines': 'lines',
    '-o': 'output',
    '--output': 'output',
    '--since': 'since',
    '-S': 'since',
    '--until': 'until',
    '-U': 'until',
    '-p': 'priority',
    '--priority': 'priority',
    '-g': 'grep',
    '--grep': 'grep',
  },
};
/** `-n` without a number, and what `-f` begins with. */
const DEFAULT_LINES = 10;

export const journalctl: Program = {
  name: 'journalctl',
  directory: '/usr/bin',
  async run(context) {
    const options = parseOptions(normalise(context.args), TABLE);
    const complaint = complaintAbout(options, context);
    if (complaint !== undefined) {
      context.stderr(complaint);
      return 1;
    }
    const summary = summaryOf(options, context);
    if (summary !== undefined) {
      context.stdout(summary);
      return 0;
    }
    return await print(options, context);
  },
};

async function print(options: ParsedOptions, context: ProgramContext): Promise<number> {
  const inside = insideOf(context.host);
  const hostname = inside.hostname();
  const mode = modeOf(options) ?? 'short';
  const accepts = filterOf(options, context);
  const shown = lastLines(inside.journal.read().filter(accepts), options);
  if (options.flags.has('reverse')) {
    shown.reverse();
  }
  const printOne = (entry: JournalEntry): void => context.stdout(`${formatEntry(entry, mode, hostname)}\n`);
  shown.forEach(printOne);
  if (options.flags.has('follow')) {
    return await follow(context, (entry) => accepts(entry) && printOne(entry));
  }
  if (shown.length === 0 && !options.flags.has('quiet')) {
    context.stdout('-- No entries --\n');
  }
  return 0;
}

function complaintAbout(options: ParsedOptions, context: ProgramContext): string | undefined {
  if (options.unknown !== undefined) {
    return `journalctl: unrecognized option '${options.unknown}'\n`;
  }
  if (modeOf(options) === undefined) {
    return `Unknown output format '${options.values.get('output')?.at(-1) ?? ''}'.\n`;
  }
  const priority = options.values.get('priority')?.at(-1);
  if (priority !== undefined && priorityFilter(priority) === undefined) {
    return `Unknown log level ${priority}\n`;
  }
  const times = [options.values.get('since')?.at(-1), options.values.get('until')?.at(-1)];
  const unreadable = times.find((text) => text !== undefined && timeOf(text, context) === undefined);
  return unreadable === undefined ? undefined : `Failed to parse timestamp: ${unreadable}\n`;
}

/** What is said about the journal instead of what is in it. */
function summaryOf(options: ParsedOptions, context: ProgramContext): string | undefined {
  if (options.flags.has('disk-usage')) {
    return 'Archived and active journals take up 8.0M in the file system.\n';
  }
  if (options.flags.has('list-boots')) {
    const { bootedAt, host, journal } = insideOf(context.host);
    const last = journal.read({ lines: 1 })[0]?.at ?? bootedAt;
    return ` 0 ${host.bootId} ${formatTimestamp(bootedAt)}—${formatTimestamp(last)}\n`;
  }
  return undefined;
}

const timeOf = (text: string | undefined, context: ProgramContext): number | undefined =>
  text === undefined ? undefined : parseSince(text, context.timeline.now() + (context.host.clockOffsetMs ?? 0));

/** Ends with the session, as Ctrl-C ends it: 130. */
function follow(context: ProgramContext, listener: (entry: JournalEntry) => void): Promise<number> {
  const { journal } = insideOf(context.host);
  return new Promise((resolve) => {
    if (context.signal.aborted) {
      resolve(130);
      return;
    }
    const cancel = journal.follow({}, listener);
    context.signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve(130);
      },
      { once: true },
    );
  });
}

function lastLines(entries: readonly JournalEntry[], options: ParsedOptions): JournalEntry[] {
  const text = options.values.get('lines')?.at(-1);
  if (text === 'all' || (text === undefined && (!options.flags.has('follow') || options.flags.has('no-tail')))) {
    return [...entries];
  }
  const count = Number(text ?? DEFAULT_LINES);
  return count === 0 ? [] : entries.slice(-count);
}

function filterOf(options: ParsedOptions, context: ProgramContext): (entry: JournalEntry) => boolean {
  const units = (options.values.get('unit') ?? []).map(withSuffix);
  const identifiers = options.values.get('identifier') ?? [];
  const since = timeOf(options.values.get('since')?.at(-1), context);
  const until = timeOf(options.values.get('until')?.at(-1), context);
  const isBoot = options.flags.has('boot');
  const { bootedAt } = insideOf(context.host);
  const grep = options.values.get('grep')?.at(-1);
  const isLoud = priorityFilter(options.values.get('priority')?.at(-1) ?? 'debug');
  return (entry) =>
    isLoud?.(entry) !== false &&
    (units.length === 0 || units.some((unit) => entry.unit === unit || matchesPattern(entry.unit, unit))) &&
    (identifiers.length === 0 || identifiers.includes(entry.identifier)) &&
    (!options.flags.has('dmesg') || entry.identifier === 'kernel') &&
    (!isBoot || entry.at >= bootedAt) &&
    (since === undefined || entry.at >= since) &&
    (until === undefined || entry.at <= until) &&
    (grep === undefined || entry.text.includes(grep));
}

function modeOf(options: ParsedOptions): OutputMode | undefined {
  const wanted = options.values.get('output')?.at(-1) ?? 'short';
  return OUTPUT_MODES.find((mode) => mode === wanted);
}

/** `-n` may stand alone, `-b` may be followed by a number; neither is said in the table. */
function normalise(args: readonly string[]): string[] {
  return args.flatMap((arg, index) => {
    const next = args[index + 1];
    if ((arg === '-n' || arg === '--lines') && (next === undefined || !/^(?:\d+|all)$/.test(next))) {
      return [`--lines=${DEFAULT_LINES}`];
    }
    if (args[index - 1] === '-b' && /^-?\d+$/.test(arg)) {
      return [];
    }
    return /^(?:-xe|-xeu|-eu|-xu)$/.test(arg) ? (arg.includes('u') ? ['-u'] : []) : [arg];
  });
}
