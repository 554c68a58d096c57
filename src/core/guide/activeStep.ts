import { ClusterError } from '../errors';
import type { Droplet } from '../model/cloud';
import { nodeNames } from '../plan/journal';
import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import { findDroplets } from './droplets';

/** The guide sees five droplets "in as little as two minutes". */
const TIMEOUT_MS = 10 * 60_000;

/** Active, with a public and a private address: both are missing while a droplet is new. */
export const activeStep: Step = {
  id: 'active',
  title: 'Wait for the droplets',

  observe: async (run) => (await waitingFor(run)).length === 0,

  apply: (run) =>
    waitUntil(async () => ((await waitingFor(run)).length === 0 ? true : undefined), {
      clock: run.provider.clock,
      signal: run.signal,
      timeoutMs: TIMEOUT_MS,
      firstWaitMs: 500,
      onTimeout: async () => ({
        message:
          `${(await waitingFor(run)).join(', ')} did not become active within ten minutes. Resume the setup to wait on, ` +
          'or destroy the cluster: its droplets are billed.',
      }),
    }).then(() => undefined),

  verify: () => Promise.resolve(),
};

async function waitingFor(run: Run): Promise<string[]> {
  const found = await findDroplets(run);
  const names = nodeNames(run.journal.data.spec);
  const isReady = (droplet: Droplet | undefined): boolean =>
    droplet?.status === 'active' && droplet.publicAddress !== undefined && droplet.privateAddress !== undefined;
  const waiting = names.filter((name) => !isReady(found.get(name)));
  const off = waiting.filter((name) => ['off', 'archive'].includes(found.get(name)?.status ?? ''));
  if (off.length > 0) {
    throw new ClusterError(
      `${off.join(', ')} ${off.length === 1 ? 'is' : 'are'} powered off. Power on and resume the setup.`,
      {
        code: 'timedOut',
        remedy: 'powerOnNode',
      },
    );
  }
  run.report(`${names.length - waiting.length} of ${names.length} are active`);
  return waiting;
}
