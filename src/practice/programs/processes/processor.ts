import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { meminfo } from './memory';
import { cpuOf, processesOf } from './processTable';
import { program, refuse } from '../program';

/** `lscpu` of util-linux 2.26, from the kernel's own table. */
async function lscpu(context: ProgramContext): Promise<number> {
  const text = await context.host.files.readFile('/proc/cpuinfo');
  const field = (name: string): string => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(text)?.[1] ?? '';
  const count = (text.match(/^processor/gm) ?? []).length;
  const rows = [
    ['Architecture', 'x86_64'],
    ['CPU op-mode(s)', '32-bit, 64-bit'],
    ['Byte Order', 'Little Endian'],
    ['CPU(s)', String(count)],
    ['On-line CPU(s) list', count === 1 ? '0' : `0-${count - 1}`],
    ['Thread(s) per core', '1'],
    ['Core(s) per socket', String(count)],
    ['Socket(s)', '1'],
    ['NUMA node(s)', '1'],
    ['Vendor ID', field('vendor_id')],
    ['CPU family', '6'],
    ['Model', '63'],
    ['Model name', field('model name')],
    ['Stepping', '2'],
    ['CPU MHz', field('cpu MHz')],
    ['BogoMIPS', field('bogomips')],
    ['Hypervisor vendor', 'KVM'],
    ['Virtualization type', 'full'],
    ['L3 cache', field('cache size').replace(/ KB$/, 'K')],
    ['NUMA node0 CPU(s)', count === 1 ? '0' : `0-${count - 1}`],
  ];
  context.stdout(rows.map(([label = '', value = '']) => `${`${label}:`.padEnd(23)}${value}\n`).join(''));
  return 0;
}

const HEAD = `procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st
`;

/** `vmstat [delay [count]]` (procps-ng 3.3). */
async function vmstat(context: ProgramContext): Promise<number> {
  const { words, unknown } = parseOptions(context.args, {
    flags: { '-w': 'wide', '-n': 'once', '-a': 'active', '-t': 'stamp' },
    values: { '-S': 'unit' },
  });
  const [delay, count] = words.map(Number);
  if (unknown !== undefined || words.some((word) => !/^\d+$/.test(word)) || delay === 0) {
    return refuse(context, `vmstat: ${delay === 0 ? 'delay must be positive integer' : 'failed to parse argument'}`);
  }
  const turns = count ?? (delay === undefined ? 1 : Infinity);
  context.stdout(HEAD);
  for (let turn = 0; turn < turns && !context.signal.aborted; turn += 1) {
    if (turn > 0) {
      await context.timeline.sleep((delay ?? 1) * 1000, context.signal);
    }
    context.stdout(vmstatRow(await meminfo(context), context));
  }
  return 0;
}

function vmstatRow(info: Readonly<Record<string, number>>, context: ProgramContext): string {
  const { resources } = context.host;
  const get = (name: string): number => info[name] ?? 0;
  const busy = Math.min(75, processesOf(context).reduce((sum, one) => sum + cpuOf(one), 0) + resources.pressure * 40);
  const wait = Math.round(resources.pressure * 20);
  const [user, system] = [Math.round(busy), Math.round(busy / 4)];
  // What thrashes reads and writes its pages all the time.
  const pages = get('SwapTotal') > get('SwapFree') ? Math.round(resources.pressure * 2000) : 0;
  const cells: readonly (readonly [number, number])[] = [
    ...([
      [resources.pressure > 0 ? 2 : 1, 2],
      [wait > 0 ? 1 : 0, 2],
      [get('SwapTotal') - get('SwapFree'), 6],
    ] as const),
    ...([
      [get('MemFree'), 6],
      [get('Buffers'), 6],
      [get('Cached'), 6],
      [pages, 4],
      [pages, 4],
    ] as const),
    ...([
      [pages + 12, 5],
      [pages + 34, 5],
      [120 + busy, 4],
      [210 + busy, 4],
    ] as const),
    ...([
      [user, 2],
      [system, 2],
      [Math.max(0, 100 - user - system - wait), 2],
      [wait, 2],
      [0, 2],
    ] as const),
  ];
  return `${cells.map(([value, width]) => String(Math.round(value)).padStart(width)).join(' ')}\n`;
}

export const processorPrograms = [
  program('lscpu', lscpu),
  program('vmstat', vmstat),
  program('arch', (context) => {
    context.stdout('x86_64\n');
    return 0;
  }),
];
