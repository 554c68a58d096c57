import { ClusterError } from '../errors';
import { isTransient } from '../plan/retry';
import type { Run, Step } from '../plan/step';
import { Stopwatch } from '../plan/stopwatch';
import { describeStuck, StartWatchdog } from './startWatchdog';
import { expectedRows, notLaunched, notRunning, readPlatform, type PlatformState } from './platformState';
import { followJob, jobState, startJob } from './remoteJob';

const UNIT = 'deis-start-platform';
const ATTEMPTS = 3;
const FIRST_POLL_MS = 500;
const MAX_POLL_MS = 2_000;
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
    const follower = new AbortController();
    const stop = (): void => follower.abort();
    run.signal.addEventListener('abort', stop, { once: true });
    try {
      await start(run, follower.signal);
    } finally {
      stop();
      run.signal.removeEventListener('abort', stop);
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

async function start(run: Run, signal: AbortSignal): Promise<void> {
  const watchdog = new StartWatchdog(run.provider.clock);
  const silence = new Stopwatch(run.provider.clock);
  const absence = new Stopwatch(run.provider.clock);
  let attempts = 0;
  let followed: Promise<void> | undefined;
  for (let pollMs = FIRST_POLL_MS; ; pollMs = Math.min(MAX_POLL_MS, pollMs * 1.2)) {
    run.signal.throwIfAborted();
    try {
      const state = await readPlatform(run);
      silence.reset();
      report(run, state);
      if (isComplete(run, state)) {
        return;
      }
      if (notRunning(state, machineIds(state)).length > 0) {
        absence.reset();
      } else if (absence.elapsedMs > ABSENCE_MS) {
        throw absentNodes(run, state);
      }
      const stuck = watchdog.look(state);
      if (stuck !== undefined) {
        throw await describeStuck(run, state, stuck);
      }
      if (
        (await jobState(run, UNIT, state.machines)) === 'ended' &&
        notLaunched(state).length > 0 &&
        attempts < ATTEMPTS
      ) {
        attempts += 1;
        await startJob(run, { unit: UNIT, args: ['start', 'platform'] });
        followed = undefined;
      }
      followed ??= followJob(
        run,
        UNIT,
        (event) => event.kind === 'problem' && run.log.warn(`deisctl: ${event.text}`),
        signal,
      );
    } catch (error) {
      run.signal.throwIfAborted();
      // A node that reboots, etcd without quorum, fleet that thinks it over: the work on the nodes goes on meanwhile.
      if (!isTransient(error) || silence.elapsedMs > SILENCE_MS) {
        throw error;
      }
      run.report('The cluster does not answer; still watching');
    }
    await run.provider.clock.sleep(pollMs, run.signal);
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
