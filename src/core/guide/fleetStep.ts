import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import { describeFullDisk } from './freeDisk';
import { onAnyNode, withNode } from './nodes';

/** After etcd is back, fleet may stay silent for a minute more: it tries again with pauses that double. */
const TIMEOUT_MS = 5 * 60_000;

/** Every node is a machine of fleet. */
export const fleetStep: Step = {
  id: 'fleet',
  title: 'Wait for the fleet machines',

  observe: async (run) => (await missingMachines(run)).length === 0,

  async apply(run) {
    let missing: readonly string[] = [];
    await waitUntil(
      async () => {
        missing = await missingMachines(run);
        return missing.length === 0 ? true : undefined;
      },
      {
        clock: run.provider.clock,
        signal: run.signal,
        timeoutMs: TIMEOUT_MS,
        onTimeout: async (error) => ({
          message: `fleet does not list ${missing.join(', ') || 'its machines'} after five minutes${
            error instanceof Error ? `: ${error.message}` : '.'
          } ${await describeFullDisks(run, missing)}Resume the setup to wait on.`,
        }),
      },
    );
  },

  verify: () => Promise.resolve(),
};

async function describeFullDisks(run: Run, names: readonly string[]): Promise<string> {
  const all = names.map((name) => withNode(run, name, describeFullDisk).catch(() => ''));
  return (await Promise.all(all)).join('');
}

async function missingMachines(run: Run): Promise<string[]> {
  const machines = await onAnyNode(run, (node) => run.provider.fleet.listMachines(node, run.signal));
  const addresses = new Set(machines.map(({ primaryIp }) => primaryIp));
  const { nodes } = run.journal.data;
  const missing = nodes.filter(({ privateAddress }) => !addresses.has(privateAddress ?? '')).map(({ name }) => name);
  run.report(`${nodes.length - missing.length} of ${nodes.length} are machines of fleet`);
  return missing;
}
