import type { ProgramContext } from '../programs/program';
import type { HostInside } from '../host/inside';
import { insideOf } from '../host/inside';

export const DAEMON_ERROR = 125;

/**
 * The client asks through docker.socket, which starts docker.service when it does not run: with Deis's drop-in that waits for
 * flannel, and so for etcd (facts/coreos.md §2). False when nobody answers.
 */
export async function reachDaemon(context: ProgramContext): Promise<boolean> {
  const { docker, manager } = insideOf(context.host);
  if (docker.isUp) {
    return true;
  }
  if (manager.status('docker.socket').active === 'active') {
    await Promise.race([manager.startJob('docker.service'), aborted(context.signal)]);
  }
  if (!isUpNow(context)) {
    context.stderr('Cannot connect to the Docker daemon. Is the docker daemon running on this host?\n');
    return false;
  }
  return true;
}

/** Asked anew: the daemon may have come up while we waited. */
const isUpNow = (context: ProgramContext): boolean => insideOf(context.host).docker.isUp;

export const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** `3 minutes`, `About an hour`: docker's units.HumanDuration. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 1) {
    return 'Less than a second';
  }
  if (seconds < 60) {
    return `${seconds} second${seconds === 1 ? '' : 's'}`;
  }
  if (minutes < 2) {
    return 'About a minute';
  }
  if (minutes < 60) {
    return `${minutes} minutes`;
  }
  if (hours < 2) {
    return 'About an hour';
  }
  if (hours < 48) {
    return `${hours} hours`;
  }
  return hours < 24 * 14 ? `${Math.floor(hours / 24)} days` : `${Math.floor(hours / 24 / 7)} weeks`;
}

/** Go's tabwriter as docker sets it: columns at least twenty wide, three blanks between. */
export function dockerTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(20, widths[index] ?? 0, cell.length + 3)));
  }
  return rows
    .map(
      (row) =>
        `${row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('')}\n`,
    )
    .join('');
}

export const notRunning = (inside: HostInside, name: string): boolean => !inside.docker.running.has(name);
