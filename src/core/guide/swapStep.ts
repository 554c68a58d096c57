import { ClusterError } from '../errors';
import { parseSwaps } from '../parse/proc';
import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import type { NodeConnection } from '../ports';
import { lastJournalLines, runCommand } from './command';
import { freeDiskMb } from './freeDisk';
import { onAnyNode, onEachNode, throwIfHopeless, withNode } from './nodes';
import { SWAP_UNIT, swapUnitOptions } from './swapUnit';

/** fallocate takes a moment, dd a minute or two. */
const TIMEOUT_MS = 5 * 60_000;
/** The guide's 4096 MB file leaves too little of a smaller disk for Ceph's journal (5 GB) and the images. */
const LEAST_DISK_GB = 20;

/** The guide's `fleetctl register swapon.service`, a verb that no fleetctl ever had: the unit is submitted and launched. */
export const swapStep: Step = {
  id: 'swap',
  title: 'Register swapon.service',

  observe: isLaunched,

  async apply(run) {
    await refuseSmallDisk(run);
    await launch(run);
  },

  async verify(run) {
    if (!(await isLaunched(run))) {
      throw new ClusterError(`fleet does not launch ${SWAP_UNIT}, though it took it.`, {
        code: 'unitFailed',
        remedy: 'resumeSetup',
      });
    }
  },
};

/**
 * Launching a global unit says nothing about any node (recorded: fleetctl/start-swapfail): it is proved on each, by fleet and by
 * the kernel. Without it the platform must not be started.
 */
export const swapProofStep: Step = {
  id: 'swapProof',
  title: 'Prove the swap on every node',

  observe: async (run) => (await withoutSwap(run)).length === 0,

  async apply(run) {
    let missing: readonly Missing[] = [];
    await waitUntil(
      async () => {
        missing = await withoutSwap(run);
        return missing.length === 0 ? true : undefined;
      },
      {
        clock: run.provider.clock,
        signal: run.signal,
        timeoutMs: TIMEOUT_MS,
        onTimeout: async () => ({ message: await describe(run, missing[0]) }),
      },
    );
  },

  verify: () => Promise.resolve(),
};

async function isLaunched(run: Run): Promise<boolean> {
  const unit = await onAnyNode(run, (node) => run.provider.fleet.getUnit(node, SWAP_UNIT, run.signal));
  return unit?.desiredState === 'launched';
}

async function refuseSmallDisk(run: Run): Promise<void> {
  const { sizeSlug, swapSizeMb } = run.journal.data.spec;
  const size = (await run.provider.cloud.listSizes(run.signal)).find(({ slug }) => slug === sizeSlug);
  if (size !== undefined && size.diskGb < LEAST_DISK_GB) {
    throw new ClusterError(
      `Droplets of size ${sizeSlug} have a disk of ${size.diskGb} GB. ${swapSizeMb} MB of swap, Ceph's journal and the images need ` +
        `at least ${LEAST_DISK_GB} GB. Create the cluster with a larger size.`,
      { code: 'diskTooSmall', remedy: 'destroyCluster' },
    );
  }
}

async function launch(run: Run): Promise<void> {
  await onAnyNode(run, async (node) => {
    const { fleet } = run.provider;
    const unit = await fleet.getUnit(node, SWAP_UNIT, run.signal);
    if (unit === undefined) {
      const options = swapUnitOptions(run.journal.data.spec.swapSizeMb);
      await fleet.putUnit(node, { name: SWAP_UNIT, desiredState: 'inactive', options }, run.signal);
    }
    if (unit?.desiredState !== 'launched') {
      await fleet.putUnit(node, { name: SWAP_UNIT, desiredState: 'launched' }, run.signal);
    }
  });
}

interface Missing {
  readonly name: string;
  /** Why the node could not be asked. */
  readonly error?: unknown;
}

/** Nodes where the unit is not `active exited` yet, or the kernel has no such swap. */
async function withoutSwap(run: Run): Promise<Missing[]> {
  const [rows, machines] = await onAnyNode(run, (node) =>
    Promise.all([
      run.provider.fleet.listInstances(node, run.signal),
      run.provider.fleet.listMachines(node, run.signal),
    ]),
  );
  const exited = rows.filter(({ name, active, sub }) => name === SWAP_UNIT && active === 'active' && sub === 'exited');
  const addresses = new Set(
    machines.filter(({ id }) => exited.some(({ machineId }) => machineId === id)).map(({ primaryIp }) => primaryIp),
  );
  const swaps = await onEachNode(run, async (node) => await hasSwap(run, node));
  throwIfHopeless(swaps);
  const { nodes } = run.journal.data;
  const missing = nodes.flatMap(({ name, privateAddress }): Missing[] => {
    const outcome = swaps.find((candidate) => candidate.name === name);
    if (outcome !== undefined && 'error' in outcome) return [{ name, error: outcome.error }];
    return outcome?.value === true && addresses.has(privateAddress ?? '') ? [] : [{ name }];
  });
  run.report(`swap is on on ${nodes.length - missing.length} of ${nodes.length} nodes`);
  return missing;
}

const KB_PER_MB = 1_024;
/** mkswap keeps a page for its signature. */
const SIGNATURE_KB = 64;

export async function hasSwap(run: Run, node: NodeConnection): Promise<boolean> {
  const swaps = parseSwaps(await runCommand(node, ['cat', '/proc/swaps'], { signal: run.signal, timeoutMs: 15_000 }));
  const totalKb = swaps.reduce((sum, { sizeKb }) => sum + sizeKb, 0);
  return totalKb >= run.journal.data.spec.swapSizeMb * KB_PER_MB - SIGNATURE_KB;
}

async function describe(run: Run, missing: Missing | undefined): Promise<string> {
  if (missing === undefined) {
    return 'Swap could not be proved on every node.';
  }
  const { name, error } = missing;
  if (error instanceof Error) {
    return `Whether swap is on on ${name} is not known: ${error.message} Resume the setup to try again.`;
  }
  const reasons = await withNode(run, name, async (node) => [
    ...(await lackOfRoom(run, node)),
    ...(await lastJournalLines(node, SWAP_UNIT)),
  ]).catch(() => [`${name} does not answer on SSH.`]);
  const why = reasons.length > 0 ? `: ${reasons.join(' | ')}` : '.';
  return `${SWAP_UNIT} has not turned swap on on ${name}${why} Resume the setup to try again.`;
}

/** Where etcd cannot write either, fleet does not even start the unit, and there is no journal of it. */
async function lackOfRoom(run: Run, node: NodeConnection): Promise<string[]> {
  const { swapSizeMb } = run.journal.data.spec;
  const freeMb = (await freeDiskMb(node, run.signal)) ?? swapSizeMb;
  return freeMb < swapSizeMb ? [`its disk has ${freeMb} MB free, and the swap file takes ${swapSizeMb} MB.`] : [];
}
