import { ClusterError } from '../errors';
import type { Run } from '../plan/step';
import { Stopwatch } from '../plan/stopwatch';
import type { Clock } from '../ports';
import { lastJournalLines } from './command';
import { withNode } from './nodes';
import {
  isRunning,
  nodeOfMachine,
  notLaunched,
  notRunning,
  type MissingRow,
  type PlatformState,
} from './platformState';

/** The units' own TimeoutStartSec is 20 minutes, that of builder and registry 30: no pull takes longer than that in one state. */
const STALL_MS = 30 * 60_000;
/** A unit that crashes is started again after 5 s, for ever, and never becomes `failed` (recorded: deisctl/systemctl-show-failing). */
const CRASHES = 6;
const CRASH_STALL_MS = 3 * 60_000;

/**
 * deisctl has no time limit of its own. Progress is a row that reaches a state it never had; a crash loop goes round the same
 * few states, so it makes no progress however busy it looks.
 */
export class StartWatchdog {
  readonly #seen = new Map<string, Set<string>>();
  readonly #last = new Map<string, string>();
  readonly #crashes = new Map<string, number>();
  readonly #sinceProgress: Stopwatch;

  constructor(clock: Clock) {
    this.#sinceProgress = new Stopwatch(clock);
  }

  /** How long nothing has got any further. */
  get quietMs(): number {
    return this.#sinceProgress.elapsedMs;
  }

  /** The row for whose sake it is no use to wait on, if there is one. */
  look(state: PlatformState): MissingRow | undefined {
    for (const row of state.rows) {
      const key = `${row.name} ${row.machineId}`;
      const now = `${row.load}/${row.active}/${row.sub}`;
      const seen = this.#seen.get(key) ?? new Set();
      this.#seen.set(key, seen);
      if (!seen.has(now)) {
        seen.add(now);
        this.#sinceProgress.reset();
      }
      if (now !== this.#last.get(key) && (row.sub === 'auto-restart' || row.active === 'failed')) {
        this.#crashes.set(key, (this.#crashes.get(key) ?? 0) + 1);
      }
      this.#last.set(key, now);
    }
    const elapsedMs = this.#sinceProgress.elapsedMs;
    const waiting = this.#waitingFor(state);
    const crashing = waiting.filter((missing) => this.#isHopeless(missing));
    if (crashing.length > 0 && crashing.length === waiting.length && elapsedMs > CRASH_STALL_MS) {
      return crashing[0];
    }
    const ids = state.machines.map(({ id }) => id);
    return elapsedMs > STALL_MS ? (crashing[0] ?? waiting[0] ?? notRunning(state, ids)[0]) : undefined;
  }

  /** What was launched and does not run; what deisctl has not come to yet is not to blame. */
  #waitingFor(state: PlatformState): MissingRow[] {
    const later = new Set(notLaunched(state).map(({ name }) => name));
    const ids = state.machines.map(({ id }) => id);
    return notRunning(state, ids).filter(({ unit }) => !later.has(unit));
  }

  #isHopeless({ row }: MissingRow): boolean {
    if (row === undefined || isRunning(row)) {
      return false;
    }
    return row.active === 'failed' || (this.#crashes.get(`${row.name} ${row.machineId}`) ?? 0) >= CRASHES;
  }
}

/** Which unit, on which node, and the last it had to say. */
export async function describeStuck(run: Run, state: PlatformState, stuck: MissingRow): Promise<ClusterError> {
  const machineId = stuck.row?.machineId ?? stuck.machineId;
  const nodeName = nodeOfMachine(run, state, machineId);
  const words = stuck.row === undefined ? 'has no machine that runs it' : `is ${stuck.row.active}/${stuck.row.sub}`;
  let lines: string[] = [];
  if (nodeName !== undefined) {
    lines = await withNode(run, nodeName, (node) => lastJournalLines(node, stuck.unit)).catch(() => []);
  }
  return new ClusterError(
    `${stuck.unit} ${words}${nodeName === undefined ? '' : ` on ${nodeName}`} and does not get any further.` +
      `${lines.length > 0 ? ` Its last words: ${lines.join(' | ')}.` : ''} Resume the setup to try again.`,
    { code: 'unitFailed', remedy: 'resumeSetup' },
  );
}
