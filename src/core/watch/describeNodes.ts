import type { ClusterNode } from '../model/cluster';
import type { NodeSnapshot, NodeState, NodeVitals } from '../model/snapshot';
import type { EtcdMember } from '../ports';
import type { DropletSeen, NodeSeen, Observation } from './observation';
import type { TrackedCluster } from './tracked';

/** How long, in the provider's time, a droplet may take from `active` to an answer before that is a fault. */
const BOOT_MS = 5 * 60_000;
const LOW_DISK = 0.1;
const LOW_MEMORY_MB = 64;

/** The nodes of the journal in their order, then droplets that carry the tag and are not in it. */
export function describeNodes(cluster: TrackedCluster, seen: Observation, providerNow: number): NodeSnapshot[] {
  const journalled = new Set(cluster.nodes.map((node) => node.dropletId));
  const strangers = seen.droplets.filter(({ id, status }) => status !== 'gone' && !journalled.has(id));
  return [
    ...cluster.nodes.map((node) => describeNode({ cluster, seen, providerNow }, node)),
    ...strangers.map((droplet) => describeStranger(cluster, droplet)),
  ];
}

interface View {
  readonly cluster: TrackedCluster;
  readonly seen: Observation;
  readonly providerNow: number;
}

function describeNode(view: View, node: ClusterNode): NodeSnapshot {
  const droplet = view.seen.droplets.find(({ id }) => id === node.dropletId);
  const seen = view.seen.nodes[node.dropletId];
  const state = stateOf(view, droplet, seen);
  const publicAddress = droplet?.publicAddress ?? node.publicAddress;
  const privateAddress = droplet?.privateAddress ?? node.privateAddress;
  const machineId = seen?.machineId;
  const problem = problemOf({ state, droplet, seen });
  return {
    name: node.name,
    dropletId: node.dropletId,
    state,
    etcd: etcdOf({ state, seen, member: memberOf(view.seen.members, privateAddress, machineId) }, view.seen.members),
    ...(publicAddress === undefined ? {} : { publicAddress }),
    ...(privateAddress === undefined ? {} : { privateAddress }),
    ...(machineId === undefined ? {} : { machineId }),
    ...(seen?.vitals === undefined ? {} : { vitals: seen.vitals }),
    ...(seen?.seenAt === undefined ? {} : { seenAt: seen.seenAt }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function stateOf(view: View, droplet: DropletSeen | undefined, seen: NodeSeen | undefined): NodeState {
  if (droplet === undefined) {
    return seen === undefined ? 'missing' : seen.isAnswering ? 'ready' : 'unreachable';
  }
  switch (droplet.status) {
    case 'gone':
      return view.cluster.activity === 'creating' ? 'missing' : 'gone';
    case 'new':
      return 'new';
    case 'off':
    case 'archive':
      return 'off';
    case 'active': {
      if (seen?.isAnswering === true) {
        return 'ready';
      }
      const activeOn = droplet.activeOn ?? view.providerNow;
      const hasAnswered = (seen?.seenOn ?? -Infinity) >= activeOn;
      return !hasAnswered && view.providerNow - activeOn < BOOT_MS ? 'booting' : 'unreachable';
    }
  }
}

/** By the address in its peer URL, or by its name: members are called after their machine id (ETCD_NAME=%m). */
export function memberOf(
  members: readonly EtcdMember[],
  privateAddress: string | undefined,
  machineId: string | undefined,
): EtcdMember | undefined {
  const hasAddress = ({ peerUrls }: EtcdMember): boolean =>
    privateAddress !== undefined && peerUrls.some((url) => url.includes(`//${privateAddress}:`));
  return members.find(hasAddress) ?? members.find(({ name }) => machineId !== undefined && name === machineId);
}

function etcdOf(
  { state, seen, member }: { state: NodeState; seen: NodeSeen | undefined; member: EtcdMember | undefined },
  members: readonly EtcdMember[],
): NodeSnapshot['etcd'] {
  if (state === 'off' || state === 'gone') {
    return 'down';
  }
  if (state !== 'ready' || seen?.etcd === undefined) {
    return 'unknown';
  }
  if (!seen.etcd.isUp) {
    return 'down';
  }
  if (members.length > 0 && member === undefined) {
    return 'proxy';
  }
  if (seen.etcd.unhealthyLooks > 0) {
    return 'member';
  }
  return seen.etcd.isLeader ? 'leader' : 'follower';
}

function problemOf(node: {
  state: NodeState;
  droplet: DropletSeen | undefined;
  seen: NodeSeen | undefined;
}): string | undefined {
  const { state, droplet, seen } = node;
  if (state === 'gone') {
    return 'The provider has no such droplet any more; it costs nothing now.';
  }
  if (state === 'off') {
    return 'Powered off. It is still billed.';
  }
  if (state === 'unreachable') {
    return seen?.failure ?? 'It does not answer over SSH.';
  }
  if (droplet?.hasTag === false && state !== 'missing') {
    return "It has lost the cluster's tag: the cloud firewall does not protect it any more.";
  }
  if (state !== 'ready') {
    return undefined;
  }
  if ((seen?.etcd?.unhealthyLooks ?? 0) >= 2) {
    return 'Its etcd has no quorum.';
  }
  return seen?.vitals === undefined ? undefined : shortage(seen.vitals);
}

/** The two things a node of the smallest size runs out of. */
function shortage(vitals: NodeVitals): string | undefined {
  if (vitals.diskTotalMb > 0 && vitals.diskFreeMb < vitals.diskTotalMb * LOW_DISK) {
    return `Its disk is nearly full: ${vitals.diskFreeMb} MB of ${vitals.diskTotalMb} MB are free.`;
  }
  const free = vitals.memoryAvailableMb + vitals.swapTotalMb - vitals.swapUsedMb;
  if (free < LOW_MEMORY_MB) {
    return `It is nearly out of memory: ${free} MB are left, swap included.`;
  }
  return undefined;
}

/** What to do about a droplet of our tag that the journal does not know. A setup adopts only those that it still lacks. */
export const strangerRemedy = (cluster: TrackedCluster): string =>
  cluster.nodes.length < cluster.spec.instances
    ? 'Resume Setup adopts what it still lacks, Destroy Cluster deletes all.'
    : 'The cluster needs no more droplets: delete it in the account, or Destroy Cluster deletes all.';

function describeStranger(cluster: TrackedCluster, droplet: DropletSeen): NodeSnapshot {
  const state: NodeState = droplet.status === 'new' ? 'new' : droplet.status === 'active' ? 'unreachable' : 'off';
  const isExpected = cluster.activity !== undefined;
  const problem = `It is billed, but not in the records of this cluster. ${strangerRemedy(cluster)}`;
  return {
    name: droplet.name,
    dropletId: droplet.id,
    state: isExpected && state === 'unreachable' ? 'booting' : state,
    etcd: 'unknown',
    ...(droplet.publicAddress === undefined ? {} : { publicAddress: droplet.publicAddress }),
    ...(droplet.privateAddress === undefined ? {} : { privateAddress: droplet.privateAddress }),
    ...(isExpected ? {} : { problem }),
  };
}
