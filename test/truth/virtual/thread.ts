/** A thread of the truth run: replays the time lines of one folder, and says which rows are the same. */
import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { VirtualLab } from '../../integration/virtual/virtualLab';
import { translate } from '../names';
import { readRows, recordingOf, type Row } from '../readme';
import { recordedCluster } from '../recordedCluster';
import { POWER_OFF } from './powerOff';
import { POWER_OFF_FLEET_011 } from './powerOffFleet011';
import { problemOf, tell } from './replay';
import type { Outage, Step } from './sequence';
import type { VirtualVerdict } from './verdicts';

const Wanted = v.object({ folder: v.string(), seed: v.string(), prefix: v.string() });

/** The time line, and then what its step asks when it is over. */
async function judge(outage: Outage, step: Step, rows: readonly Row[]): Promise<VirtualVerdict[]> {
  const replayed = await step.replay(outage);
  const problem = problemOf(replayed)?.split('\n')[0];
  const told = { stdout: tell(replayed.events), stderr: '', exit: 0 };
  const verdicts: VirtualVerdict[] = [{ file: `${step.file}.jsonl`, difference: problem, ours: told }];
  for (const [file, compare] of Object.entries(step.after ?? {})) {
    const row = rows.find((one) => one.file === file);
    if (row === undefined) throw new Error(`README.md has no row ${file} in this folder.`);
    const clusters = { recordedCluster: recordedCluster(row.folder), ourCluster: outage.lab.cluster };
    const command = translate(row.command, clusters.recordedCluster, clusters.ourCluster);
    const ours = await outage.lab.run(outage.observer, command);
    verdicts.push({ file, difference: compare({ recorded: recordingOf(row), ours, ...clusters }), ours });
  }
  return verdicts;
}

async function replayAll({ folder, seed, prefix }: v.InferOutput<typeof Wanted>): Promise<VirtualVerdict[]> {
  const sequence = [POWER_OFF, POWER_OFF_FLEET_011].find((one) => one.folder === folder);
  if (sequence === undefined) throw new Error(`There is no sequence of time lines for ${folder}.`);
  const rows = readRows().filter((row) => row.folder === folder);
  const lab = await VirtualLab.open({ fleet: sequence.fleet, seed, prefix });
  try {
    const outage = await sequence.begin(lab);
    const verdicts: VirtualVerdict[] = [];
    for (const step of sequence.steps) verdicts.push(...(await judge(outage, step, rows)));
    return verdicts;
  } finally {
    await lab.close();
  }
}

parentPort?.postMessage(await replayAll(v.parse(Wanted, workerData)));
