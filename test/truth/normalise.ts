import { forgetNumbers, numberNodes, type Cluster } from './names';

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';

/** What differs from run to run in every program's output, and what it becomes. The form of a time stays part of the answer. */
const CHANCE: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.,\d]*(Z|[+-]\d\d:?\d\d)/g, '‹time $1›'],
  [/\b\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d[.\d]*/g, '‹log time›'],
  [new RegExp(`${DAY} \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d UTC; [^;\\n]*? ago`, 'g'), '‹date›; ‹span› ago'],
  [new RegExp(`${DAY}, \\d\\d ${MONTH} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT`, 'g'), '‹HTTP date›'],
  [new RegExp(`\\b${MONTH} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d`, 'g'), '‹syslog time›'],
  [/(\w)\[\d+\]:/g, '$1[‹pid›]:'],
  [/\b((?:Main )?PID|Process): \d+ /g, '$1: ‹pid› '],
  [/([└├]─)\d+ /g, '$1‹pid› '],
  [/\b[0-9a-f]{32}\b/g, '‹id›'],
  // Member and cluster ids are 64 bits in hex, without leading zeros; a shorter one all in digits would be a number.
  [/\b(?:\d{16}|(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{12,16})\b/g, '‹member›'],
  [/^(X-Etcd-Index|X-Raft-Index|X-Raft-Term|Content-Length): \d+/gim, '$1: ‹number›'],
  [/"(index|modifiedIndex|createdIndex)":\d+/g, '"$1":‹number›'],
];

export interface Freedom {
  /** Keep apart who is who: this row is about which machine it is. */
  readonly identity?: boolean;
  /** More that is chance in this row: what is matched becomes the word. */
  readonly chance?: readonly (readonly [RegExp, string])[];
}

/** The text without what must differ between two runs: ids, addresses, times, host names. */
export function normalise(text: string, cluster: Cluster, { identity = false, chance = [] }: Freedom = {}): string {
  let result = numberNodes(text, cluster);
  for (const [pattern, word] of [...chance, ...CHANCE]) result = result.replaceAll(pattern, word);
  return identity ? result : forgetNumbers(result);
}
