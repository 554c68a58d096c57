import { splitLines } from './lines';

/** `Jun 10 12:00:00 deis-1 sh[123]: what it said`, as journalctl prints by default: 16 characters of time, then the host. */
const TIME = /^\w{3} [ \d]\d \d\d:\d\d:\d\d /;

function parseLine(line: string): { source: string; text: string } {
  const [, source = '', text] = TIME.test(line) ? (/^\S+ ([^:[]+)[^:]*: ?(.*)$/.exec(line.slice(16)) ?? []) : [];
  return { source, text: text ?? line };
}

/**
 * The last that a unit itself had to say in its journal, each sentence once. systemd's own lines ("Control process exited",
 * "Failed to start") come after that and say nothing about the cause: they are taken only when there is nothing else.
 */
export function lastWords(journal: string, count: number): string[] {
  const lines = splitLines(journal)
    .filter((line) => !line.startsWith('-- '))
    .map(parseLine)
    .filter(({ text }) => text !== '');
  const own = lines.filter(({ source }) => source !== 'systemd');
  const texts = (own.length > 0 ? own : lines).map(({ text }) => text);
  return texts.filter((text, i) => texts.lastIndexOf(text) === i).slice(-count);
}
