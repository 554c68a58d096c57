/** Colours and other CSI sequences, which deisctl writes even when nobody looks (recorded: traces/deisctl/start-platform.txt). */
// eslint-disable-next-line no-control-regex -- the escape character is what we look for
const COLOURS = /\u001b\[[0-9;?]*[A-Za-z]/g;

export const stripColours = (text: string): string => text.replaceAll(COLOURS, '');

/** Lines ended by LF, CR LF or a lone CR (deisctl rewrites its progress line with CR), without colours, padding and blank ones. */
export function splitLines(text: string): string[] {
  return stripColours(text)
    .split(/[\r\n]+/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

export interface LineReader {
  /** The lines that became complete. */
  push(chunk: string): string[];
  /** What is left when the stream ends. */
  end(): string[];
}

/** For output that arrives in pieces: a line is held back until its CR or LF is there. */
export function createLineReader(): LineReader {
  let rest = '';
  return {
    push(chunk) {
      rest += chunk;
      const end = Math.max(rest.lastIndexOf('\n'), rest.lastIndexOf('\r')) + 1;
      const complete = rest.slice(0, end);
      rest = rest.slice(end);
      return splitLines(complete);
    },
    end() {
      const last = rest;
      rest = '';
      return splitLines(last);
    },
  };
}

/** `journalctl -o cat`: the messages alone; journalctl's own remarks (`-- No entries --`, `-- Reboot --`) are left out. */
export function parseJournal(text: string): string[] {
  return splitLines(text).filter((line) => !(line.startsWith('-- ') && line.endsWith(' --')));
}
