import { insideOf } from '../../host/inside';
import type { Host, ProcessInfo } from '../../kernel';
import type { ProgramContext } from '../program';

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
  if (insideOf(host).box !== undefined) {
    return [...host.processes];
  }
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
  const startedAt = context.timeline.now();
  const session = [
    entry({ pid: 1308, name: 'sshd', command: 'sshd: core@pts/0', memoryMb: 3, startedAt }),
    entry({ pid: 1311, parentPid: 1308, user: context.user, name: 'bash', command: '-bash', memoryMb: 3, startedAt }),
  ];
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
    ...session,
  ].sort((a, b) => a.pid - b.pid);
}

const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 16);

/** `10:31`, or the day when it was not today (procps). */
export function startedText(startedAt: number, now: number): string {
  return now - startedAt < 86_400_000
    ? clock(startedAt)
    : new Date(startedAt).toUTCString().slice(8, 11) + new Date(startedAt).toUTCString().slice(5, 7);
}

export const cpuOf = ({ name }: ProcessInfo): number =>
  ({ dockerd: 1.2, etcd2: 2.1, fleetd: 0.8, 'ceph-osd': 1.5, 'ceph-mon': 0.7 })[name] ?? 0;

export function cpuTime(process: ProcessInfo, now: number): string {
  const seconds = Math.floor(((now - process.startedAt) / 1000) * (cpuOf(process) / 100));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

export const sizesOf = ({ memoryMb }: ProcessInfo): { rss: number; vsz: number } => ({
  rss: Math.round(memoryMb * 1024),
  vsz: Math.round(memoryMb * 1024 * 3.2),
});

export function share({ memoryMb }: ProcessInfo, host: Host): string {
  return ((memoryMb / host.resources.memoryTotalMb) * 100).toFixed(1);
}
