import { ClusterError } from '../errors';
import { isTransient } from '../plan/retry';
import type { Run, Step } from '../plan/step';
import { Stopwatch } from '../plan/stopwatch';
import { JobFollower } from './jobFollower';
import { describeStuck, StartWatchdog } from './startWatchdog';
import { expectedRows, notLaunched, notRunning, readPlatform, type PlatformState } from './platformState';
import { jobState, startJob } from './remoteJob';

const UNIT = 'deis-start-platform';
const ATTEMPTS = 3;
const FIRST_POLL_MS = 500;
/** A unit that crashed is `auto-restart` for 5 s. */
const MAX_POLL_MS = 4_000;
const QUIET_LOOKS = 15;
/** A look at the job costs a login shell on its node: only at every fifth look at fleet. */
const LOOKS_AT_JOB = 5;
/** fleet may be silent for more than a minute after quorum returns; a node that reboots takes two. */
const SILENCE_MS = 5 * 60_000;

/**
 * `deisctl start platform`, which can take an hour of image pulls. deisctl says "Done." and exits with 0 when units fail, and
 * looks at one row of a global unit only: what counts is every row on every node.
 */
export const startStep: Step = {
  id: 'start',
  title: 'Start the platform',

  observe: async (run) => isComplete(run, await readPlatform(run)),

  async apply(run) {
    const start = new Start(run);
    try {
      await start.run();
    } finally {
      start.dispose();
    }
  },

  async verify(run) {
    const state = await readPlatform(run);
    if (!isComplete(run, state)) {
      throw new ClusterError(
        `Not every unit of the platform runs: ${notRunning(state, machineIds(state))[0]?.unit ?? 'machines are missing'}.`,
        {
          code: 'unitFailed',
          remedy: 'resumeSetup',
        },
      );
    }
  },
};

const machineIds = (state: PlatformState): string[] => state.machines.map(({ id }) => id);

/** How long a node may be missing when all else runs: it may be on its way back. */
const ABSENCE_MS = 3 * 60_000;

/** Every machine is there, and on it every row that belongs there. */
const isComplete = (run: Run, state: PlatformState): boolean =>
  state.machines.length >= run.journal.data.spec.instances && notRunning(state, machineIds(state)).length === 0;

/** One watch over a start, in this window or begun in another. */
class Start {
  readonly #run: Run;
  readonly #follower: JobFollower;
  readonly #watchdog: StartWatchdog;
  readonly #silence: Stopwatch;
  readonly #absence: Stopwatch;
  #attempts = 0;
  #looks = 0;

  constructor(run: Run) {
    const { clock } = run.provider;
    this.#run = run;
    this.#follower = new JobFollower(run, UNIT);
    this.#watchdog = new StartWatchdog(clock);
    this.#silence = new Stopwatch(clock);
    this.#absence = new Stopwatch(clock);
  }

  async run(): Promise<void> {
    while (!(await this.#tryLook())) {
      // The longer nothing happens, the less often; never so rarely that a crash could hide between two looks.
      const quietMs = this.#watchdog.quietMs / QUIET_LOOKS;
      await this.#follower.pause(Math.min(MAX_POLL_MS, Math.max(FIRST_POLL_MS, quietMs)));
    }
  }

  dispose(): void {
    this.#follower.dispose();
  }

  /** A node that reboots, etcd without quorum, fleet that thinks it over: the work on the nodes goes on meanwhile. */
  async #tryLook(): Promise<boolean> {
    this.#run.signal.throwIfAborted();
    try {
      return await this.#look();
    } catch (error) {
      this.#run.signal.throwIfAborted();
      if (!isTransient(error) || this.#silence.elapsedMs > SILENCE_MS) {
        throw error;
      }
      this.#run.report('The cluster does not answer; still watching');
      return false;
    }
  }

  /** True: everything runs. */
  async #look(): Promise<boolean> {
    const state = await readPlatform(this.#run);
    this.#silence.reset();
    report(this.#run, state);
    if (isComplete(this.#run, state)) {
      return true;
    }
    // Routers that exclude each other find no place while a node is away: what has no row waits for it as well.
    const isAnythingStarting = notRunning(state, machineIds(state)).some(({ row }) => row !== undefined);
    if (isAnythingStarting || state.machines.length >= this.#run.journal.data.spec.instances) {
      this.#absence.reset();
    } else if (this.#absence.elapsedMs > ABSENCE_MS) {
      throw absentNodes(this.#run, state);
    }
    const stuck = this.#watchdog.look(state);
    if (stuck !== undefined) {
      throw await describeStuck(this.#run, state, stuck);
    }
    if (this.#looks++ % LOOKS_AT_JOB === 0) {
      await this.#keepAtWork(state);
    }
    this.#follower.follow();
    return false;
  }

  /** One more attempt when the job is not at work though there is work left. */
  async #keepAtWork(state: PlatformState): Promise<void> {
    const isLeft = notLaunched(state).length > 0 && this.#attempts < ATTEMPTS;
    if (isLeft && (await jobState(this.#run, UNIT, state.machines)) === 'ended') {
      this.#attempts += 1;
      await startJob(this.#run, { unit: UNIT, args: ['start', 'platform'] });
      this.#follower.follow(true);
    }
  }
}

function report(run: Run, state: PlatformState): void {
  const total = expectedRows(state, run.journal.data.spec.instances);
  const running = expectedRows(state, state.machines.length) - notRunning(state, machineIds(state)).length;
  run.report(`${running} of ${total} units are running`);
}

function absentNodes(run: Run, state: PlatformState): ClusterError {
  const present = new Set(state.machines.map(({ primaryIp }) => primaryIp));
  const absent = run.journal.data.nodes.filter(({ privateAddress }) => !present.has(privateAddress ?? ''));
  return new ClusterError(
    `The platform runs on ${state.machines.length} of ${run.journal.data.nodes.length} nodes; ` +
      `${absent.map(({ name }) => name).join(', ')} ${absent.length === 1 ? 'is' : 'are'} missing from fleet. Power on, and resume the setup.`,
    { code: 'timedOut', remedy: 'powerOnNode' },
  );
}
