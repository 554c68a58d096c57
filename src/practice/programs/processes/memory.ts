import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { resolvePath } from '../../host/files/path';
import { insideOf } from '../../host/inside';
import { program, refuse } from '../program';

/** kB by name, as the kernel tells them. */
export async function meminfo({ host }: ProgramContext): Promise<Readonly<Record<string, number>>> {
  const text = await host.files.readFile('/proc/meminfo');
  const entries = [...text.matchAll(/^([^:]+):\s+(\d+)/gm)].map((match): [string, number] => [
    match[1] ?? '',
    Number(match[2]),
  ]);
  return Object.fromEntries(entries);
}

interface Amounts {
  readonly memory: readonly number[];
  readonly swap: readonly number[];
}

/** As procps-ng reckons: used is what is neither free nor cache. */
function amountsOf(info: Readonly<Record<string, number>>): Amounts {
  const get = (name: string): number => info[name] ?? 0;
  const cache = get('Buffers') + get('Cached') + get('SReclaimable');
  const used = Math.max(0, get('MemTotal') - get('MemFree') - cache);
  return {
    memory: [get('MemTotal'), used, get('MemFree'), get('Shmem'), cache, get('MemAvailable')],
    swap: [get('SwapTotal'), get('SwapTotal') - get('SwapFree'), get('SwapFree')],
  };
}

const HEADER = '               total        used        free      shared  buff/cache   available';

async function free(context: ProgramContext): Promise<number> {
  const options = parseOptions(context.args, {
    flags: {
      '-b': 'bytes',
      '--bytes': 'bytes',
      '-k': 'kibi',
      '--kibi': 'kibi',
      '-m': 'mebi',
      '--mebi': 'mebi',
      '-g': 'gibi',
      '--gibi': 'gibi',
      '-h': 'human',
      '--human': 'human',
      '-t': 'total',
      '--total': 'total',
      '-w': 'wide',
      '--wide': 'wide',
      '--si': 'si',
    },
    values: { '-s': 'seconds', '--seconds': 'seconds', '-c': 'count', '--count': 'count' },
  });
  if (options.unknown !== undefined) {
    context.stderr(`free: invalid option -- '${options.unknown.replace(/^-+/, '')}'\n\nUsage:\n free [options]\n`);
    return 1;
  }
  const show = options.flags.has('human')
    ? human
    : (kilobytes: number): string => String(Math.floor(kilobytes / divisor(options.flags)));
  const seconds = Number(options.values.get('seconds')?.[0] ?? 0);
  const count = Number(options.values.get('count')?.[0] ?? (seconds > 0 ? Infinity : 1));
  for (let turn = 0; turn < count && !context.signal.aborted; turn += 1) {
    if (turn > 0) {
      await context.timeline.sleep(Math.max(1, seconds) * 1000, context.signal);
    }
    context.stdout(`${table(amountsOf(await meminfo(context)), show, options.flags)}${count > 1 ? '\n' : ''}`);
  }
  return 0;
}

function table({ memory, swap }: Amounts, show: (kilobytes: number) => string, flags: ReadonlySet<string>): string {
  const row = (name: string, values: readonly number[]): string =>
    `${name.padEnd(9)}${values.map((value, index) => show(value).padStart(index === 0 ? 11 : 12)).join('')}\n`;
  const total = flags.has('total')
    ? row(
        'Total:',
        [0, 1, 2].map((index) => (memory[index] ?? 0) + (swap[index] ?? 0)),
      )
    : '';
  return `${HEADER}\n${row('Mem:', memory)}${row('Swap:', swap)}${total}`;
}

function divisor(flags: ReadonlySet<string>): number {
  const unit = flags.has('si') ? 1000 : 1024;
  return flags.has('bytes') ? 1 / 1024 : flags.has('mebi') ? unit : flags.has('gibi') ? unit * unit : 1;
}

function human(kilobytes: number): string {
  const units = ['K', 'M', 'G', 'T'];
  let [value, index] = [kilobytes, 0];
  while (value >= 1024 && index < units.length - 1) {
    value /= 1024;
    index += 1;
  }
  if (kilobytes === 0) {
    return '0B';
  }
  return `${value < 10 && index > 0 ? value.toFixed(1) : String(Math.floor(value))}${units[index] ?? ''}`;
}

/** The first page of a swap file holds its signature. */
const PAGE = 4096;
const MB = 1024 * 1024;

async function swapon(context: ProgramContext): Promise<number> {
  const options = parseOptions(context.args, {
    flags: {
      '-a': 'all',
      '--all': 'all',
      '--show': 'show',
      '-s': 'summary',
      '--summary': 'summary',
      '--bytes': 'bytes',
      '--noheadings': 'noheadings',
      '--raw': 'raw',
      '-v': 'verbose',
      '-e': 'ifexists',
      '--fixpgsz': 'fix',
      '-f': 'fix',
    },
    values: {
      '-p': 'priority',
      '--priority': 'priority',
      '-d': 'discard',
      '-L': 'label',
      '-U': 'uuid',
      '-o': 'options',
    },
  });
  const { resources } = context.host;
  const isShow = options.flags.has('show') || context.args.some((arg) => arg.startsWith('--show'));
  if (options.flags.has('summary')) {
    context.stdout(resources.swaps.length === 0 ? '' : await context.host.files.readFile('/proc/swaps'));
    return 0;
  }
  if (isShow || context.args.length === 0) {
    context.stdout(swapTable(context, options.flags));
    return 0;
  }
  if (context.user !== 'root') {
    return refuse(
      context,
      'swapon: cannot open: Permission denied'.replace('cannot open', options.words[0] ?? 'swapon'),
    );
  }
  let code = 0;
  for (const path of options.words) {
    const problem = await turnOn(context, resolvePath(context.workingDirectory, path));
    if (problem !== undefined) {
      context.stderr(`swapon: ${problem}\n`);
      code = 255;
    }
  }
  return code;
}

async function turnOn(context: ProgramContext, path: string): Promise<string | undefined> {
  const { files } = context.host;
  const mode = (await files.exists(path)) ? (await files.stat(path)).mode : 0o600;
  if ((mode & 0o077) !== 0) {
    context.stderr(
      `swapon: ${path}: insecure permissions ${(mode & 0o7777).toString(8).padStart(4, '0')}, 0600 suggested.\n`,
    );
  }
  return insideOf(context.host).resources.swapOn(path);
}

function swapTable({ host }: ProgramContext, flags: ReadonlySet<string>): string {
  const { swaps } = host.resources;
  if (swaps.length === 0) {
    return '';
  }
  const size = (bytes: number): string =>
    flags.has('bytes') ? String(bytes) : human(Math.round(bytes / 1024)).replace('.0', '');
  const rows = swaps.map(({ path, sizeMb, usedMb }, index) => [
    path,
    'file',
    size(Math.round(sizeMb * MB) - PAGE),
    size(Math.floor(usedMb * MB)),
    String(-1 - index),
  ]);
  const all = flags.has('noheadings') ? rows : [['NAME', 'TYPE', 'SIZE', 'USED', 'PRIO'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join(' '),
    )
    .map((row) => `${row}\n`)
    .join('');
}

function swapoff(context: ProgramContext): number {
  if (context.args.length === 0) {
    context.stderr('\nUsage:\n swapoff [options] [<spec>]\n');
    return 1;
  }
  const all = context.args.some((arg) => arg === '-a' || arg === '--all');
  const words = context.args.filter((arg) => !arg.startsWith('-'));
  const paths = all
    ? context.host.resources.swaps.map(({ path }) => path)
    : words.map((path) => resolvePath(context.workingDirectory, path));
  if (context.user !== 'root') {
    return refuse(context, 'swapoff: Not superuser.');
  }
  let code = 0;
  for (const path of paths) {
    const problem = insideOf(context.host).resources.swapOff(path);
    if (problem !== undefined) {
      context.stderr(`swapoff: ${problem}\n`);
      code = 255;
    }
  }
  return code;
}

async function mkswap(context: ProgramContext): Promise<number> {
  const options = parseOptions(context.args, {
    flags: { '-f': 'force', '--force': 'force', '-q': 'quiet', '--quiet': 'quiet', '-c': 'check' },
    values: { '-L': 'label', '-U': 'uuid', '-p': 'pagesize', '-v': 'version' },
  });
  const [word] = options.words;
  if (word === undefined) {
    context.stderr('mkswap: error: Nowhere to set up swap on?\n');
    return 1;
  }
  const path = resolvePath(context.workingDirectory, word);
  const { files, resources } = context.host;
  if (!(await files.exists(path))) {
    return refuse(context, `mkswap: cannot open ${word}: No such file or directory`);
  }
  if (
    context.user !== 'root' &&
    !path.startsWith('/home/core/') &&
    !path.startsWith('/tmp/') &&
    !path.startsWith('/var/tmp/')
  ) {
    return refuse(context, `mkswap: cannot open ${word}: Permission denied`);
  }
  const { size, mode } = await files.stat(path);
  if (size < 10 * PAGE) {
    return refuse(context, `mkswap: error: swap area needs to be at least 40 KiB`);
  }
  if ((mode & 0o077) !== 0 && !options.flags.has('quiet')) {
    context.stderr(
      `mkswap: ${word}: insecure permissions ${(mode & 0o7777).toString(8).padStart(4, '0')}, 0600 suggested.\n`,
    );
  }
  resources.formatSwap(path);
  const kilobytes = Math.floor(size / 1024) - PAGE / 1024;
  const uuid = insideOf(context.host).kernel.random.uuid();
  if (!options.flags.has('quiet')) {
    context.stdout(
      `Setting up swapspace version 1, size = ${approximately(kilobytes)} (${kilobytes * 1024} bytes)\nno label, UUID=${uuid}\n`,
    );
  }
  return 0;
}

function approximately(kilobytes: number): string {
  const value = kilobytes / 1024;
  return value >= 1024 ? `${trim(value / 1024)} GiB` : `${trim(value)} MiB`;
}

const trim = (value: number): string => String(Math.round(value * 10) / 10);

export const memoryPrograms = [
  program('free', free),
  program('swapon', swapon),
  program('swapoff', swapoff),
  program('mkswap', mkswap),
];
