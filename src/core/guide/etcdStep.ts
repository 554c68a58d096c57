import { ClusterError } from '../errors';
import { quorumSize } from '../model/quorum';
import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import { discoveryUrlSecret } from '../secretKeys';
import { lastJournalLines } from './command';
import { describeFullDisk } from './freeDisk';
import { onEachNode, throwIfHopeless, withNode } from './nodes';
import { startStaticMembers } from './staticMembersStart';

/** Members find each other in seconds once all of them are up; an etcd that was refused tries again every ten seconds. */
const TIMEOUT_MS = 10 * 60_000;

/** All members are there and well: five, not three and two proxies. */
export const etcdStep: Step = {
  id: 'etcd',
  title: 'Wait for etcd',

  observe: async (run) => (await unwell(run)).length === 0,

  async apply(run) {
    if (run.journal.data.spec.bootstrap === 'static') {
      await startStaticMembers(run);
    }
    let missing: readonly string[] = [];
    await waitUntil(
      async () => {
        missing = await unwell(run);
        return missing.length === 0 ? true : undefined;
      },
      {
        clock: run.provider.clock,
        signal: run.signal,
        timeoutMs: TIMEOUT_MS,
        onTimeout: async () => ({ message: await describe(run, missing) }),
      },
    );
  },

  verify: () => Promise.resolve(),
};

/** Names of the nodes whose etcd does not say yet that it is healthy, in a cluster of the right size. */
async function unwell(run: Run): Promise<string[]> {
  const wanted = run.journal.data.spec.instances;
  const outcomes = await onEachNode(run, async (node, name) => {
    if (!(await run.provider.etcd.isHealthy(node, run.signal))) {
      return false;
    }
    const members = await run.provider.etcd.listMembers(node, run.signal);
    if (members.length > wanted || (members.length < wanted && members.every((member) => member.name !== ''))) {
      throw wrongSize(name, members.length, wanted);
    }
    const self = await run.provider.etcd.getSelf(node, run.signal);
    return members.some((member) => member.id === self.id || member.name === self.name);
  });
  throwIfHopeless(outcomes);
  const missing = outcomes.filter((outcome) => !('value' in outcome && outcome.value)).map(({ name }) => name);
  await report(run, wanted - missing.length, wanted);
  if (missing.length === 0 && run.journal.data.isFormed !== true) {
    await run.journal.change((journal) => {
      journal.isFormed = true;
    });
  }
  return missing;
}

async function report(run: Run, well: number, wanted: number): Promise<void> {
  if (well === 0 && run.journal.data.spec.bootstrap === 'discovery') {
    const url = await run.secrets.get(discoveryUrlSecret(run.clusterId));
    const registered =
      url === undefined ? [] : await run.provider.discovery.listMembers(url, run.signal).catch(() => []);
    run.report(`${registered.length} of ${wanted} have registered for discovery`);
    return;
  }
  run.report(`${well} of ${wanted} members are well`);
}

const wrongSize = (name: string, members: number, wanted: number): ClusterError =>
  new ClusterError(
    `etcd on ${name} has formed with ${members} members instead of ${wanted}: the others are proxies, which do not vote, so only ` +
      `${Math.max(0, members - quorumSize(members))} may fail. Destroy the cluster and create a new one; a discovery URL serves once.`,
    { code: 'quorumLost', remedy: 'destroyCluster' },
  );

async function describe(run: Run, missing: readonly string[]): Promise<string> {
  const wanted = run.journal.data.spec.instances;
  const first = missing[0];
  let reason = '';
  if (first !== undefined) {
    try {
      reason = await withNode(run, first, async (node) => {
        const lines = await lastJournalLines(node, 'etcd2');
        const says = lines.length > 0 ? `etcd on ${first} says: ${lines.join(' | ')} ` : '';
        return `${await describeFullDisk(node)}${says}`;
      });
    } catch {
      reason = `${first} does not answer on SSH. `;
    }
  }
  return (
    `etcd has no quorum of ${wanted}: ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not among its healthy members after ` +
    `ten minutes. ${reason}All ${wanted} must be up at once for the ` +
    'first time. Resume the setup to wait on, or destroy the cluster.'
  );
}
