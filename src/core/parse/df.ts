import { badReply } from './reply';
import { splitLines } from './lines';

export interface FileSystemUse {
  readonly device: string;
  /** Empty when df was asked for chosen columns without it. */
  readonly mountedOn: string;
  readonly totalMb: number;
  readonly freeMb: number;
}

const BYTES_PER_MB = 1024 * 1024;
/** `1K-blocks`, `1024-blocks`, `1B-blocks`, `1-blocks`, `1M-blocks`. */
const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, M: BYTES_PER_MB };
const isCount = (word: string | undefined): boolean => word !== undefined && /^\d{1,16}$/.test(word);

function bytesPerBlock(header: string): number {
  const match = /(\d{1,9})([BKM]?)-blocks/.exec(header);
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    throw badReply('df', 'its header names no size of a block');
  }
  return Number(match[1]) * unit;
}

/** `df -P`, with or without a type column. Found by its run of three numbers, since devices and mount points may have blanks. */
export function parseDf(text: string): FileSystemUse[] {
  const [header, ...lines] = splitLines(text);
  const toMb = bytesPerBlock(header ?? '') / BYTES_PER_MB;
  return lines.map((line) => {
    const words = line.trim().split(/\s+/);
    const at = words.findIndex((word, i) => isCount(word) && isCount(words[i + 1]) && isCount(words[i + 2]));
    if (at < 0) {
      throw badReply('df', 'a line has not the known columns');
    }
    return {
      device: words.slice(0, at).join(' '),
      mountedOn: words.slice(at + 4).join(' '),
      totalMb: Math.floor(Number(words[at]) * toMb),
      freeMb: Math.floor(Number(words[at + 2]) * toMb),
    };
  });
}
