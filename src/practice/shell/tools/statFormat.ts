import type { FsStat } from 'just-bash';
import { formatDate } from '../../programs/time/dateFormat';

export interface StatFacts {
  readonly name: string;
  readonly target: string | undefined;
  readonly stat: FsStat;
  readonly owner: string;
}

/** The image's /etc/passwd. */
const IDS: Readonly<Record<string, number>> = { root: 0, core: 500, etcd: 232, fleet: 253 };
const BLOCK = 4096;

/** Without a format (coreutils 8.23). */
export const STAT_LONG = `  File: %N
  Size: %-s\tBlocks: %-b IO Block: ${BLOCK}   %F
Device: fe09h/65033d\tInode: %-i Links: %h
Access: (0%a/%A)  Uid: (%+u/%+U)   Gid: (%+u/%+U)
Access: %x
Modify: %y
Change: %z
 Birth: -
`;

/** `stat -c`: `%n %s %a %U %F` and the like. */
export function formatStat(format: string, facts: StatFacts): string {
  const known = fieldsOf(facts);
  const sized: Readonly<Record<string, string>> = {
    '%-s': (known['s'] ?? '').padEnd(10),
    '%-b': (known['b'] ?? '').padEnd(10),
    '%-i': (known['i'] ?? '').padEnd(11),
    '%+u': (known['u'] ?? '').padStart(5),
    '%+U': (known['U'] ?? '').padStart(8),
  };
  return format.replaceAll(/%[-+]?[A-Za-z%]/g, (field) => sized[field] ?? known[field.slice(1)] ?? field);
}

function fieldsOf({ name, target, stat, owner }: StatFacts): Readonly<Record<string, string>> {
  const at = stat.mtime.getTime();
  const [time, seconds] = [formatDate(at, '%F %T.%N %z'), String(Math.floor(at / 1000))];
  const id = String(IDS[owner] ?? 0);
  return {
    n: name,
    N: target === undefined ? `‘${name}’` : `‘${name}’ -> ‘${target}’`,
    s: String(stat.size),
    b: String(stat.isDirectory ? 8 : Math.ceil(stat.size / BLOCK) * 8),
    B: '512',
    o: String(BLOCK),
    a: (stat.mode & 0o7777).toString(8),
    A: modeText(stat),
    f: (stat.mode & 0o7777).toString(16),
    F: stat.isDirectory
      ? 'directory'
      : stat.isSymbolicLink
        ? 'symbolic link'
        : stat.size === 0
          ? 'regular empty file'
          : 'regular file',
    u: id,
    g: id,
    U: owner,
    G: owner,
    h: String(stat.isDirectory ? 2 : 1),
    i: String(stat.ino ?? 1),
    d: '65033',
    ...{ x: time, y: time, z: time, X: seconds, Y: seconds, Z: seconds, w: '-', W: '0', '%': '%' },
  };
}

export function modeText({ isDirectory, isSymbolicLink, mode }: FsStat): string {
  const kind = isDirectory ? 'd' : isSymbolicLink ? 'l' : '-';
  const bits = [6, 3, 0].map((shift) =>
    ['r', 'w', 'x'].map((letter, index) => (((mode >> shift) & (4 >> index)) !== 0 ? letter : '-')).join(''),
  );
  return `${kind}${bits.join('')}`;
}
