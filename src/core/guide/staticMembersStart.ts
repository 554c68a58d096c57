import { ClusterError } from '../errors';
import type { Run } from '../plan/step';
import { runCommand, succeeds } from './command';
import { nodeNamed, onAllNodes } from './nodes';
import { renderStaticMembers, STATIC_MEMBERS_FILE } from './staticMembers';

/** Data of an etcd that has run before: its members are in there, and the drop-in is only read by an empty one. */
const MEMBER_DATA = '/var/lib/etcd2/member';

/** Writes each node the list of all members, and starts etcd and what waits for it. Does nothing to a node that runs. */
export async function startStaticMembers(run: Run): Promise<void> {
  const { signal } = run;
  const ids = await onAllNodes(run, async (node) =>
    (await runCommand(node, ['cat', '/etc/machine-id'], { signal })).trim(),
  );
  const members = [...ids].map(([name, machineId]) => {
    const { privateAddress } = nodeNamed(run, name);
    if (privateAddress === undefined || !/^[0-9a-f]{32}$/.test(machineId)) {
      throw new ClusterError(`${name} has no private address or no machine id.`, {
        code: 'badReply',
        remedy: 'resumeSetup',
      });
    }
    return { machineId, privateAddress };
  });
  const text = renderStaticMembers(run.clusterId, members);
  await onAllNodes(run, async (node) => {
    const hasData = await succeeds(node, ['sudo', 'test', '-d', MEMBER_DATA], signal);
    if (!hasData) {
      await runCommand(
        node,
        ['sudo', 'mkdir', '-p', STATIC_MEMBERS_FILE.slice(0, STATIC_MEMBERS_FILE.lastIndexOf('/'))],
        { signal },
      );
      await runCommand(node, ['sudo', 'tee', STATIC_MEMBERS_FILE], { signal, stdin: text });
      await runCommand(node, ['sudo', 'systemctl', 'daemon-reload'], { signal });
    }
    // Without waiting: etcd tells systemd that it is ready only when it has quorum, which needs the others.
    await runCommand(node, ['sudo', 'systemctl', 'start', '--no-block', 'etcd2', 'fleet'], { signal });
  });
}
