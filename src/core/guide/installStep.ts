import { ClusterError } from '../errors';
import { isTransient } from '../plan/retry';
import type { Run, Step } from '../plan/step';
import { Stopwatch } from '../plan/stopwatch';
import { lastJournalLines } from './command';
import { JobFollower } from './jobFollower';
import { withNode } from './nodes';
import { notInstalled, notLaunched, readPlatform, type PlatformState } from './platformState';
import { jobState, startJob } from './remoteJob';

const UNIT = 'deis-install-platform';
/** Recorded: 21 s. Without quorum deisctl gives up after 50 s and calls it done. */
const TIMEOUT_MS = 10 * 60_000;
const ATTEMPTS = 3;
const POLL_MS = 1_000;

/** `deisctl install platform`: every unit is known to fleet and loaded. */
export const installStep: Step = {
  id: 'install',
  title: 'Install the platform',

  observe: async (run) => notInstalled(await readPlatform(run)).length === 0,

  async apply(run) {
    const follower = new JobFollower(run, UNIT);
    try {
      await install(run, follower);
    } finally {
      follower.dispose();
    }
  },

  async verify(run) {
    const missing = notInstalled(await readPlatform(run));
    if (missing.length > 0) {
      throw new ClusterError(`fleet does not know ${missing.map(({ name }) => name).join(', ')}.`, {
        code: 'unitFailed',
        remedy: 'resumeSetup',
      });
    }
  },
};

async function install(run: Run, follower: JobFollower): Promise<void> {
  const stopwatch = new Stopwatch(run.provider.clock);
  let missing: readonly string[] = [];
  for (let attempts = 0; ;) {
    try {
      const state = await readPlatform(run);
      missing = notInstalled(state).map(({ name }) => name);
      run.report(`${state.expected.length - missing.length} of ${state.expected.length} units`);
      const job = await jobState(run, UNIT, state.machines);
      // Also when all is there: deisctl asserts `loaded` on the way, and must not do so to what is started next.
      if (missing.length === 0 && job !== 'running') {
        return;
      }
      if (job === 'ended' && attempts < ATTEMPTS) {
        attempts += 1;
        await startJob(run, { unit: UNIT, args: installArgs(state, run.journal.data.spec.routerMeshSize) });
        follower.follow(true);
      }
      follower.follow();
    } catch (error) {
      run.signal.throwIfAborted();
      if (!isTransient(error)) {
        throw error;
      }
      run.report('The cluster does not answer; still watching');
    }
    if (stopwatch.elapsedMs > TIMEOUT_MS) {
      throw await incomplete(run, missing);
    }
    await follower.pause(POLL_MS);
  }
}

async function incomplete(run: Run, missing: readonly string[]): Promise<ClusterError> {
  const { job } = run.journal.data;
  const lines =
    job === undefined ? [] : await withNode(run, job.node, (node) => lastJournalLines(node, UNIT)).catch(() => []);
  return new ClusterError(
    `deisctl did not install ${missing.join(', ') || 'the platform'}.` +
      `${lines.length > 0 ? ` It said: ${lines.join(' | ')}.` : ''} Resume the setup to try again.`,
    { code: 'timedOut', remedy: 'resumeSetup' },
  );
}

/**
 * `install platform` asserts `loaded` for every unit, which stops one that runs. So where something runs already, only what
 * is missing is installed. The option goes after the target: before the verb it makes deisctl print its usage and do nothing.
 */
function installArgs(state: PlatformState, routerMeshSize: number): string[] {
  const isAnythingLaunched = notLaunched(state).length < state.expected.length;
  return isAnythingLaunched
    ? ['install', ...notInstalled(state).map(({ target }) => target)]
    : ['install', 'platform', `--router-mesh-size=${routerMeshSize}`];
}
