import { processesOf } from '../../../programs/processes/processTable';
import type { ProgramContext } from '../../../programs/program';
import type { ProcessInfo } from '../../../kernel';
import { insideOf } from '../../inside';
import { formatAge } from '../../systemd/duration';
import { formatTimestamp } from '../format';
import { systemState } from './ask';

interface Group {
  readonly children: Map<string, Group>;
  readonly processes: ProcessInfo[];
}

const group = (): Group => ({ children: new Map(), processes: [] });

/** `systemctl status` without a unit: the machine's state and its tree of control groups, as systemd 229 prints them. */
export function systemStatus(context: ProgramContext): number {
  const { host, timeline } = context;
  const inside = insideOf(host);
  const { manager } = inside;
  const failed = manager.units.filter(({ active }) => active === 'failed').length;
  const jobs = manager.units.filter(({ name }) => manager.jobs.pending(name) !== undefined).length;
  const rows = [
    ['State', systemState(manager)],
    ['Jobs', `${jobs} queued`],
    ['Failed', `${failed} units`],
    ['Since', `${formatTimestamp(host.bootedAt)}; ${formatAge(timeline.now() - host.bootedAt)}`],
    ['CGroup', '/'],
  ];
  const head = rows.map(([label = '', value = '']) => `${label.padStart(9)}: ${value}\n`);
  const tree = rowsOf(groupsOf(processesOf(context)), ' '.repeat(11)).map((row) => `${row}\n`);
  context.stdout([`● ${inside.hostname()}\n`, ...head, ...tree].join(''));
  return 0;
}

/** Kernel threads are in no group that is shown. */
function groupsOf(processes: readonly ProcessInfo[]): Group {
  const root = group();
  for (const process of processes.filter(({ command }) => !command.startsWith('['))) {
    let at = root;
    for (const name of pathOf(process)) {
      const next = at.children.get(name) ?? group();
      at.children.set(name, next);
      at = next;
    }
    at.processes.push(process);
  }
  return root;
}

const pathOf = ({ pid, unit }: ProcessInfo): readonly string[] =>
  pid === 1
    ? ['init.scope']
    : unit === ''
      ? ['user.slice', 'user-500.slice', 'session-1.scope']
      : ['system.slice', unit];

function rowsOf({ children, processes }: Group, indent: string): string[] {
  const groups = [...children].sort(([a], [b]) => (a < b ? -1 : 1));
  const entries = [
    ...processes.map(({ pid, command }) => ({ text: `${pid} ${command}`, below: undefined })),
    ...groups.map(([text, below]) => ({ text, below })),
  ];
  return entries.flatMap(({ text, below }, index) => {
    const isLast = index === entries.length - 1;
    const inner = below === undefined ? [] : rowsOf(below, `${indent}${isLast ? '  ' : '│ '}`);
    return [`${indent}${isLast ? '└─' : '├─'}${text}`, ...inner];
  });
}
