import { idOf, type Row, type Said } from './readme';

/** What both runs say of a row. */
export interface Judged {
  readonly row: Row;
  readonly verdict: 'same' | 'differs' | 'not applicable';
  readonly why: string;
  readonly ours: Said | undefined;
}

export interface Run {
  readonly name: string;
  /** By row id: what differs, or undefined for the same. A row that is not here was not run. */
  readonly differences: ReadonlyMap<
    string,
    { readonly difference: string | undefined; readonly ours: Said | undefined }
  >;
  /** By folder: why its scenario ended early. */
  readonly failures: ReadonlyMap<string, string>;
}

/** Joins the runs: a row is the same when every run says so. */
export function judge(
  rows: readonly Row[],
  runs: readonly Run[],
  notApplicable: Readonly<Record<string, string>>,
): Judged[] {
  return rows.map((row) => {
    const reason = notApplicable[idOf(row)];
    if (reason !== undefined) return { row, verdict: 'not applicable', why: reason, ours: undefined };
    for (const run of runs) {
      const found = run.differences.get(idOf(row));
      const failure = run.failures.get(row.folder);
      const why =
        found === undefined
          ? `not run${failure === undefined ? ': no scenario asks it' : `: ${failure}`}`
          : found.difference;
      if (why !== undefined) return { row, verdict: 'differs', why: `${why} [${run.name}]`, ours: found?.ours };
    }
    return { row, verdict: 'same', why: '', ours: undefined };
  });
}

/** What is wrong with the list itself. */
export function checkNotApplicable(rows: readonly Row[], list: Readonly<Record<string, string>>): string[] {
  const known = new Set(rows.map(idOf));
  const unknown = Object.keys(list).filter((id) => !known.has(id));
  const problems = unknown.map((id) => `not applicable names ${id}, which is no row`);
  const count = Object.keys(list).length;
  if (count > rows.length / 10) problems.push(`${count} of ${rows.length} rows are not applicable: more than a tenth`);
  return problems;
}

export interface Share {
  readonly same: number;
  readonly counted: number;
  readonly percent: number;
  readonly notApplicable: number;
}

export function shareOf(judged: readonly Judged[]): Share {
  const counted = judged.filter(({ verdict }) => verdict !== 'not applicable').length;
  const same = judged.filter(({ verdict }) => verdict === 'same').length;
  return { same, counted, percent: counted === 0 ? 0 : (same / counted) * 100, notApplicable: judged.length - counted };
}

export function lastLine(judged: readonly Judged[]): string {
  const { same, counted, percent, notApplicable } = shareOf(judged);
  return `truth: ${same} of ${counted} rows same (${percent.toFixed(1)} %), ${notApplicable} not applicable`;
}
