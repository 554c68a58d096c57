import type { JournalEntry, Program, ProgramContext } from '../../../kernel';
import { insideOf } from '../../inside';
import { matchesPattern, withSuffix } from '../../systemd/unitName';
import { formatTimestamp } from '../format';
import type { OptionTable, ParsedOptions } from '../options';
import { parseOptions } from '../options';
import type { OutputMode } from './formatEntry';
import { formatEntry, OUTPUT_MODES } from './formatEntry';
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
    const { journal, kernel } = insideOf(context.host);
    const mode = modeOf(options);
    if (options.unknown !== undefined) {
      context.stderr(`journalctl: unrecognized option '${options.unknown}'\n`);
      return 1;
    }
    if (mode === undefined) {
      context.stderr(`Unknown output format '${options.values.get('output')?.at(-1) ?? ''}'.\n`);
      return 1;
    }
    if (options.flags.has('disk-usage')) {
      context.stdout('Archived and active journals take up 8.0M in the file system.\n');
      return 0;
    }
    if (options.flags.has('list-boots')) {
      const { bootedAt, host } = insideOf(context.host);
      const last = journal.read({ lines: 1 })[0]?.at ?? bootedAt;
      context.stdout(` 0 ${host.bootId} ${formatTimestamp(bootedAt)}—${formatTimestamp(last)}\n`);
      return 0;
    }
    const sinceText = options.values.get('since')?.at(-1);
    const sinceMs = sinceText === undefined ? undefined : parseSince(sinceText, kernel.timeline.now());
    if (sinceText !== undefined && sinceMs === undefined) {
      context.stderr(`Failed to parse timestamp: ${sinceText}\n`);
      return 1;
    }
    const accepts = filterOf(options, context);
    const found = journal.read(sinceMs === undefined ? {} : { sinceMs }).filter(accepts);
    const shown = lastLines(found, options);
    if (options.flags.has('reverse')) {
      shown.reverse();
    }
    const hostname = insideOf(context.host).hostname();
    const print = (entry: JournalEntry): void => context.stdout(`${formatEntry(entry, mode, hostname)}\n`);
    shown.forEach(print);
    if (!options.flags.has('follow')) {
      if (shown.length === 0 && !options.flags.has('quiet')) {
        context.stdout('-- No entries --\n');
      }
      return 0;
    }
    return await follow(context, (entry) => accepts(entry) && print(entry));
  },
};

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
  const untilText = options.values.get('until')?.at(-1);
  const until = untilText === undefined ? undefined : parseSince(untilText, context.timeline.now());
  const isBoot = options.flags.has('boot');
  const { bootedAt } = insideOf(context.host);
  const grep = options.values.get('grep')?.at(-1);
  return (entry) =>
    (units.length === 0 || units.some((unit) => entry.unit === unit || matchesPattern(entry.unit, unit))) &&
    (identifiers.length === 0 || identifiers.includes(entry.identifier)) &&
    (!options.flags.has('dmesg') || entry.identifier === 'kernel') &&
    (!isBoot || entry.at >= bootedAt) &&
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
