import { readFile } from 'node:fs/promises';

/**
 * When a process started, in clock ticks since boot, where the system tells it without a program (Linux: field 22 of
 * /proc/PID/stat, counted after the last parenthesis since the name may hold anything; proc(5)). Undefined elsewhere.
 */
export async function processBirth(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .at(19);
  } catch {
    return undefined;
  }
}
