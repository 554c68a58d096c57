import { streams, type Comparator } from './compare';
import type { Lab, LabOptions } from './lab';
import { LENIENT } from './lenient';
import { translate, type Cluster } from './names';
import { unseen } from './plants';
import { idOf, recordingOf, type Row, type Said } from './readme';

/** The replay of one folder's rows. */
export interface Scenario {
  /** What the lab is opened with, such as another fleet. */
  readonly lab?: Partial<LabOptions>;
  /** Its time lines are replayed in virtual time, which no busy machine can bend (virtual/). */
  readonly hasTimelines?: boolean;
  run(stage: Stage): Promise<void>;
}

export interface Verdict {
  readonly row: Row;
  /** Undefined: the same. */
  readonly difference: string | undefined;
  readonly ours: Said | undefined;
}

export interface HowToRun {
  readonly as?: Comparator;
  /** Where, when not where the row says, such as the node that has the unit here. */
  readonly node?: string;
  /** The whole command, when the table cuts it short, in the recording's words. */
  readonly command?: string;
  /** The command in our words, put in as it is: nothing of it is translated. */
  readonly ourCommand?: string;
  /** Asks again for so long, in the cluster's time, until it is the same: only for a question that changes nothing. */
  readonly within?: number;
  /** In the cluster's time; a row that was cut off is by default cut off after the recorded time. */
  readonly limitMs?: number;
  readonly stdin?: string;
}

export class Stage {
  readonly #verdicts = new Map<string, Verdict>();
  readonly #rows: ReadonlyMap<string, Row>;

  constructor(
    readonly lab: Lab,
    rows: readonly Row[],
    readonly recordedCluster: Cluster,
  ) {
    this.#rows = new Map(rows.map((row) => [row.file, row]));
  }

  get verdicts(): readonly Verdict[] {
    return [...this.#verdicts.values()];
  }

  /** Runs a row's command and compares its answer with the recorded one. */
  async row(file: string, how: HowToRun = {}): Promise<Said> {
    const row = this.#row(file);
    const command = how.ourCommand ?? translate(how.command ?? row.command, this.recordedCluster, this.lab.cluster);
    const limitMs = how.limitMs ?? (row.exit === 'running' ? row.ms : undefined);
    const ask = async (): Promise<Said> =>
      await this.lab.run(how.node ?? row.where, command, {
        ...{ tty: row.hasTerminal, stdin: how.stdin ?? '' },
        ...(limitMs !== undefined && { limitMs }),
      });
    const end = performance.now() + (how.within ?? 0) / this.lab.speed;
    for (;;) {
      const ours = await ask();
      const difference = this.#compare(row, ours, how.as ?? streams());
      if (difference === undefined || performance.now() >= end) {
        this.#verdicts.set(file, { row, difference, ours });
        return ours;
      }
      await this.lab.rest(300);
    }
  }

  /** A row's command in the recording's words. */
  commandOf(file: string): string {
    return this.#row(file).command;
  }

  /** Several rows one after the other, all compared in one way. */
  async rows(files: readonly string[], how: HowToRun = {}): Promise<void> {
    for (const file of files) await this.row(file, how);
  }

  /** Compares an answer that was got in a way of the scenario's own. */
  compare(file: string, ours: Said, comparator: Comparator): void {
    const row = this.#row(file);
    this.#verdicts.set(file, { row, difference: this.#compare(row, ours, comparator), ours });
  }

  /** A verdict that the scenario has found itself: undefined is the same. */
  judge(file: string, difference: string | undefined, ours?: Said): void {
    this.#verdicts.set(file, { row: this.#row(file), difference, ours });
  }

  /** Brings the cluster into the state that the next rows want; a command that fails ends the scenario. */
  async prepare(node: string, command: string): Promise<string> {
    const translated = translate(command, this.recordedCluster, this.lab.cluster);
    const { stdout, stderr, exit } = await this.lab.run(node, translated);
    if (exit !== 0)
      throw new Error(`"${command.slice(0, 80)}" on ${node} ended with ${String(exit)}: ${stdout}${stderr}`);
    return stdout;
  }

  rest(ms: number): Promise<void> {
    return this.lab.rest(ms);
  }

  /** The node that runs a unit here, by fleet's word; `deis-N`. */
  async nodeOf(unit: string, limitMs = 60_000): Promise<string> {
    const ask = 'fleetctl list-units --full --no-legend --fields=unit,machine';
    const at = new RegExp(String.raw`^${unit.replaceAll('.', String.raw`\.`)}\t+([0-9a-f]{32})/`, 'm');
    await this.lab.until('deis-1', ask, at, limitMs);
    const machine = at.exec((await this.lab.run('deis-1', ask)).stdout)?.[1] ?? '';
    return `deis-${this.lab.cluster.machines.indexOf(machine) + 1}`;
  }

  /** Five nodes have this text in this file. */
  async writeEverywhere(file: string, text: string): Promise<void> {
    for (const number of [1, 2, 3, 4, 5]) await this.lab.write(`deis-${number}`, file, text);
  }

  /** An answer is the same only where one that is planted wrong is none. */
  #compare(row: Row, ours: Said, comparator: Comparator): string | undefined {
    const clusters = { recordedCluster: this.recordedCluster, ourCluster: this.lab.cluster };
    const recorded = recordingOf(row);
    const compare = (said: Said): string | undefined => comparator({ recorded, ours: said, ...clusters });
    const difference = compare(ours);
    if (difference !== undefined) return difference;
    const allowed = LENIENT[idOf(row)]?.plants ?? [];
    const [blind] = unseen(ours, (wrong) => compare(wrong) === undefined).filter((name) => !allowed.includes(name));
    return blind === undefined ? undefined : `is the same, but the comparison does not see ${blind}`;
  }

  #row(file: string): Row {
    const row = this.#rows.get(file);
    if (row === undefined) throw new Error(`README.md has no row ${file} in this folder.`);
    return row;
  }
}
