import type { ProcessInfo } from '../../kernel';
import type { ProgramContext } from '../program';
import { insideOf } from '../../host/inside';
import { parseOptions } from '../../host/programs/options';
import { cpuOf, cpuTime, processesOf, share, sizesOf, startedText } from './processTable';
import { program } from '../program';

function ps(context: ProgramContext): number {
  const text = context.args.filter((arg) => !arg.startsWith('--')).join('');
  const all = processesOf(context);
  const now = context.timeline.now();
  const format = context.args.findIndex((arg) => /^-?[a-zA-Z]*o$/.test(arg));
  if (format !== -1) {
    return custom(context, all, (context.args[format + 1] ?? '').split(','));
  }
  const { box } = insideOf(context.host);
  if (box === 'busybox') {
    return busybox(context, all);
  }
  const isWhole = /[eAax]/.test(text) || box !== undefined;
  const rows = limited(context.args, all, isWhole ? undefined : 1311);
  if (text.includes('u')) {
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
  } else if (text.includes('f')) {
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

/** It shows all there are, whatever is asked. */
function busybox(context: ProgramContext, rows: readonly ProcessInfo[]): number {
  const now = context.timeline.now();
  context.stdout('PID   USER     TIME   COMMAND\n');
  for (const one of rows) {
    const time = cpuTime(one, now).padStart(6);
    context.stdout(`${String(one.pid).padStart(5)} ${one.user.padEnd(8)} ${time} ${one.command}\n`);
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

export const psPrograms = [program('ps', ps)];
