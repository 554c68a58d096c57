import type { Cluster } from './names';
import { normalise, type Freedom } from './normalise';
import type { Said } from './readme';
import { diffJson } from './json';

/** Two answers to one question, each with the cluster that it speaks of. */
export interface Pair {
  readonly recorded: Said;
  readonly ours: Said;
  readonly recordedCluster: Cluster;
  readonly ourCluster: Cluster;
}

/** Says in a short phrase what differs; undefined: nothing. */
export type Comparator = (pair: Pair) => string | undefined;
/** Compares one stream, already without what is chance. */
export type StreamComparator = (recorded: string, ours: string) => string | undefined;

const shorten = (text: string): string => (text.length > 90 ? `${text.slice(0, 87)}…` : text);
const quote = (text: string | undefined): string => (text === undefined ? 'nothing' : JSON.stringify(shorten(text)));

/** The same characters. */
export const exact: StreamComparator = (recorded, ours) => {
  if (recorded === ours) return undefined;
  const [wanted, got] = [recorded.split('\n'), ours.split('\n')];
  const at = wanted.findIndex((line, index) => line !== got[index]);
  const line = at < 0 ? wanted.length : at;
  return `line ${line + 1} is ${quote(got[line])}, not ${quote(wanted[line])}`;
};

/** What one list has and the other has not, every copy counted. */
function diffMultiset(recorded: readonly string[], ours: readonly string[], what: string): string | undefined {
  const left = [...ours];
  for (const one of recorded) {
    const index = left.indexOf(one);
    if (index < 0) return `${what} ${quote(one)} is missing${left.length > 0 ? `; extra ${quote(left[0])}` : ''}`;
    left.splice(index, 1);
  }
  return left.length > 0 ? `${what} ${quote(left[0])} is too many` : undefined;
}

/** The same lines in any order, as many times each. */
export const lines: StreamComparator = (recorded, ours) => diffMultiset(recorded.split('\n'), ours.split('\n'), 'line');

/**
 * Lines of a journal or of parallel progress, whose order and number are chance: each kind of line that one has, the other has too.
 * Carriage returns part lines like line feeds, blanks that pad to a column do not count.
 */
export const kinds: StreamComparator = (recorded, ours) => {
  const kindsOf = (text: string): string[] =>
    [...new Set(text.split(/[\r\n]+/).map((line) => line.trimEnd()))].filter((line) => line !== '').sort();
  return diffMultiset(kindsOf(recorded), kindsOf(ours), 'line');
};

/**
 * deisctl's progress: `unit: state` again and again, each over the one before. Units work at once, so that the order of their lines
 * and which states on the way are seen is chance; that every unit comes to its last state, in the same colours and padding, and all
 * lines between them in their order, is not.
 */
export const progress: StreamComparator = (recorded, ours) => {
  const parts = (text: string): { units: string[]; others: string } => {
    const all = text.split(/(?<=[\r\n])/);
    const nameOf = (part: string): string | undefined => /[\w@-]+\.service:/.exec(part)?.[0];
    const last = new Map(all.flatMap((part) => [[nameOf(part) ?? '', part.replace(/\n$/, '')]]));
    last.delete('');
    const others = all.filter((part) => nameOf(part) === undefined && part.trim() !== '').join('');
    return { units: [...last.values()].sort(), others };
  };
  const [wanted, got] = [parts(recorded), parts(ours)];
  return diffMultiset(wanted.units, got.units, 'last state') ?? exact(wanted.others, got.others);
};

const cells = (line: string): string[] => line.split(/\t+/).map((cell) => cell.trim());

/** The first line is the columns, in order; below it the same rows in any order, each cell the same. */
export const table: StreamComparator = (recorded, ours) => {
  const [wantedColumns = '', ...wanted] = recorded.split('\n');
  const [gotColumns = '', ...got] = ours.split('\n');
  const columns = exact(cells(wantedColumns).join('|'), cells(gotColumns).join('|'));
  if (columns !== undefined) return `columns: ${columns}`;
  return rows(wanted.join('\n'), got.join('\n'));
};

/** A table without its first line. */
export const rows: StreamComparator = (recorded, ours) => {
  const all = (text: string): string[] => text.split('\n').map((line) => cells(line).join('|'));
  return diffMultiset(all(recorded), all(ours), 'row');
};

/**
 * The recorded answer, or what the same question is answered a moment later: fleet tells of changes with a lag of up to some seconds,
 * and how much of it had passed when the recorder asked is chance.
 */
export function orLater(compare: Comparator, ...laterStdouts: readonly string[]): Comparator {
  return (pair) => {
    const difference = compare(pair);
    const isLater = laterStdouts.some(
      (stdout) => compare({ ...pair, recorded: { ...pair.recorded, stdout } }) === undefined,
    );
    return isLater ? undefined : difference;
  };
}

/**
 * A list taken while states change and rows vanish: columns as in `table`, no more rows of a unit than were recorded but one at least, and no row in a
 * state in which the recorded list shows none of its unit. Which machine is behind is chance.
 */
export const snapshot: StreamComparator = (recorded, ours) => {
  const [wantedColumns = [], ...wanted] = recorded.trimEnd().split('\n').map(cells);
  const [gotColumns = [], ...got] = ours.trimEnd().split('\n').map(cells);
  const columns = exact(wantedColumns.join('|'), gotColumns.join('|'));
  if (columns !== undefined) return `columns: ${columns}`;
  const count = (all: readonly string[][], unit: string | undefined): number =>
    all.filter((row) => row[0] === unit).length;
  const crowd = got.find(([unit]) => count(got, unit) > count(wanted, unit));
  if (crowd !== undefined) return `${count(got, crowd[0])} rows of ${crowd[0] ?? ''}, not ${count(wanted, crowd[0])}`;
  const lost = wanted.find(([unit]) => count(got, unit) === 0);
  if (lost !== undefined) return `no row of ${lost[0] ?? ''}`;
  const stateOf = (row: readonly string[]): string => row.filter((cell) => !cell.includes('‹machine›')).join('|');
  const known = new Set(wanted.map(stateOf));
  const strange = got.map(stateOf).find((state) => !known.has(state));
  return strange === undefined ? undefined : `row ${quote(strange)} is in none of the recorded states`;
};

/** Whether each column of a text that tabs part begins at one place; fleetctl and deisctl pad to the widest cell. */
export function isAligned(text: string): boolean {
  const stops = (line: string): number[] => {
    const found: number[] = [];
    let at = 0;
    for (const [character, next] of Array.from(line).map((one, index, all) => [one, all[index + 1]] as const)) {
      at = character === '\t' ? (Math.floor(at / 8) + 1) * 8 : at + 1;
      if (character === '\t' && next !== '\t') found.push(at);
    }
    return found;
  };
  const all = text
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => stops(line).join(' '));
  return all.every((one) => one === all[0]);
}

function diffExit(recorded: Said, ours: Said): string | undefined {
  if (recorded.exit === undefined || recorded.exit === ours.exit) return undefined;
  return `exit ${String(ours.exit)}, not ${String(recorded.exit)}`;
}

const endsLine = (text: string): boolean => text.endsWith('\n');

export interface HowToCompare extends Freedom {
  readonly stdout?: StreamComparator;
  readonly stderr?: StreamComparator;
}

/** Exit code and both streams, each by its comparator; without one, character by character. */
export function streams(how: HowToCompare = {}): Comparator {
  return ({ recorded, ours, recordedCluster, ourCluster }) => {
    const exit = diffExit(recorded, ours);
    if (exit !== undefined) {
      return `${exit}${ours.exit === 0 ? '' : ` (${quote(ours.stderr.trim() || ours.stdout.trim())})`}`;
    }
    for (const stream of ['stdout', 'stderr'] as const) {
      const compare = how[stream] ?? exact;
      const wanted = normalise(recorded[stream], recordedCluster, how);
      const got = normalise(ours[stream], ourCluster, how);
      // What was cut off ends anywhere.
      const isEndAlike = endsLine(wanted) === endsLine(got) || recorded.exit === 'running';
      const end = isEndAlike ? undefined : `ends ${endsLine(got) ? 'in' : 'without'} a line feed`;
      const difference = compare(wanted, got) ?? end;
      if (difference !== undefined) return `${stream} ${difference}`;
    }
    return undefined;
  };
}

/** fleetctl's and deisctl's lists. `hasColumns: false`: printed with --no-legend. */
export function listing(
  how: Freedom & { readonly hasColumns?: boolean; readonly isChanging?: boolean } = {},
): Comparator {
  const stable = how.hasColumns === false ? rows : table;
  const compare = streams({ ...how, stdout: how.isChanging === true ? snapshot : stable });
  return (pair) => {
    const difference = compare(pair);
    if (difference !== undefined) return difference;
    const isWanted = isAligned(pair.recorded.stdout);
    return isWanted && !isAligned(pair.ours.stdout) ? 'stdout columns are not aligned' : undefined;
  };
}

export interface HowToCompareJson extends Freedom {
  /** Keys whose numbers and texts are chance: only their types are compared. */
  readonly freeKeys?: readonly string[];
}

/** One JSON value on stdout; stderr, the answer's head when curl shows it, character by character. */
export function json(how: HowToCompareJson = {}): Comparator {
  const compareRest = streams({ ...how, stdout: () => undefined });
  return (pair) => {
    const rest = compareRest(pair);
    if (rest !== undefined) return rest;
    const [wanted, got] = [pair.recorded.stdout, pair.ours.stdout];
    const difference = diffJson(
      { text: wanted, normalise: (text) => normalise(text, pair.recordedCluster, how) },
      { text: got, normalise: (text) => normalise(text, pair.ourCluster, how) },
      new Set(how.freeKeys ?? []),
    );
    if (difference !== undefined) return `stdout ${difference}`;
    return diffLength(pair.ours);
  };
}

/** The length that an answer says must be that of its body. */
function diffLength({ stdout, stderr }: Said): string | undefined {
  const said = /^Content-Length: (\d+)/im.exec(stderr)?.[1];
  const length = Buffer.byteLength(stdout);
  return said === undefined || Number(said) === length
    ? undefined
    : `Content-Length is ${said}, the body has ${length}`;
}
