import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { resolvePath } from '../../host/files/path';
import { program } from '../program';
import { human } from '../sizes';

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

export const dfPrograms = [program('df', df)];
