import { createLineReader, splitLines } from './lines';

/** What one line of deisctl's output means. deisctl's exit code means nothing (facts: traces/deisctl/start-not-installed.txt). */
export type DeisctlEvent =
  | { readonly kind: 'section'; readonly title: string }
  /** `state` is one word (`loaded`, `destroyed`) or systemd's two, `active/running`. */
  | { readonly kind: 'unit'; readonly unit: string; readonly state: string }
  | { readonly kind: 'done' }
  /** Something failed or is missing, though deisctl goes on and exits with 0. */
  | { readonly kind: 'problem'; readonly text: string }
  | { readonly kind: 'message'; readonly text: string };

/** The three shapes of Deis' banner stand before its first lines. */
const BANNER = /^[●▴■\s]+/u;
const UNIT_LINE = /^(\S+\.(?:service|socket|timer|mount)):\s+(\S+)$/;
const PROBLEM =
  /^(?:error\b|could not\b|unable\b|timeout\b|googleapi:|unit \S+ already exists|the service '\S+' failed\b)/i;

export function parseDeisctlLine(line: string): DeisctlEvent | undefined {
  const text = line.replace(BANNER, '').trim();
  const [, unit, state] = UNIT_LINE.exec(text) ?? [];
  if (unit !== undefined && state !== undefined) {
    return { kind: 'unit', unit, state };
  }
  if (text === '') {
    return undefined;
  }
  if (text === 'Done.') {
    return { kind: 'done' };
  }
  if (/^(?:Storage|Logging) subsystem\.\.\.$|^(?:Control|Data) plane\.\.\.$|^Router mesh\.\.\.$/.test(text)) {
    return { kind: 'section', title: text.slice(0, -'...'.length) };
  }
  return PROBLEM.test(text) ? { kind: 'problem', text } : { kind: 'message', text };
}

const toEvents = (lines: readonly string[]): DeisctlEvent[] => lines.flatMap((line) => parseDeisctlLine(line) ?? []);

/** The whole output of `deisctl install|start|stop|uninstall|scale`. */
export const parseDeisctl = (text: string): DeisctlEvent[] => toEvents(splitLines(text));

/** The same for output that arrives in pieces. */
export function createDeisctlReader(): { push(chunk: string): DeisctlEvent[]; end(): DeisctlEvent[] } {
  const reader = createLineReader();
  return { push: (chunk) => toEvents(reader.push(chunk)), end: () => toEvents(reader.end()) };
}
