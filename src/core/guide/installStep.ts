import { ClusterError } from '../errors';
import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import { notInstalled, notLaunched, readPlatform } from './platformState';
import { followJob, jobState, startJob } from './remoteJob';

const UNIT = 'deis-install-platform';
/** Recorded: 21 s. Without quorum deisctl gives up after 50 s and calls it done. */
const TIMEOUT_MS = 10 * 60_000;
const ATTEMPTS = 3;

/** `deisctl install platform`: every unit is known to fleet and loaded. */
export const installStep: Step = {
  id: 'install',
  title: 'Install the platform',

  observe: async (run) => notInstalled(await readPlatform(run)).length === 0,

  async apply(run) {
    const follower = new AbortController();
    const stop = (): void => follower.abort();
    run.signal.addEventListener('abort', stop, { once: true });
    try {
      await install(run, follower.signal);
    } finally {
      stop();
      run.signal.removeEventListener('abort', stop);
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

async function install(run: Run, signal: AbortSignal): Promise<void> {
  let attempts = 0;
  let missing: readonly string[] = [];
  let followed: Promise<void> | undefined;
  await waitUntil(
    async () => {
      const state = await readPlatform(run);
      missing = notInstalled(state).map(({ name }) => name);
      run.report(`${state.expected.length - missing.length} of ${state.expected.length} units`);
      const job = await jobState(run, UNIT, state.machines);
      // Also when all is there: deisctl asserts `loaded` on the way, and must not do so to what is started next.
      if (missing.length === 0 && job !== 'running') {
        return true;
      }
      if (job === 'ended' && attempts < ATTEMPTS) {
        attempts += 1;
        await startJob(run, { unit: UNIT, args: installArgs(state, run.journal.data.spec.routerMeshSize) });
        followed = undefined;
      }
      followed ??= followJob(
        run,
        UNIT,
        (event) => event.kind === 'problem' && run.log.warn(`deisctl: ${event.text}`),
        signal,
      );
      return undefined;
    },
    {
      clock: run.provider.clock,
      signal: run.signal,
      timeoutMs: TIMEOUT_MS,
      maxWaitMs: 1_000,
      onTimeout: () => ({
        message: `deisctl did not install ${missing.join(', ')}. Show the log for what it said, and resume the setup to try again.`,
      }),
    },
  );
}

/**
 * `install platform` asserts `loaded` for every unit, which stops one that runs. So where something runs already, only what
 * is missing is installed. The option goes after the target: before the verb it makes deisctl print its usage and do nothing.
 */
function installArgs(state: Awaited<ReturnType<typeof readPlatform>>, routerMeshSize: number): string[] {
  const isAnythingLaunched = notLaunched(state).length < state.expected.length;
  return isAnythingLaunched
    ? ['install', ...notInstalled(state).map(({ target }) => target)]
    : ['install', 'platform', `--router-mesh-size=${routerMeshSize}`];
}
