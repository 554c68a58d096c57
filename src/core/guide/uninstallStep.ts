import { waitUntil } from '../plan/poll';
import type { Step } from '../plan/step';
import { readPlatform, type PlatformState } from './platformState';
import { jobState, startJob } from './remoteJob';
import { refuseIfAny } from './stopStep';

const UNIT = 'deis-uninstall-platform';
const TIMEOUT_MS = 30 * 60_000;
const ATTEMPTS = 3;

/** `deisctl uninstall platform`. What is configured stays in etcd, so that a later install needs no new configuration. */
export const uninstallStep: Step = {
  id: 'uninstall',
  title: 'Uninstall the platform',

  observe: async (run) => left(await readPlatform(run)).length === 0,

  async apply(run) {
    let attempts = 0;
    let names: readonly string[] = [];
    await waitUntil(
      async () => {
        const state = await readPlatform(run);
        names = left(state);
        run.report(names.length === 0 ? 'all units are gone' : `${names.length} units are left`);
        if (names.length > 0 && attempts < ATTEMPTS && (await jobState(run, UNIT, state.machines)) === 'ended') {
          attempts += 1;
          await startJob(run, { unit: UNIT, args: ['uninstall', 'platform'] });
        }
        return names.length === 0 ? true : undefined;
      },
      {
        clock: run.provider.clock,
        signal: run.signal,
        timeoutMs: TIMEOUT_MS,
        onTimeout: () => ({
          message: `${names.join(', ')} could not be uninstalled within half an hour. Show the log, and try again.`,
          remedy: 'showLog',
        }),
      },
    );
  },

  async verify(run) {
    await refuseIfAny(run, left(await readPlatform(run)), 'is still there');
  },
};

/** Rows outlive their unit by some seconds (recorded: fleetctl/list-units-after-destroy-0s); both have to be gone. */
const left = (state: PlatformState): string[] =>
  [...new Set([...state.units, ...state.rows].map(({ name }) => name))].sort();
