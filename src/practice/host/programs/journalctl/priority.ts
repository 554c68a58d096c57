import type { JournalEntry } from '../../../kernel';

const NAMES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const [ERR, WARNING, NOTICE, INFO] = [3, 4, 5, 6];

/** Who says what how loudly: the kernel when it kills, systemd when units fail. What services print is only information. */
function priorityOf({ identifier, text }: JournalEntry): number {
  if (identifier === 'kernel') {
    return /^Out of memory|^Killed process/.test(text) ? ERR : text.includes('invoked oom-killer') ? WARNING : INFO;
  }
  if (identifier !== 'systemd') {
    return INFO;
  }
  return text.startsWith('Failed to start')
    ? ERR
    : /Failed with result|Start request repeated too quickly|Dependency failed/.test(text)
      ? WARNING
      : /Main process exited|entered failed state/.test(text)
        ? NOTICE
        : INFO;
}

/** `-p err`, `-p 3`, `-p warning..err`; undefined when there is no such level. */
export function priorityFilter(text: string): ((entry: JournalEntry) => boolean) | undefined {
  const levels = text.split('..').map((one) => (/^[0-7]$/.test(one) ? Number(one) : NAMES.indexOf(one)));
  if (levels.includes(-1)) {
    return undefined;
  }
  const [least, most] = [levels.length === 1 ? 0 : Math.min(...levels), Math.max(...levels)];
  return (entry) => priorityOf(entry) >= least && priorityOf(entry) <= most;
}
