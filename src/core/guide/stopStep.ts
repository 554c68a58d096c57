import { ClusterError } from '../errors';
import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import { readPlatform, type PlatformState } from './platformState';
import { jobState, startJob } from './remoteJob';

const UNIT = 'deis-stop-platform';
/** A container has its TimeoutStopSec before it is killed, and deisctl stops group after group. */
const TIMEOUT_MS = 30 * 60_000;
const ATTEMPTS = 3;

/** `deisctl stop platform`: nothing of it is asked to run, and nothing of it does. Apps are no units of the platform and go on. */
export const stopStep: Step = {
  id: 'stop',
  title: 'Stop the platform',

  observe: async (run) => stillUp(await readPlatform(run)).length === 0,

  async apply(run) {
    let attempts = 0;
    let up: readonly string[] = [];
    await waitUntil(
      async () => {
        const state = await readPlatform(run);
        up = stillUp(state);
        run.report(up.length === 0 ? 'all units are stopped' : `${up.length} units are still up`);
        if (up.length > 0 && attempts < ATTEMPTS && (await jobState(run, UNIT, state.machines)) === 'ended') {
          attempts += 1;
          await startJob(run, { unit: UNIT, args: ['stop', 'platform'] });
        }
        return up.length === 0 ? true : undefined;
      },
      {
        clock: run.provider.clock,
        signal: run.signal,
        timeoutMs: TIMEOUT_MS,
        onTimeout: () => ({
          message: `${up.join(', ')} did not stop within half an hour. Show the log, and try again.`,
          remedy: 'showLog',
        }),
      },
    );
  },

  async verify(run) {
    await refuseIfAny(run, stillUp(await readPlatform(run)), 'still runs');
  },
};

/** Names of units that are launched or have a row that is not at rest. */
export const stillUp = (state: PlatformState): string[] => {
  const launched = state.units.filter(({ desiredState }) => desiredState === 'launched').map(({ name }) => name);
  // `stop` returns while rows still say `active running` for some seconds (recorded: fleetctl/list-units-stopped).
  const known = new Set(state.units.map(({ name }) => name));
  const busy = state.rows.filter(({ name, active }) => known.has(name) && active !== 'inactive' && active !== 'failed');
  return [...new Set([...launched, ...busy.map(({ name }) => name)])].sort();
};

export function refuseIfAny(run: Run, names: readonly string[], what: string): Promise<void> {
  if (names.length > 0) {
    throw new ClusterError(`On cluster ${run.clusterId}, ${names[0] ?? ''} ${what}.`, {
      code: 'unitFailed',
      remedy: 'showLog',
    });
  }
  return Promise.resolve();
}
