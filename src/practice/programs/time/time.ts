import type { ProgramContext } from '../program';
import { follow } from '../../shell/abort';
import { formatDate, parseDate } from './dateFormat';
import { program, refuse } from '../program';
import { fullScreen } from '../fullScreen';
import { start } from '../start';
import { wallClock } from './wallClock';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** `1.5`, `10s`, `2m`, `1h`, `1d`. */
function durationOf(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  return match === null
    ? text === 'infinity'
      ? Infinity
      : undefined
    : Number(match[1]) * (SECONDS[match[2] ?? ''] ?? 1) * 1000;
}

const LONGEST_MS = 10 * 365 * 86_400_000;

async function sleep(context: ProgramContext): Promise<number> {
  if (context.args.length === 0) {
    return refuse(context, "sleep: missing operand\nTry 'sleep --help' for more information.");
  }
  let total = 0;
  for (const arg of context.args) {
    const ms = durationOf(arg);
    if (ms === undefined) {
      return refuse(context, `sleep: invalid time interval ‘${arg}’\nTry 'sleep --help' for more information.`);
    }
    total += ms;
  }
  try {
    await context.timeline.sleep(Math.min(total, LONGEST_MS), context.signal);
    return 0;
  } catch {
    return 130; // Interrupted.
  }
}

async function timeout(context: ProgramContext): Promise<number> {
  const args = [...context.args];
  let [isPreserving, code] = [false, 124];
  while (args[0]?.startsWith('-') === true) {
    const [option = ''] = args.splice(0, 1);
    isPreserving ||= option === '--preserve-status';
    code = option.includes('KILL') || option === '-9' ? 137 : code;
    if (/^-[ks]$/.test(option)) {
      code = /^(?:9|KILL|SIGKILL)$/.test(args.shift() ?? '') ? 137 : code;
    }
  }
  const ms = durationOf(args.shift() ?? '');
  if (ms === undefined || args.length === 0) {
    context.stderr("timeout: missing operand\nTry 'timeout --help' for more information.\n");
    return 125;
  }
  const limit = follow([context.signal]);
  const late = new AbortController();
  const end = (): void => {
    late.abort();
    limit.abort();
  };
  const cancel = ms === 0 ? (): void => undefined : context.timeline.after(Math.min(ms, LONGEST_MS), end);
  try {
    const result = await start(context, args, { signal: limit.signal });
    return late.signal.aborted ? (isPreserving ? 143 : code) : result;
  } finally {
    cancel();
    limit.release();
  }
}

async function watch(context: ProgramContext): Promise<number> {
  const args = [...context.args];
  let [seconds, hasTitle] = [2, true];
  while (args[0]?.startsWith('-') === true) {
    const option = args.shift() ?? '';
    if (/^(?:-n|--interval)$/.test(option)) {
      seconds = Number(args.shift());
    } else if (/^-n[\d.]+$/.test(option)) {
      seconds = Number(option.slice(2));
    } else if (option.startsWith('--interval=')) {
      seconds = Number(option.replace('--interval=', ''));
    }
    hasTitle &&= !/^(?:-\w*t|--no-title)/.test(option);
  }
  if (args.length === 0 || Number.isNaN(seconds)) {
    context.stderr('\nUsage:\n watch [options] command\n');
    return 1;
  }
  if (!context.isTerminal) {
    context.stderr('Error opening terminal: unknown.\n');
    return 1;
  }
  const command = args.join(' ');
  await fullScreen(context, {
    count: Infinity,
    delay: Math.max(0.1, seconds) * 1000,
    endsOn: '',
    paint: async (_rows, columns) => {
      const { user, environment, signal } = context;
      const { stdout, stderr } = await context.run(command, { user, environment, signal });
      const now = new Date(wallClock(context))
        .toUTCString()
        .replace(/^(\w+), (\d+) (\w+) (\d+) ([\d:]+).*/, '$1 $3 $2 $5 $4');
      const left = `Every ${seconds.toFixed(1)}s: ${command}`;
      const title = hasTitle
        ? `${left.slice(0, Math.max(10, columns - now.length - 1)).padEnd(columns - now.length)}${now}\n\n`
        : '';
      return `${title}${stdout}${stderr}`;
    },
  });
  return 0;
}

async function date(context: ProgramContext): Promise<number> {
  let at = wallClock(context);
  let format = '%a %b %e %H:%M:%S %Z %Y';
  for (let index = 0; index < context.args.length; index += 1) {
    const arg = context.args[index] ?? '';
    const value =
      /^(?:--date=|-d)(.+)$/s.exec(arg)?.[1] ??
      (arg === '-d' || arg === '--date' ? (context.args[(index += 1)] ?? '') : undefined);
    if (value !== undefined) {
      const parsed = parseDate(value, at);
      if (parsed === undefined) {
        return refuse(context, `date: invalid date ‘${value}’`);
      }
      at = parsed;
    } else if (arg === '-r' || arg === '--reference') {
      const word = context.args[(index += 1)] ?? '';
      const path = context.host.files.resolvePath(context.workingDirectory, word);
      if (!(await context.host.files.exists(path))) {
        return refuse(context, `date: ${word}: No such file or directory`);
      }
      at = (await context.host.files.stat(path)).mtime.getTime();
    } else if (arg.startsWith('+')) {
      format = arg.slice(1);
    } else if (/^(?:-I|--iso-8601)/.test(arg)) {
      format = /s(?:econds)?$/.test(arg) && arg !== '--iso-8601' ? '%Y-%m-%dT%H:%M:%S%:z' : '%Y-%m-%d';
    } else if (arg === '-R' || arg === '--rfc-2822') {
      format = '%a, %d %b %Y %H:%M:%S %z';
    } else if (arg.startsWith('--rfc-3339')) {
      format = arg.endsWith('date') ? '%Y-%m-%d' : '%Y-%m-%d %H:%M:%S%:z';
    } else if (arg === '-s' || arg.startsWith('--set')) {
      return refuse(context, 'date: cannot set date: Operation not permitted');
    } else if (!/^(?:-u|--utc|--universal)$/.test(arg)) {
      return refuse(context, `date: invalid date ‘${arg}’`);
    }
  }
  context.stdout(`${formatDate(at, format)}\n`);
  return 0;
}

function timedatectl(context: ProgramContext): number {
  const now = formatDate(wallClock(context), '%a %Y-%m-%d %H:%M:%S');
  const rows = [
    ['Local time', `${now} UTC`],
    ['Universal time', `${now} UTC`],
    ['RTC time', now],
    ['Time zone', 'UTC (UTC, +0000)'],
    ['Network time on', 'yes'],
    ['NTP synchronized', 'yes'],
    ['RTC in local TZ', 'no'],
  ];
  context.stdout(rows.map(([label = '', value = '']) => `${label.padStart(16)}: ${value}\n`).join(''));
  return 0;
}

export const timePrograms = [
  program('sleep', sleep),
  program('timeout', timeout),
  program('watch', watch),
  program('date', date),
  program('timedatectl', timedatectl),
];
