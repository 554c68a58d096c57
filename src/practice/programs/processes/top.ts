import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { fullScreen } from '../fullScreen';
import { cpuOf, cpuTime, processesOf, share, sizesOf } from './processTable';
import { program } from '../program';
import { uptimeText } from './uptime';

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

export const topPrograms = [program('top', top)];
