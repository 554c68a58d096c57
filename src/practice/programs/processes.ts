import type { Host, ProcessInfo, ProgramContext } from '../kernel';
import { parseOptions } from '../host/programs/options';
import { program } from './program';

/** The kernel's own threads, those that catch the eye in `ps`. */
const KERNEL_THREADS = [
  'kthreadd',
  'ksoftirqd/0',
  'kworker/0:0H',
  'rcu_sched',
  'migration/0',
  'kdevtmpfs',
  'kswapd0',
  'jbd2/vda9-8',
];

/** Everything that runs: init, kernel threads, units, and the session that asks. */
export function processesOf(context: Pick<ProgramContext, 'host' | 'timeline' | 'user'>): ProcessInfo[] {
  const { host } = context;
  const entry = (facts: Partial<ProcessInfo> & { pid: number; name: string; command: string }): ProcessInfo => ({
    parentPid: 1,
    user: 'root',
    memoryMb: 1,
    startedAt: host.bootedAt,
    unit: '',
    ...facts,
  });
  const threads = KERNEL_THREADS.map((name, index) =>
    entry({ pid: index + 2, parentPid: index === 0 ? 0 : 2, name, command: `[${name}]`, memoryMb: 0 }),
  );
  const now = context.timeline.now();
  const shell = entry({
    pid: 1311,
    parentPid: 1308,
    user: context.user,
    name: 'bash',
    command: '-bash',
    memoryMb: 3,
    startedAt: now,
  });
  const sshd = entry({
    pid: 1308,
    user: 'root',
    name: 'sshd',
    command: 'sshd: core@pts/0',
    memoryMb: 3,
    startedAt: now,
  });
  return [
    entry({
      pid: 1,
      parentPid: 0,
      name: 'systemd',
      command: '/usr/lib/systemd/systemd --switched-root --system --deserialize 20',
      memoryMb: 5,
    }),
    ...threads,
    ...host.processes,
    sshd,
    shell,
  ].sort((a, b) => a.pid - b.pid);
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

/** `10:31`, or the day when it was not today (procps). */
function startedText(startedAt: number, now: number): string {
  return now - startedAt < 86_400_000
    ? clock(startedAt)
    : new Date(startedAt).toUTCString().slice(8, 11) + new Date(startedAt).toUTCString().slice(5, 7);
}

const cpuOf = ({ name }: ProcessInfo): number =>
  ({ dockerd: 1.2, etcd2: 2.1, fleetd: 0.8, 'ceph-osd': 1.5, 'ceph-mon': 0.7 })[name] ?? 0;

function cpuTime(process: ProcessInfo, now: number): string {
  const seconds = Math.floor(((now - process.startedAt) / 1000) * (cpuOf(process) / 100));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

const sizesOf = ({ memoryMb }: ProcessInfo): { rss: number; vsz: number } => ({
  rss: Math.round(memoryMb * 1024),
  vsz: Math.round(memoryMb * 1024 * 3.2),
});

function share({ memoryMb }: ProcessInfo, host: Host): string {
  return ((memoryMb / host.resources.memoryTotalMb) * 100).toFixed(1);
}

function ps(context: ProgramContext): number {
  const text = context.args.filter((arg) => !arg.startsWith('--')).join('');
  const all = processesOf(context);
  const now = context.timeline.now();
  const format = context.args.findIndex((arg) => /^-?[a-zA-Z]*o$/.test(arg));
  if (format !== -1) {
    return custom(context, all, (context.args[format + 1] ?? '').split(','));
  }
  const rows = limited(context.args, all, /[eAax]/.test(text) ? undefined : 1311);
  if (/u/.test(text)) {
    context.stdout('USER       PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
    for (const one of rows) {
      const { rss, vsz } = sizesOf(one);
      const values = [
        String(one.pid).padStart(5),
        cpuOf(one).toFixed(1).padStart(4),
        share(one, context.host).padStart(4),
        String(vsz).padStart(6),
        String(rss).padStart(5),
      ];
      context.stdout(
        `${one.user.padEnd(8)} ${values.join(' ')} ${tty(one).padEnd(8)} ${state(one).padEnd(4)} ${startedText(one.startedAt, now).padEnd(5)} ${cpuTime(one, now).padStart(6)} ${one.command}\n`,
      );
    }
  } else if (/f/.test(text)) {
    context.stdout('UID        PID  PPID  C STIME TTY          TIME CMD\n');
    for (const one of rows) {
      const time = `00:0${cpuTime(one, now).padStart(4, '0')}`.slice(-8);
      context.stdout(
        `${one.user.padEnd(8)} ${String(one.pid).padStart(5)} ${String(one.parentPid).padStart(5)}  ${Math.floor(cpuOf(one))} ${startedText(one.startedAt, now)} ${tty(one).padEnd(8)} ${time} ${one.command}\n`,
      );
    }
  } else {
    context.stdout('  PID TTY          TIME CMD\n');
    for (const one of rows) {
      context.stdout(
        `${String(one.pid).padStart(5)} ${tty(one).padEnd(8)} 00:00:${cpuTime(one, now).slice(-2)} ${one.name}\n`,
      );
    }
  }
  return 0;
}

function limited(
  args: readonly string[],
  all: readonly ProcessInfo[],
  from: number | undefined,
): readonly ProcessInfo[] {
  const { values } = parseOptions(args, { flags: {}, values: { '-p': 'pid', '--pid': 'pid', '-C': 'name' } });
  const pids = values.get('pid')?.flatMap((list) => list.split(','));
  const names = values.get('name');
  if (pids !== undefined || names !== undefined) {
    return all.filter(({ pid, name }) => (pids?.includes(String(pid)) ?? false) || (names?.includes(name) ?? false));
  }
  return from === undefined ? all : all.filter(({ pid }) => pid >= from);
}

const tty = ({ pid }: ProcessInfo): string => (pid === 1311 ? 'pts/0' : '?');
const state = ({ pid, memoryMb, name }: ProcessInfo): string =>
  pid === 1311 || pid === 1 ? 'Ss' : memoryMb === 0 ? 'S' : /etcd|fleet|docker|ceph/.test(name) ? 'Ssl' : 'S';

function custom(context: ProgramContext, rows: readonly ProcessInfo[], columns: readonly string[]): number {
  const now = context.timeline.now();
  const read: Readonly<Record<string, (one: ProcessInfo) => string>> = {
    pid: (one) => String(one.pid),
    ppid: (one) => String(one.parentPid),
    user: (one) => one.user,
    uid: (one) => (one.user === 'core' ? '500' : '0'),
    comm: (one) => one.name,
    cmd: (one) => one.command,
    args: (one) => one.command,
    command: (one) => one.command,
    rss: (one) => String(sizesOf(one).rss),
    vsz: (one) => String(sizesOf(one).vsz),
    '%mem': (one) => share(one, context.host),
    pmem: (one) => share(one, context.host),
    '%cpu': (one) => cpuOf(one).toFixed(1),
    pcpu: (one) => cpuOf(one).toFixed(1),
    stat: state,
    tty,
    time: (one) => cpuTime(one, now),
    etimes: (one) => String(Math.floor((now - one.startedAt) / 1000)),
    unit: (one) => one.unit,
  };
  const names = columns.map((column) => column.replace(/=.*$/, ''));
  const unknown = names.find((name) => read[name] === undefined);
  if (unknown !== undefined) {
    context.stderr(`error: unknown user-defined format specifier "${unknown}"\n\nUsage:\n ps [options]\n`);
    return 1;
  }
  const hasHead = !columns.every((column) => column.endsWith('='));
  const cells = [
    ...(hasHead ? [names.map((name) => name.toUpperCase())] : []),
    ...limited(context.args, rows, undefined).map((one) => names.map((name) => read[name]?.(one) ?? '')),
  ];
  const widths = names.map((_name, index) => Math.max(...cells.map((row) => (row[index] ?? '').length)));
  context.stdout(
    cells
      .map(
        (row) =>
          `${row.map((cell, index) => (index === row.length - 1 ? cell : /^[\d.]+$/.test(cell) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0))).join(' ')}\n`,
      )
      .join(''),
  );
  return 0;
}

function pgrep(context: ProgramContext): number {
  const { flags, words } = parseOptions(context.args, {
    flags: { '-f': 'full', '-l': 'list', '-a': 'all', '-x': 'exact', '-o': 'oldest', '-n': 'newest' },
    values: { '-u': 'user' },
  });
  const [pattern = ''] = words;
  const found = processesOf(context).filter((one) => matches(one, pattern, flags));
  context.stdout(
    found
      .map((one) => `${one.pid}${flags.has('all') ? ` ${one.command}` : flags.has('list') ? ` ${one.name}` : ''}\n`)
      .join(''),
  );
  return found.length > 0 ? 0 : 1;
}

function matches({ name, command }: ProcessInfo, pattern: string, flags: ReadonlySet<string>): boolean {
  const text = flags.has('full') ? command : name;
  return flags.has('exact') ? text === pattern : text.includes(pattern.replace(/^\^|\$$/g, ''));
}

function pidof(context: ProgramContext): number {
  const found = processesOf(context).filter(({ name }) => context.args.includes(name));
  context.stdout(
    found.length > 0
      ? `${found
          .map(({ pid }) => pid)
          .reverse()
          .join(' ')}\n`
      : '',
  );
  return found.length > 0 ? 0 : 1;
}

const SIGNALS = [
  'HUP',
  'INT',
  'QUIT',
  'ILL',
  'TRAP',
  'ABRT',
  'BUS',
  'FPE',
  'KILL',
  'USR1',
  'SEGV',
  'USR2',
  'PIPE',
  'ALRM',
  'TERM',
];

/** Main processes of units end with their unit's stop; what else runs here ends by itself. */
async function kill(context: ProgramContext): Promise<number> {
  const [first = '', ...rest] = context.args;
  if (first === '-l') {
    context.stdout(`${SIGNALS.join(' ')}\n`);
    return 0;
  }
  const signalName = first.startsWith('-') ? first.replace(/^-(?:s)?(?:SIG)?/, '') : 'TERM';
  let code = 0;
  for (const id of first.startsWith('-') ? rest.filter((word) => !SIGNALS.includes(word)) : context.args) {
    const found = processesOf(context).find(({ pid }) => String(pid) === id);
    if (found === undefined) {
      context.stderr(`bash: kill: (${id}) - No such process\n`);
      code = 1;
    } else if (context.user !== 'root' && found.user !== context.user) {
      context.stderr(`bash: kill: (${id}) - Operation not permitted\n`);
      code = 1;
    } else if (found.unit !== '' && signalName !== '0') {
      await context.run(`systemctl kill --signal=${signalName} ${found.unit}`, { user: 'root' });
    }
  }
  return code;
}

function uptimeText(context: Pick<ProgramContext, 'host' | 'timeline'>): string {
  const now = context.timeline.now();
  const seconds = Math.floor((now - context.host.bootedAt) / 1000);
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  const long = days > 0 ? `${days} day${days === 1 ? '' : 's'}, ` : '';
  const short = hours > 0 ? `${String(hours).padStart(2)}:${String(minutes).padStart(2, '0')}` : `${minutes} min`;
  const load = context.host.resources.loadAverage.map((value) => value.toFixed(2)).join(', ');
  return `${new Date(now).toISOString().slice(11, 19)} up ${long}${short},  1 user,  load average: ${load}`;
}

function uptime(context: ProgramContext): number {
  if (context.args.includes('-p') || context.args.includes('--pretty')) {
    const minutes = Math.floor((context.timeline.now() - context.host.bootedAt) / 60_000);
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    const parts = (
      [
        [days, 'day'],
        [hours, 'hour'],
        [rest, 'minute'],
      ] as const
    )
      .filter(([count]) => count > 0)
      .map(([count, name]) => `${count} ${name}${count === 1 ? '' : 's'}`);
    context.stdout(`up ${parts.length === 0 ? '0 minutes' : parts.join(', ')}\n`);
  } else if (context.args.includes('-s') || context.args.includes('--since')) {
    context.stdout(`${new Date(context.host.bootedAt).toISOString().replace('T', ' ').slice(0, 19)}\n`);
  } else {
    context.stdout(` ${uptimeText(context)}\n`);
  }
  return 0;
}

/** One picture of `top`. */
function topScreen(context: ProgramContext, rows: number): string {
  const { host } = context;
  const all = [...processesOf(context)].sort((a, b) => cpuOf(b) - cpuOf(a) || b.memoryMb - a.memoryMb || a.pid - b.pid);
  const { resources } = host;
  const kib = (mb: number): string => String(Math.round(mb * 1024)).padStart(8);
  const busy = Math.min(99, all.reduce((sum, one) => sum + cpuOf(one), 0) + resources.pressure * 40);
  const cache = Math.round((resources.memoryTotalMb - resources.memoryUsedMb) * 0.6);
  const head = [
    `top - ${uptimeText(context)}`,
    `Tasks: ${String(all.length).padStart(3)} total,   1 running, ${String(all.length - 1).padStart(3)} sleeping,   0 stopped,   0 zombie`,
    `%Cpu(s): ${busy.toFixed(1).padStart(4)} us, ${(busy / 4).toFixed(1).padStart(4)} sy,  0.0 ni, ${Math.max(
      0,
      100 - busy * 1.25 - resources.pressure * 20,
    )
      .toFixed(1)
      .padStart(4)} id, ${(resources.pressure * 20).toFixed(1).padStart(4)} wa,  0.0 hi,  0.0 si,  0.0 st`,
    `KiB Mem : ${kib(resources.memoryTotalMb)} total, ${kib(resources.memoryTotalMb - resources.memoryUsedMb - cache)} free, ${kib(resources.memoryUsedMb)} used, ${kib(cache)} buff/cache`,
    `KiB Swap: ${kib(resources.swapTotalMb)} total, ${kib(resources.swapTotalMb - resources.swapUsedMb)} free, ${kib(resources.swapUsedMb)} used. ${kib(resources.memoryTotalMb - resources.memoryUsedMb)} avail Mem `,
    '',
    '  PID USER      PR  NI    VIRT    RES    SHR S %CPU %MEM     TIME+ COMMAND',
  ];
  const now = context.timeline.now();
  const body = all.slice(0, rows - head.length - 1).map((one) => {
    const { rss, vsz } = sizesOf(one);
    const time = `${cpuTime(one, now)}.00`.padStart(9);
    return `${String(one.pid).padStart(5)} ${one.user.padEnd(8)}  20   0 ${String(vsz).padStart(7)} ${String(rss).padStart(6)} ${String(Math.round(rss / 2)).padStart(6)} ${cpuOf(one) > 0 ? 'S' : 'S'} ${cpuOf(one).toFixed(1).padStart(4)} ${share(one, host).padStart(4)} ${time} ${one.name}`;
  });
  return [...head, ...body].join('\n');
}

async function top(context: ProgramContext): Promise<number> {
  const args = context.args.flatMap((arg) => (/^-b[a-zA-Z]/.test(arg) ? ['-b', `-${arg.slice(2)}`] : [arg]));
  const { flags, values } = parseOptions(args, {
    flags: { '-b': 'batch', '-c': 'command', '-H': 'threads', '-i': 'idle' },
    values: { '-n': 'count', '-d': 'delay', '-o': 'order', '-p': 'pid', '-u': 'user' },
  });
  const isBatch = flags.has('batch');
  if (!isBatch && !context.isTerminal) {
    context.stderr('top: failed tty get\n');
    return 1;
  }
  const count = Number(values.get('count')?.[0] ?? Infinity);
  const delay = Number(values.get('delay')?.[0] ?? 3) * 1000;
  return isBatch ? await topBatch(context, count, delay) : await topOnTerminal(context, count, delay);
}

async function topBatch(context: ProgramContext, count: number, delay: number): Promise<number> {
  for (let turn = 0; turn < count && !context.signal.aborted; turn += 1) {
    if (turn > 0) {
      await context.timeline.sleep(delay, context.signal);
    }
    context.stdout(`${turn > 0 ? '\n' : ''}${topScreen(context, 1000)}\n`);
  }
  return 0;
}

async function topOnTerminal(context: ProgramContext, count: number, delay: number): Promise<number> {
  await fullScreen(context, { count, delay, paint: (rows) => topScreen(context, rows), endsOn: 'q' });
  return 0;
}

/** Paints a screen again and again until a key or Ctrl-C ends it. */
export async function fullScreen(
  context: ProgramContext,
  show: {
    readonly count: number;
    readonly delay: number;
    readonly endsOn: string;
    paint(rows: number, columns: number): string | Promise<string>;
  },
): Promise<void> {
  const terminal = context.session?.terminal;
  let isOver = false;
  const stop = new AbortController();
  const readKeys = async (): Promise<void> => {
    while (!isOver) {
      const keys = await context.session?.readSome();
      if (keys === undefined || (show.endsOn !== '' && Buffer.from(keys).includes(show.endsOn))) {
        break;
      }
    }
    stop.abort();
  };
  const setRaw = (isRaw: boolean): void => {
    if (terminal !== undefined) {
      terminal.isRaw = isRaw;
    }
  };
  setRaw(true);
  context.stdout('\x1b[?25l\x1b[H\x1b[2J');
  const keys = readKeys().catch(() => stop.abort());
  const end = (): void => stop.abort();
  context.signal.addEventListener('abort', end, { once: true });
  try {
    for (let turn = 0; turn < show.count && !stop.signal.aborted; turn += 1) {
      const screen = await show.paint(terminal?.rows ?? 24, terminal?.columns ?? 80);
      const cut = screen
        .split('\n')
        .slice(0, (terminal?.rows ?? 24) - 1)
        .map((line) => `${line.slice(0, terminal?.columns ?? 80)}\x1b[K`);
      context.stdout(`\x1b[H${cut.join('\n')}\x1b[J`);
      await context.timeline.sleep(show.delay, stop.signal).catch(() => undefined);
    }
  } finally {
    isOver = true;
    setRaw(false);
    context.signal.removeEventListener('abort', end);
    context.stdout(`\x1b[${terminal?.rows ?? 24};1H\x1b[?25h\n`);
    void keys;
  }
}

export const processPrograms = [
  program('ps', ps),
  program('pgrep', pgrep),
  program('pidof', pidof),
  program('kill', kill),
  program('uptime', uptime),
  program('top', top),
];
