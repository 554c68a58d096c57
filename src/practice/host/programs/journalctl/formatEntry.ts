import type { JournalEntry } from '../../../kernel';
import { formatShort } from '../format';

export const OUTPUT_MODES = [
  'short',
  'short-iso',
  'short-full',
  'short-precise',
  'short-unix',
  'cat',
  'json',
  'verbose',
  'export',
] as const;
export type OutputMode = (typeof OUTPUT_MODES)[number];

/** journalctl prints a tab as so many blanks, wherever it stands. */
const TAB = ' '.repeat(8);

/** One entry as `journalctl -o` prints it, without the end of the line. */
export function formatEntry(entry: JournalEntry, mode: OutputMode, hostname: string): string {
  const source = `${entry.identifier}${entry.identifier === 'kernel' ? '' : `[${entry.pid}]`}`;
  const line = (time: string): string => `${time} ${hostname} ${source}: ${entry.text.replaceAll('\t', TAB)}`;
  const iso = new Date(entry.at).toISOString();
  switch (mode) {
    case 'cat':
      return entry.text;
    case 'short':
      return line(formatShort(entry.at));
    case 'short-iso':
      return line(`${iso.slice(0, 19)}+0000`);
    case 'short-precise':
      return line(`${formatShort(entry.at)}.${iso.slice(20, 23)}000`);
    case 'short-full':
      return line(`${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`);
    case 'short-unix':
      return line((entry.at / 1000).toFixed(6));
    case 'json':
    case 'verbose':
    case 'export':
      return JSON.stringify({
        __REALTIME_TIMESTAMP: String(entry.at * 1000),
        _HOSTNAME: hostname,
        _PID: String(entry.pid),
        SYSLOG_IDENTIFIER: entry.identifier,
        ...(entry.unit === '' ? {} : { _SYSTEMD_UNIT: entry.unit }),
        MESSAGE: entry.text,
      });
  }
}
