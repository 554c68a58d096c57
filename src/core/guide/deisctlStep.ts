import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import { Stopwatch } from '../plan/stopwatch';
import type { NodeConnection } from '../ports';
import { lastJournalLines, succeeds } from './command';
import { nodesToAsk, onAnyNode, onEachNode, withNode } from './nodes';

/** Where the installer of 2016 puts it on CoreOS. */
export const DEISCTL = '/opt/bin/deisctl';
const INSTALL_UNIT = 'install-deisctl.service';
const RETRY_MS = 30_000;
const TIMEOUT_MS = 10 * 60_000;

/** deisctl on one node at least. It is installed by the user data of each; nothing is installed on the user's computer. */
export const deisctlStep: Step = {
  id: 'deisctl',
  title: 'Wait for deisctl',

  observe: async (run) => (await findDeisctl(run)) !== undefined,

  async apply(run) {
    const sinceRetry = new Stopwatch(run.provider.clock);
    await waitUntil(
      async () => {
        if ((await findDeisctl(run)) !== undefined) {
          return true;
        }
        if (sinceRetry.elapsedMs > RETRY_MS) {
          sinceRetry.reset();
          await retryInstall(run);
        }
        return undefined;
      },
      {
        clock: run.provider.clock,
        signal: run.signal,
        timeoutMs: TIMEOUT_MS,
        onTimeout: async () => {
          const lines = await onAnyNode(run, (node) => lastJournalLines(node, INSTALL_UNIT)).catch(() => []);
          return {
            message:
              `No node could install deisctl from ${run.settings.installerUrl}${lines.length > 0 ? `: ${lines.join(' | ')}` : '.'} ` +
              'Set deis.deisctl.installerUrl to an installer that still exists, and create the cluster anew.',
            remedy: 'openSettings' as const,
          };
        },
      },
    );
  },

  verify: () => Promise.resolve(),
};

/** The first node that has it; a node that does not answer is passed over. */
async function findDeisctl(run: Run): Promise<string | undefined> {
  for (const name of nodesToAsk(run)) {
    try {
      if (await withNode(run, name, (node) => succeeds(node, ['test', '-x', DEISCTL], run.signal))) {
        return name;
      }
    } catch (error) {
      run.signal.throwIfAborted();
      run.log.debug(`${name} cannot be asked for deisctl: ${String(error)}`);
    }
  }
  return undefined;
}

/** The network may have been late at boot, and a oneshot that has ended, well or not, does not run again by itself. */
async function retryInstall(run: Run): Promise<void> {
  await onEachNode(run, async (node) => {
    const { signal } = run;
    const { stdout } = await node.exec(['systemctl', 'show', INSTALL_UNIT, '-p', 'ActiveState'], { signal });
    if (!stdout.includes('activating')) {
      await node.exec(['sudo', 'systemctl', 'restart', '--no-block', INSTALL_UNIT], { signal });
    }
  });
}

/** Work on a node that has deisctl, and etcd beside it: deisctl speaks to the etcd of its own node. */
export async function onNodeWithDeisctl<T>(run: Run, work: (node: NodeConnection) => Promise<T>): Promise<T> {
  const name = await findDeisctl(run);
  if (name === undefined) {
    await deisctlStep.apply(run);
    return await onNodeWithDeisctl(run, work);
  }
  return await withNode(run, name, work);
}
