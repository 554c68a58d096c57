import { ClusterError } from '../errors';
import type { DropletActionType } from '../model/cloud';
import type { PowerVerb } from '../operator';
import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import type { NodeConnection } from '../ports';
import { effect } from './account';
import { runCommand } from './command';
import { nodeNamed, onAnyNode, withNode } from './nodes';
import { hasSwap } from './swapStep';
import { SWAP_UNIT } from './swapUnit';

const ACTION_MS = 5 * 60_000;
/** Boot, sshd, etcd, and fleet, which may wait for a minute after etcd is back. */
const RETURN_MS = 10 * 60_000;

/** Power off and on, or both in one; after the power is back, the node is proved to be a whole member again. */
export function powerPlan(nodeName: string, verb: PowerVerb): Step[] {
  switch (verb) {
    case 'power_off':
      return [actionStep(nodeName, 'power_off', 'off')];
    case 'power_on':
      return [actionStep(nodeName, 'power_on', 'active'), ...returnSteps(nodeName)];
    case 'reboot':
      return [rebootStep(nodeName), ...returnSteps(nodeName)];
  }
}

function dropletIdOf(run: Run, nodeName: string): number {
  const { dropletId } = nodeNamed(run, nodeName);
  if (dropletId === undefined) {
    throw new ClusterError(`${nodeName} has no droplet yet.`, { code: 'notFound', remedy: 'resumeSetup' });
  }
  return dropletId;
}

async function statusOf(run: Run, nodeName: string): Promise<string> {
  const droplet = await run.provider.cloud.getDroplet(dropletIdOf(run, nodeName), run.signal);
  if (droplet === undefined) {
    throw new ClusterError(`The droplet of ${nodeName} no longer exists.`, {
      code: 'notFound',
      remedy: 'destroyCluster',
    });
  }
  return droplet.status;
}

/** `power_off` as it stands in a sentence. */
const inWords = (type: DropletActionType): string => type.replaceAll('_', ' ');

/** Asks for the action, and waits until the cloud says that it is done. What was known of the way to the node is forgotten. */
async function act(run: Run, nodeName: string, type: DropletActionType): Promise<void> {
  const { cloud, clock, nodes } = run.provider;
  const { id } = await effect(run, (signal) => cloud.actOnDroplet(dropletIdOf(run, nodeName), type, signal));
  await waitUntil(
    async () => {
      const action = await cloud.getAction(id, run.signal);
      if (action?.status === 'errored') {
        throw new ClusterError(`DigitalOcean could not ${inWords(type)} ${nodeName}.`, {
          code: 'cloudRefused',
          remedy: 'refresh',
        });
      }
      return action?.status === 'completed' ? true : undefined;
    },
    {
      clock,
      signal: run.signal,
      timeoutMs: ACTION_MS,
      onTimeout: () => ({
        message: `DigitalOcean did not ${inWords(type)} ${nodeName} within five minutes.`,
        remedy: 'refresh',
      }),
    },
  );
  nodes.forget(run.clusterId, nodeName);
}

const actionStep = (nodeName: string, type: 'power_off' | 'power_on', status: string): Step => ({
  id: type,
  title: `${type === 'power_off' ? 'Power off' : 'Power on'} ${nodeName}`,
  observe: async (run) => (await statusOf(run, nodeName)) === status,
  apply: (run) => act(run, nodeName, type),
  async verify(run) {
    await waitUntil(async () => ((await statusOf(run, nodeName)) === status ? true : undefined), {
      clock: run.provider.clock,
      signal: run.signal,
      timeoutMs: 60_000,
      onTimeout: async () => ({
        message: `DigitalOcean says that it did ${inWords(type)} ${nodeName}, and still shows it as ${await statusOf(run, nodeName)}. Refresh, then try again.`,
        remedy: 'refresh',
      }),
    });
  },
});

const readBootId = async (run: Run, node: NodeConnection): Promise<string> =>
  (await runCommand(node, ['cat', '/proc/sys/kernel/random/boot_id'], { signal: run.signal })).trim();

/** Done when the node has another boot id than before; asked for once, also when the reply to that was lost. */
function rebootStep(nodeName: string): Step {
  let before: string | undefined;
  let isAskedFor = false;
  return {
    id: 'reboot',
    title: `Reboot ${nodeName}`,
    async observe(run) {
      const now = await withNode(run, nodeName, (node) => readBootId(run, node)).catch((error: unknown) => {
        run.signal.throwIfAborted();
        run.log.debug(`${nodeName} does not tell its boot id: ${String(error)}`);
        return undefined;
      });
      before ??= now;
      return isAskedFor && now !== undefined && now !== before;
    },
    async apply(run) {
      if (!isAskedFor) {
        isAskedFor = true;
        await act(run, nodeName, 'reboot');
      }
    },
    async verify(run) {
      run.provider.nodes.forget(run.clusterId, nodeName);
      await waitUntil(
        async () => {
          const now = await withNode(run, nodeName, (node) => readBootId(run, node));
          // A node that did not answer before: that it answers now has to do.
          return before === undefined || now !== before ? true : undefined;
        },
        {
          clock: run.provider.clock,
          signal: run.signal,
          timeoutMs: RETURN_MS,
          onTimeout: () => ({ message: `${nodeName} did not come back after the reboot.`, remedy: 'refresh' }),
        },
      );
    },
  };
}

/** What a node must be again: reachable, a healthy member of etcd, a machine of fleet, with its swap. */
const returnSteps = (nodeName: string): Step[] => [
  waitStep('ssh', `Wait for ${nodeName} on SSH`, (run) => withNode(run, nodeName, (node) => succeed(node, run))),
  waitStep('etcdMember', `Wait for the etcd member on ${nodeName}`, (run) =>
    withNode(run, nodeName, (node) => run.provider.etcd.isHealthy(node, run.signal)),
  ),
  waitStep('fleetMachine', `Wait for ${nodeName} in fleet`, async (run) => {
    const machines = await onAnyNode(run, (node) => run.provider.fleet.listMachines(node, run.signal));
    return machines.some(({ primaryIp }) => primaryIp === nodeNamed(run, nodeName).privateAddress);
  }),
  waitStep('swapAgain', `Prove the swap on ${nodeName}`, async (run) => {
    const unit = await onAnyNode(run, (node) => run.provider.fleet.getUnit(node, SWAP_UNIT, run.signal));
    return unit?.desiredState !== 'launched' || (await withNode(run, nodeName, (node) => hasSwap(run, node)));
  }),
];

const succeed = async (node: NodeConnection, run: Run): Promise<boolean> =>
  (await node.exec(['true'], { signal: run.signal, timeoutMs: 10_000 })).exitCode === 0;

const waitStep = (id: string, title: string, holds: (run: Run) => Promise<boolean>): Step => ({
  id: `return.${id}`,
  title,
  // Not asked twice: the wait begins by asking.
  observe: () => Promise.resolve(false),
  async apply(run) {
    await waitUntil(async () => ((await holds(run)) ? true : undefined), {
      clock: run.provider.clock,
      signal: run.signal,
      timeoutMs: RETURN_MS,
      onTimeout: (error) => ({
        message: `${title}: it did not happen within ten minutes${error instanceof Error ? ` (${error.message})` : ''}.`,
        remedy: 'refresh',
      }),
    });
  },
  verify: () => Promise.resolve(),
});
