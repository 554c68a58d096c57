import { quorumSize, remainingTolerance } from '../model/quorum';
import type { ClusterState, NodeSnapshot } from '../model/snapshot';
import { memberOf } from './describeNodes';
import type { Units } from './describeUnits';
import type { Observation } from './observation';
import type { TrackedCluster } from './tracked';

export interface Quorum {
  readonly members: number;
  readonly up: number;
  /** Some member says so itself; it is the only proof. */
  readonly isProven: boolean;
  /** Members answer and none has quorum: not for the moment of an election. */
  readonly isLost: boolean;
}

/** Counts configured members: dead ones count, proxies don't. A member that is cut off from the rest is not up. */
export function countQuorum(cluster: TrackedCluster, nodes: readonly NodeSnapshot[], seen: Observation): Quorum {
  const members = seen.members.length > 0 ? seen.members.length : cluster.spec.instances;
  const answering = nodes.filter((node) => ['leader', 'follower', 'member'].includes(node.etcd));
  const looksOf = (node: NodeSnapshot): number => seen.nodes[node.dropletId]?.etcd?.unhealthyLooks ?? 0;
  const up = answering.filter((node) => looksOf(node) < 2).length;
  const isProven = answering.some((node) => looksOf(node) === 0);
  const needed = quorumSize(members);
  // Where so many are known to be down, what a member said a moment ago proves nothing any more.
  const isImpossible = members - countDown(nodes, seen) < needed;
  const isLost = answering.length > 0 && (isImpossible || (!isProven && up < needed));
  // Cut off members are alive all the same; without quorum they are what can be counted.
  return { members, up: isLost ? answering.length : up, isProven: isProven && !isLost, isLost };
}

const countDown = (nodes: readonly NodeSnapshot[], seen: Observation): number =>
  nodes.filter((node) => node.etcd === 'down' && isMember(node, seen)).length;

const isMember = (node: NodeSnapshot, seen: Observation): boolean =>
  seen.members.length === 0 || memberOf(seen.members, node.privateAddress, node.machineId) !== undefined;

export interface Verdict {
  readonly state: ClusterState;
  readonly summary: string;
}

export interface Findings {
  readonly cluster: TrackedCluster;
  readonly nodes: readonly NodeSnapshot[];
  readonly units: Units;
  readonly quorum: Quorum;
  readonly isRemembered: boolean;
}

export function judge(findings: Findings): Verdict {
  const { cluster, nodes, quorum } = findings;
  const busy = judgeActivity(cluster, nodes);
  if (busy !== undefined) {
    return busy;
  }
  const world = judgeWorld(findings);
  if (findings.isRemembered && cluster.spec.instances > 0) {
    const known = world.state === 'unknown' ? '' : `. Last known: ${world.summary}`;
    return { state: 'unknown', summary: `Not looked at yet${known}` };
  }
  const stopped = cluster.steps.find(({ state }) => state !== 'done');
  if (stopped !== undefined && !quorum.isLost) {
    return { state: 'setupStopped', summary: `Setup stopped at "${stopped.title}"; Resume Setup goes on from there` };
  }
  return world;
}

function judgeActivity({ activity, steps }: TrackedCluster, nodes: readonly NodeSnapshot[]): Verdict | undefined {
  if (activity === 'creating') {
    const at = steps.findIndex(({ state }) => state === 'running');
    const step = steps[at];
    const summary = step === undefined ? 'Setting up' : `Step ${at + 1} of ${steps.length}: ${step.title}`;
    return { state: 'creating', summary };
  }
  if (activity === 'destroying') {
    const left = nodes.filter(({ state }) => state !== 'gone').length;
    return { state: 'destroying', summary: `Destroying: ${left} of ${nodes.length} droplets are left` };
  }
  return undefined;
}

function judgeWorld({ cluster, nodes, units, quorum }: Findings): Verdict {
  const ready = nodes.filter(({ state }) => state === 'ready').length;
  if (cluster.spec.instances === 0) {
    return { state: 'unknown', summary: 'Nothing is known of its nodes' };
  }
  if (nodes.length === 0 || nodes.every(({ state }) => state === 'missing')) {
    return { state: 'unknown', summary: `None of the ${cluster.spec.instances} nodes has been seen yet` };
  }
  if (ready === 0) {
    return { state: 'unreachable', summary: `None of the ${nodes.length} nodes answers` };
  }
  const needed = quorumSize(quorum.members);
  if (quorum.isLost) {
    const why = quorum.up < needed ? `; ${needed} are needed` : ', but they do not reach each other';
    return { state: 'noQuorum', summary: `${membersUp(quorum)}${why}, so nothing can be changed or moved` };
  }
  if (!quorum.isProven) {
    const isElecting = quorum.up >= needed;
    return isElecting
      ? { state: 'degraded', summary: `${membersUp(quorum)}, and they are electing a leader` }
      : { state: 'unknown', summary: `etcd answers on none of the ${ready} nodes that do` };
  }
  const tolerance = Math.max(0, remainingTolerance(quorum.members, quorum.up));
  const trouble = describeTrouble(nodes, units);
  const summary = `${membersUp(quorum)}; ${mayFail(quorum, tolerance)}${trouble === undefined ? '' : `; ${trouble}`}`;
  if (tolerance <= 0) {
    return { state: 'atRisk', summary };
  }
  const isWhole =
    quorum.up === quorum.members && trouble === undefined && nodes.every(({ state }) => state === 'ready');
  return { state: isWhole ? 'healthy' : 'degraded', summary };
}

const membersUp = ({ up, members }: Quorum): string => `${up} of ${members} etcd members are up`;

function mayFail({ up, members }: Quorum, tolerance: number): string {
  if (up < quorumSize(members)) {
    return 'the others are out of our reach, but they say that they have quorum';
  }
  if (tolerance <= 0) {
    return 'none may fail';
  }
  return up === members ? `${tolerance} may fail` : `${tolerance} more may fail`;
}

/** The worst thing about the units, in one short sentence. */
function describeTrouble(nodes: readonly NodeSnapshot[], units: Units): string | undefined {
  const { failed, missingUnits, missingRows, starting } = units;
  if (!units.isCurrent) {
    return 'fleet does not answer';
  }
  const [first] = failed;
  if (first !== undefined) {
    const place = first.node === undefined ? '' : ` on ${first.node}`;
    return failed.length === 1 ? `${first.name} fails${place}` : `${failed.length} units fail`;
  }
  if (missingUnits.length > 0) {
    return missingUnits.length === 1
      ? `${missingUnits[0] ?? ''} runs nowhere`
      : `${missingUnits.length} units run nowhere`;
  }
  const absent = missingRows.filter(({ node }) => nodes.some(({ name, state }) => name === node && state === 'ready'));
  if (absent.length > 0) {
    return absent.length === 1
      ? `${absent[0]?.name ?? ''} is missing on ${absent[0]?.node ?? ''}`
      : `${absent.length} instances of global units are missing`;
  }
  if (starting.length === 0) {
    return undefined;
  }
  return starting.length === 1 ? '1 unit is still starting' : `${starting.length} units are still starting`;
}
