import type { ProgramContext } from '../kernel';
import { parseOptions } from '../host/programs/options';
import { resolvePath } from '../host/files/path';
import { program, refuse } from './program';

interface FileSystemRow {
  readonly source: string;
  readonly type: string;
  readonly size: number;
  readonly used: number;
  readonly available: number;
  readonly target: string;
}

const MB = 1024 * 1024;
/** ext4 keeps a part for root. */
const RESERVED = 0.05;

/** The mounts of a CoreOS node of 2016: the root partition, /usr read-only, the OEM's, and what lives in memory. */
function fileSystems({ host }: ProgramContext): FileSystemRow[] {
  const { resources } = host;
  const memory = (resources.memoryTotalMb * MB) / 2;
  const inMemory = (source: string, target: string, size = memory, used = 0): FileSystemRow => ({
    source,
    type: source,
    size,
    used,
    available: size - used,
    target,
  });
  const [size, used] = [resources.diskTotalMb * MB, resources.diskUsedMb * MB];
  const available = Math.max(0, Math.floor(size * (1 - RESERVED)) - used);
  return [
    inMemory('devtmpfs', '/dev', memory - 8 * MB),
    inMemory('tmpfs', '/dev/shm'),
    inMemory('tmpfs', '/run', memory, 368_640),
    inMemory('tmpfs', '/sys/fs/cgroup'),
    { source: '/dev/vda9', type: 'ext4', size, used, available, target: '/' },
    {
      source: '/dev/mapper/usr',
      type: 'ext4',
      size: 1_031_946_240,
      used: 519_798_784,
      available: 459_685_888,
      target: '/usr',
    },
    inMemory('tmpfs', '/tmp'),
    inMemory('tmpfs', '/media', memory),
    {
      source: '/dev/vda6',
      type: 'ext4',
      size: 113_229_824,
      used: 57_344,
      available: 104_460_288,
      target: '/usr/share/oem',
    },
  ];
}

interface Layout {
  readonly columns: readonly Column[];
  readonly unit: 'bytes' | 'kilobytes' | 'mebibytes' | 'gibibytes' | 'human' | 'si';
  readonly isPosix: boolean;
}

type Column =
  'source' | 'fstype' | 'size' | 'used' | 'avail' | 'pcent' | 'target' | 'itotal' | 'iused' | 'iavail' | 'ipcent';

const LEFT: readonly Column[] = ['source', 'fstype', 'target'];

async function df(context: ProgramContext): Promise<number> {
  const options = parseOptions(context.args, {
    flags: {
      '-h': 'human',
      '--human-readable': 'human',
      '-H': 'si',
      '--si': 'si',
      '-k': 'k',
      '-m': 'm',
      '-P': 'posix',
      '--portability': 'posix',
      '-T': 'type',
      '--print-type': 'type',
      '-a': 'all',
      '--all': 'all',
      '-l': 'local',
      '--local': 'local',
      '-i': 'inodes',
      '--total': 'total',
      '--output': 'output',
      '--sync': 'sync',
      '--no-sync': 'sync',
    },
    values: {
      '-B': 'block',
      '--block-size': 'block',
      '-t': 'only',
      '--type': 'only',
      '-x': 'except',
      '--exclude-type': 'except',
      '--output': 'columns',
    },
  });
  if (options.unknown !== undefined) {
    context.stderr(
      `df: invalid option -- '${options.unknown.replace(/^-+/, '')}'\nTry 'df --help' for more information.\n`,
    );
    return 1;
  }
  const layout = layoutOf(context.args, options);
  if (typeof layout === 'string') {
    context.stderr(`df: option --output: field '${layout}' unknown\nTry 'df --help' for more information.\n`);
    return 1;
  }
  const only = options.values.get('only');
  const except = options.values.get('except') ?? [];
  let rows = fileSystems(context).filter(({ type }) => (only?.includes(type) ?? true) && !except.includes(type));
  let code = 0;
  if (options.words.length > 0) {
    const wanted: FileSystemRow[] = [];
    for (const word of options.words) {
      const path = resolvePath(context.workingDirectory, word);
      const isDevice = rows.some(({ source }) => source === path);
      if (!isDevice && !(await context.host.files.exists(path))) {
        context.stderr(`df: ${word}: No such file or directory\n`);
        code = 1;
        continue;
      }
      const real = isDevice ? path : await context.host.files.realpath(path);
      wanted.push(
        ...[...rows]
          .filter(({ source, target }) => source === path || isBelow(real, target))
          .sort((a, b) => b.target.length - a.target.length)
          .slice(0, 1),
      );
    }
    rows = wanted;
  }
  if (rows.length > 0) {
    context.stdout(render(rows, layout));
  } else if (code === 0) {
    context.stderr('df: no file systems processed\n');
    return 1;
  }
  return code;
}

const isBelow = (path: string, target: string): boolean =>
  target === '/' || path === target || path.startsWith(`${target}/`);

const COLUMNS: readonly Column[] = [
  'source',
  'fstype',
  'size',
  'used',
  'avail',
  'pcent',
  'target',
  'itotal',
  'iused',
  'iavail',
  'ipcent',
];

function layoutOf(args: readonly string[], options: ReturnType<typeof parseOptions>): Layout | string {
  const { flags, values } = options;
  const block = values.get('block')?.at(-1);
  const unit =
    block === '1'
      ? 'bytes'
      : block?.toUpperCase() === 'M' || block === '1M' || flags.has('m')
        ? 'mebibytes'
        : block === 'G' || block === '1G'
          ? 'gibibytes'
          : flags.has('human')
            ? 'human'
            : flags.has('si')
              ? 'si'
              : 'kilobytes';
  const isPosix = flags.has('posix');
  const chosen = args.find((arg) => arg.startsWith('--output'));
  if (chosen !== undefined) {
    const names = chosen.includes('=') ? (values.get('columns') ?? []).join(',').split(',') : COLUMNS.slice(0, 7);
    const unknown = names.find((name) => !isColumn(name));
    return unknown ?? { columns: names.filter(isColumn), unit, isPosix };
  }
  const amounts: readonly Column[] = flags.has('inodes')
    ? ['itotal', 'iused', 'iavail', 'ipcent']
    : ['size', 'used', 'avail', 'pcent'];
  return {
    columns: ['source', ...(flags.has('type') ? (['fstype'] as const) : []), ...amounts, 'target'],
    unit,
    isPosix,
  };
}

const isColumn = (name: string): name is Column => COLUMNS.some((column) => column === name);

function render(rows: readonly FileSystemRow[], layout: Layout): string {
  const head = layout.columns.map((column) => headingOf(column, layout));
  const cells = [head, ...rows.map((row) => layout.columns.map((column) => cellOf(row, column, layout)))];
  const widths = layout.columns.map((column, index) =>
    Math.max(minimumOf(column), ...cells.map((row) => (row[index] ?? '').length)),
  );
  return cells
    .map((row) =>
      row
        .map((cell, index) => {
          const column = layout.columns[index];
          const isLast = index === row.length - 1;
          const isLeft = column !== undefined && LEFT.includes(column);
          return isLeft ? (isLast ? cell : cell.padEnd(widths[index] ?? 0)) : cell.padStart(widths[index] ?? 0);
        })
        .join(' '),
    )
    .map((line) => `${line}\n`)
    .join('');
}

const minimumOf = (column: Column): number =>
  column === 'source'
    ? 14
    : column === 'fstype'
      ? 4
      : LEFT.includes(column)
        ? 0
        : column === 'pcent' || column === 'ipcent'
          ? 4
          : 5;

function headingOf(column: Column, { unit, isPosix }: Layout): string {
  const blocks = {
    bytes: isPosix ? '1-blocks' : '1B-blocks',
    kilobytes: isPosix ? '1024-blocks' : '1K-blocks',
    mebibytes: '1M-blocks',
    gibibytes: '1G-blocks',
    human: 'Size',
    si: 'Size',
  };
  const names: Readonly<Record<Column, string>> = {
    source: 'Filesystem',
    fstype: 'Type',
    size: blocks[unit],
    used: 'Used',
    target: 'Mounted on',
    avail: unit === 'human' || unit === 'si' ? 'Avail' : isPosix || unit === 'kilobytes' ? 'Available' : 'Avail',
    pcent: isPosix ? 'Capacity' : 'Use%',
    itotal: 'Inodes',
    iused: 'IUsed',
    iavail: 'IFree',
    ipcent: 'IUse%',
  };
  return unit !== 'kilobytes' && !isPosix && column === 'avail' ? 'Avail' : names[column];
}

function cellOf(row: FileSystemRow, column: Column, { unit }: Layout): string {
  const inodes = Math.ceil(row.size / 16_384);
  const inodesUsed = Math.ceil(row.used / 65_536) + 5;
  switch (column) {
    case 'source':
      return row.source;
    case 'fstype':
      return row.type;
    case 'target':
      return row.target;
    case 'size':
      return amount(row.size, unit);
    case 'used':
      return amount(row.used, unit);
    case 'avail':
      return amount(row.available, unit);
    case 'pcent':
      return `${percent(row.used, row.used + row.available)}%`;
    case 'itotal':
      return String(inodes);
    case 'iused':
      return String(inodesUsed);
    case 'iavail':
      return String(inodes - inodesUsed);
    case 'ipcent':
      return `${percent(inodesUsed, inodes)}%`;
  }
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.ceil((part / whole) * 100));

function amount(bytes: number, unit: Layout['unit']): string {
  switch (unit) {
    case 'bytes':
      return String(Math.round(bytes));
    case 'kilobytes':
      return String(Math.ceil(bytes / 1024));
    case 'mebibytes':
      return String(Math.ceil(bytes / MB));
    case 'gibibytes':
      return String(Math.ceil(bytes / (1024 * MB)));
    case 'human':
    case 'si':
      return human(bytes, unit === 'human' ? 1024 : 1000);
  }
}

/** coreutils round up. */
export function human(bytes: number, base = 1024): string {
  const units = ['', 'K', 'M', 'G', 'T'];
  let [value, index] = [bytes, 0];
  while (value >= base && index < units.length - 1) {
    value /= base;
    index += 1;
  }
  const shown = value < 10 && index > 0 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value));
  return `${shown}${units[index] ?? ''}`;
}

/** `4096m`, `4GiB`, `1GB`, `4k`. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)(?:([kKmMgGtT])(?:(iB)|(B))?)?$/.exec(text);
  if (match === null) {
    return undefined;
  }
  const power = ['k', 'm', 'g', 't'].indexOf((match[2] ?? '').toLowerCase()) + 1;
  return Number(match[1]) * (match[4] === undefined ? 1024 : 1000) ** power;
}

async function fallocate(context: ProgramContext): Promise<number> {
  const options = parseOptions(context.args, {
    flags: { '-n': 'keep', '-v': 'verbose', '-z': 'zero', '-p': 'punch', '-d': 'dig', '-c': 'collapse' },
    values: { '-l': 'length', '--length': 'length', '-o': 'offset', '--offset': 'offset' },
  });
  const text = options.values.get('length')?.[0];
  const bytes = text === undefined ? undefined : parseSize(text);
  const [word] = options.words;
  if (text === undefined) {
    return refuse(context, 'fallocate: no length argument specified');
  }
  if (bytes === undefined || bytes === 0) {
    return refuse(context, 'fallocate: invalid length value specified');
  }
  if (word === undefined) {
    return refuse(context, 'fallocate: no filename specified');
  }
  return await reserve(context, { program: 'fallocate', word, bytes });
}

/** Takes disk space for a file without content, as the user. */
async function reserve(
  context: ProgramContext,
  file: { program: string; word: string; bytes: number },
): Promise<number> {
  const path = resolvePath(context.workingDirectory, file.word);
  // The shell's own redirection knows who may write what; it makes the file as the user's.
  const made = await context.run(`: >> ${JSON.stringify(path)}`, { user: context.user, signal: context.signal });
  if (made.exitCode !== 0) {
    const reason = /: ([^:\n]+)\n?$/.exec(made.stderr)?.[1] ?? 'Permission denied';
    return refuse(
      context,
      `${file.program}: ${file.program === 'dd' ? `failed to open '${file.word}'` : `cannot open ${file.word}`}: ${reason}`,
    );
  }
  const isShort = context.host.resources.allocate(path, file.bytes);
  return isShort
    ? 0
    : refuse(
        context,
        `${file.program}: ${file.program === 'dd' ? `error writing '${file.word}'` : `fallocate failed`}: No space left on device`,
      );
}

async function dd(context: ProgramContext): Promise<number> {
  const operands = new Map(
    context.args.map((arg): [string, string] => [arg.replace(/=.*/s, ''), arg.replace(/^[^=]*=/, '')]),
  );
  const from = operands.get('if');
  const to = operands.get('of');
  const block = parseSize(operands.get('bs') ?? '512') ?? 512;
  const started = context.timeline.now();
  if (from === '/dev/zero' && to !== undefined) {
    const count = parseSize(operands.get('count') ?? '0') ?? 0;
    const code = await reserve(context, { program: 'dd', word: to, bytes: block * count });
    if (code === 0) {
      // A droplet's disk takes some 250 MB a second.
      await context.timeline.sleep(((block * count) / (250 * MB)) * 1000, context.signal);
      const seconds = Math.max(0.001, (context.timeline.now() - started) / 1000);
      const bytes = block * count;
      context.stderr(
        `${count}+0 records in\n${count}+0 records out\n${bytes} bytes (${siSize(bytes)}) copied, ${seconds.toFixed(5).replace(/0+$/, '')} s, ${siSize(bytes / seconds)}/s\n`,
      );
    }
    return code;
  }
  const path = from === undefined ? undefined : resolvePath(context.workingDirectory, from);
  if (path !== undefined && !(await context.host.files.exists(path))) {
    return refuse(context, `dd: failed to open '${from ?? ''}': No such file or directory`);
  }
  const input =
    path === undefined
      ? context.stdin || ((await context.session?.readStdin()) ?? '')
      : await context.host.files.readFile(path);
  const limit = operands.get('count');
  const content = limit === undefined ? input : input.slice(0, block * Number(limit));
  if (to === undefined) {
    context.stdout(content);
  } else {
    const written = await context.run(`cat > ${JSON.stringify(to)}`, { user: context.user, stdin: content });
    if (written.exitCode !== 0) {
      return refuse(context, `dd: failed to open '${to}': Permission denied`);
    }
  }
  const records = Math.floor(content.length / block);
  const rest = content.length % block === 0 ? 0 : 1;
  context.stderr(
    `${records}+${rest} records in\n${records}+${rest} records out\n${content.length} bytes copied, 0.000182 s, ${siSize(content.length / 0.000182)}/s\n`,
  );
  return 0;
}

function siSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let [value, index] = [bytes, 0];
  while (value >= 1000 && index < 3) {
    value /= 1000;
    index += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[index] ?? ''}`;
}

function lsblk(context: ProgramContext): number {
  const total = context.host.resources.diskTotalMb;
  const size = (mb: number): string => (mb >= 1024 ? `${Math.round((mb / 1024) * 10) / 10}G` : `${mb}M`).padStart(5);
  const rows = [
    ['vda', '254:0', size(Math.round(total + 2660)), 'disk', ''],
    ['├─vda1', '254:1', size(128), 'part', '/boot'],
    ['├─vda2', '254:2', size(2), 'part', ''],
    ['├─vda3', '254:3', size(1024), 'part', ''],
    ['│ └─usr', '253:0', size(1016), 'crypt', '/usr'],
    ['├─vda4', '254:4', size(1024), 'part', ''],
    ['├─vda6', '254:6', size(128), 'part', '/usr/share/oem'],
    ['├─vda7', '254:7', size(64), 'part', ''],
    ['└─vda9', '254:9', size(total), 'part', '/'],
  ];
  context.stdout('NAME    MAJ:MIN RM  SIZE RO TYPE  MOUNTPOINT\n');
  for (const [name = '', number = '', text = '', type = '', mount = ''] of rows) {
    context.stdout(
      `${name.padEnd(7)} ${number.padEnd(7)}  0 ${text}  ${mount === '/usr' ? 1 : 0} ${type.padEnd(5)} ${mount}`.trimEnd() +
        '\n',
    );
  }
  return 0;
}

async function mount(context: ProgramContext): Promise<number> {
  const words = context.args.filter((arg) => !arg.startsWith('-'));
  if (words.length === 0) {
    const text = await context.host.files.readFile('/proc/mounts');
    for (const line of text.trim().split('\n')) {
      const [source = '', target = '', type = '', flags = ''] = line.split(' ');
      context.stdout(`${source} on ${target} type ${type} (${flags})\n`);
    }
    return 0;
  }
  if (context.user !== 'root') {
    return refuse(context, 'mount: only root can do that');
  }
  const [source = ''] = words;
  return refuse(context, `mount: special device ${source} does not exist`);
}

async function umount(context: ProgramContext): Promise<number> {
  const [target] = context.args.filter((arg) => !arg.startsWith('-'));
  if (target === undefined) {
    return refuse(context, 'Usage:\n umount [-hV]');
  }
  if (context.user !== 'root') {
    return refuse(context, `umount: ${target}: umount failed: Operation not permitted`);
  }
  const mounts = await context.host.files.readFile('/proc/mounts');
  const isMounted = mounts.split('\n').some((line) => line.split(' ')[1] === target);
  context.stderr(isMounted ? `umount: ${target}: target is busy\n` : `umount: ${target}: not mounted\n`);
  return 32;
}

export const diskPrograms = [
  program('df', df),
  program('fallocate', fallocate),
  program('dd', dd),
  program('lsblk', lsblk),
  program('mount', mount),
  program('umount', umount),
  program('sync', () => 0),
];
