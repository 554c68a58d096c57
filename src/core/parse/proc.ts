import { badReply } from './reply';
import { splitLines } from './lines';

export interface Memory {
  readonly totalMb: number;
  readonly availableMb: number;
  readonly swapTotalMb: number;
  readonly swapUsedMb: number;
}

const KB_PER_MB = 1024;
/** Rounded down, as `free -m` does. */
const toMb = (kb: number): number => Math.floor(kb / KB_PER_MB);

/** A whole, not absurdly long number, or undefined. */
const toNumber = (word: string | undefined): number | undefined =>
  word !== undefined && /^\d{1,15}$/.test(word) ? Number(word) : undefined;

/** `/proc/meminfo`. Kernels before 3.14 have no MemAvailable: what is free or can be dropped is the next best. */
export function parseMeminfo(text: string): Memory {
  const kb = new Map<string, number>();
  for (const line of splitLines(text)) {
    const [name, amount] = line.split(/\s+/);
    const value = toNumber(amount);
    if (name?.endsWith(':') === true && value !== undefined) {
      kb.set(name.slice(0, -1), value);
    }
  }
  const total = kb.get('MemTotal');
  if (total === undefined) {
    throw badReply('/proc/meminfo', 'it has no MemTotal');
  }
  const sum = (...names: string[]): number => names.reduce((all, name) => all + (kb.get(name) ?? 0), 0);
  const swapTotal = sum('SwapTotal');
  return {
    totalMb: toMb(total),
    availableMb: toMb(kb.get('MemAvailable') ?? sum('MemFree', 'Buffers', 'Cached')),
    swapTotalMb: toMb(swapTotal),
    swapUsedMb: toMb(Math.max(0, swapTotal - sum('SwapFree'))),
  };
}

export interface SwapArea {
  readonly path: string;
  readonly type: string;
  readonly sizeKb: number;
  readonly usedKb: number;
}

/** `/proc/swaps`: a header line alone when there is no swap. Blanks in a path are written `\040`. */
export function parseSwaps(text: string): SwapArea[] {
  const [header, ...lines] = splitLines(text);
  if (header?.startsWith('Filename') !== true) {
    throw badReply('/proc/swaps', 'its header is missing');
  }
  return lines.map((line) => {
    const [path, type, size, used] = line.split(/\s+/);
    const sizeKb = toNumber(size);
    const usedKb = toNumber(used);
    if (path === undefined || type === undefined || sizeKb === undefined || usedKb === undefined) {
      throw badReply('/proc/swaps', 'a line has not the known columns');
    }
    return { path, type, sizeKb, usedKb };
  });
}

/** `/proc/loadavg`: the averages over 1, 5 and 15 minutes. */
export function parseLoadAverage(text: string): [number, number, number] {
  const words = text.trim().split(/\s+/).slice(0, 3);
  const [one, five, fifteen] = words.map((word) => (/^\d{1,9}\.\d{1,4}$/.test(word) ? Number(word) : undefined));
  if (one === undefined || five === undefined || fifteen === undefined) {
    throw badReply('/proc/loadavg', 'its first three words are not numbers');
  }
  return [one, five, fifteen];
}
