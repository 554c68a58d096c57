import { parseArgs } from 'node:util';
import { NOT_APPLICABLE } from './notApplicable';
import { idOf, readRows, recordingOf, type Said } from './readme';
import { checkNotApplicable, judge, lastLine, shareOf, type Judged } from './report';
import { replay } from './runner';
import type { Scenario } from './stage';

const WANTED_PERCENT = 95;

/** `npm run truth`: resolves with the exit code. A filter is a folder, or `folder/part of a file's name`. */
export async function main(
  scenarios: ReadonlyMap<string, Scenario>,
  args: readonly string[],
  print: (text: string) => void,
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { json: { type: 'boolean' }, verbose: { type: 'boolean' } },
  });
  const all = readRows();
  const problems = checkNotApplicable(all, NOT_APPLICABLE);
  const folders = new Set(positionals.map((filter) => filter.split('/')[0] ?? ''));
  const isWanted = (id: string): boolean =>
    positionals.length === 0 ||
    positionals.some((filter) => id.startsWith(filter.includes('/') ? filter : `${filter}/`));
  const rows = all.filter((row) => isWanted(idOf(row)));
  const chosen = new Map([...scenarios].filter(([folder]) => folders.size === 0 || folders.has(folder)));
  const runs = await replay(all, chosen, { timelines: new URL('virtual/thread.mjs', import.meta.url) });
  const judged = judge(rows, runs, NOT_APPLICABLE);
  const isVerbose = values.verbose === true || positionals.some((filter) => filter.includes('/'));
  if (values.json === true) print(JSON.stringify(judged.map(toJson), null, 2));
  else for (const one of judged) print(toLine(one) + (isVerbose && one.verdict === 'differs' ? bothOf(one) : ''));
  for (const problem of problems) print(`truth: ${problem}`);
  print(lastLine(judged));
  return problems.length === 0 && shareOf(judged).percent >= WANTED_PERCENT ? 0 : 1;
}

const toJson = ({ row, verdict, why }: Judged): object => ({ row: idOf(row), command: row.command, verdict, why });

const toLine = ({ row, verdict, why }: Judged): string =>
  `${verdict.padEnd(14)}  ${idOf(row).padEnd(48)}  ${why}`.trimEnd();

/** The recorded answer and ours, one below the other: terminals are seldom wide enough for two. */
function bothOf({ row, ours }: Judged): string {
  const show = (title: string, said: Said | undefined): string =>
    said === undefined
      ? `\n--- ${title}: none`
      : `\n--- ${title}: exit ${String(said.exit)}\n${said.stdout}\n--- ${title}, stderr\n${said.stderr}`;
  return `\n$ ${row.command}${show('recorded', recordingOf(row))}${show('ours', ours)}\n`;
}
