import pLimit from 'p-limit';
import { Lab } from './lab';
import { recordedCluster } from './recordedCluster';
import { idOf, type Row } from './readme';
import type { Run } from './report';
import { Stage, type Scenario } from './stage';
import { replayInThread } from './virtual/verdicts';

/** Each run has its own seed and prefix, so that nothing in an answer can hang on either. */
export const RUNS = [
  { name: 'seed north', seed: 'north', prefix: 'deis' },
  { name: 'seed south', seed: 'south', prefix: 'pilot' },
] as const;

/** Practice clouds at one time: most of a replay is waiting. */
const AT_ONCE = 4;

interface Mutable {
  differences: Map<string, { difference: string | undefined; ours: Stage['verdicts'][number]['ours'] }>;
  failures: Map<string, string>;
}

interface RunSpec {
  readonly name: string;
  readonly seed: string;
  readonly prefix: string;
}

export interface HowToReplay {
  readonly runs?: readonly RunSpec[];
  /** The program that replays time lines; without it they are not run. */
  readonly timelines?: URL;
}

/** Replays every folder that has a scenario, once for each run. */
export async function replay(
  rows: readonly Row[],
  scenarios: ReadonlyMap<string, Scenario>,
  { runs = RUNS, timelines }: HowToReplay = {},
): Promise<Run[]> {
  const limit = pLimit(AT_ONCE);
  const results = runs.map((run) => ({
    run,
    found: { differences: new Map(), failures: new Map() } satisfies Mutable,
  }));
  // The folders that take longest come first.
  const longest = [...scenarios].sort(([a], [b]) => lengthOf(rows, b) - lengthOf(rows, a));
  const work = longest.flatMap(([folder, scenario]) =>
    results.flatMap(({ run, found }) => {
      const own = rows.filter((row) => row.folder === folder);
      const overSsh = limit(() => replayFolder(own, folder, scenario, run, found));
      if (scenario.hasTimelines !== true || timelines === undefined) return [overSsh];
      return [overSsh, limit(() => replayTimelines(timelines, folder, run, found))];
    }),
  );
  await Promise.all(work);
  return results.map(({ run, found }) => ({ name: run.name, ...found }));
}

const lengthOf = (rows: readonly Row[], folder: string): number =>
  rows.filter((row) => row.folder === folder).reduce((sum, row) => sum + (row.ms || 0), 0);

async function replayFolder(
  rows: readonly Row[],
  folder: string,
  scenario: Scenario,
  run: RunSpec,
  found: Mutable,
): Promise<void> {
  let stage: Stage | undefined;
  let lab: Lab | undefined;
  try {
    lab = await Lab.open({ seed: run.seed, prefix: run.prefix, ...scenario.lab });
    stage = new Stage(lab, rows, recordedCluster(folder));
    await scenario.run(stage);
  } catch (error) {
    found.failures.set(folder, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  } finally {
    for (const { row, difference, ours } of stage?.verdicts ?? []) {
      found.differences.set(idOf(row), { difference, ours });
    }
    await lab?.close();
  }
}

async function replayTimelines(program: URL, folder: string, run: RunSpec, found: Mutable): Promise<void> {
  try {
    const { seed, prefix } = run;
    for (const { file, difference, ours } of await replayInThread(program, { folder, seed, prefix })) {
      found.differences.set(`${folder}/${file}`, { difference, ours });
    }
  } catch (error) {
    found.failures.set(folder, error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
  }
}
