import { ClusterError, isCancelled } from '../errors';
import type { ClusterNode } from '../model/cluster';
import type { Log, NodeConnection, Provider } from '../ports';
import { memberOf } from './describeNodes';
import type { FleetSeen, NodeSeen, Observation } from './observation';
import { probeNode, readVitals, withDeadline } from './probeNode';
import { readCloud } from './readCloud';
import { createRelay, type Relay } from './relay';
import type { UserTime } from './rhythm';
import type { TrackedCluster } from './tracked';
import { toUnitSeen } from './unitSeen';

const CLOUD_MS = 20_000;
/** Less than the time for which a fleetd that is about to give up lets a call hang, so that another node is asked soon. */
const FLEET_MS = 6_000;
/** For the cloud before the nodes are asked (a droplet without power is not knocked at), and for silent nodes. */
const PATIENCE_MS = 1_500;
const VITALS_EVERY_MS = 15_000;

export interface LookDeps {
  readonly provider: Provider;
  readonly time: UserTime;
  readonly log: Log;
  /** Each finding is put in as it comes, so that a silent node delays nobody else's. */
  update(change: (seen: Observation) => Observation): void;
  seen(): Observation;
  /** A node that is still being asked from an earlier look is not asked twice. */
  single(key: string, task: () => Promise<void>): Promise<void>;
  readonly isCloudDue: boolean;
  /** How long a node took to answer everything. */
  onAnswer(tookMs: number): void;
}

/** One look at everything: the cloud, each node on its own, and fleet through the first node that has quorum. */
export async function look(deps: LookDeps, cluster: TrackedCluster, signal: AbortSignal): Promise<void> {
  const cloud = deps.isCloudDue ? deps.single('cloud', () => lookAtCloud(deps, cluster, signal)) : Promise.resolve();
  if (cluster.activity !== 'destroying') {
    await withPatience(deps, cloud, signal);
    await lookAtNodes(deps, cluster, signal);
  }
  await cloud;
}

async function lookAtNodes(deps: LookDeps, cluster: TrackedCluster, signal: AbortSignal): Promise<void> {
  const held: NodeConnection[] = [];
  try {
    const connect: NodeTask['connect'] = async (node, until) => {
      const connection = await cluster.connect(node.name, until);
      held.push(connection);
      return connection;
    };
    const { relay, answers } = askNodes(deps, { cluster, connect }, signal);
    await withPatience(deps, answers, signal);
    if (!(await relay.settled()) && !signal.aborted) {
      deps.update(withMissedLook);
    }
    await answers;
    await relay.settled();
  } finally {
    held.forEach((connection) => connection.dispose()); // Given back, not closed: the next look will want it again.
  }
}

/** Each node on its own, and fleet through the first that has quorum. */
function askNodes(
  deps: LookDeps,
  { cluster, connect }: Pick<NodeTask, 'cluster' | 'connect'>,
  signal: AbortSignal,
): { relay: Relay<NodeConnection>; answers: Promise<unknown> } {
  const relay = createRelay<NodeConnection>(
    (connection) => lookAtFleet(deps, { cluster, connection }, signal),
    (error) => deps.log.debug(`${cluster.name}: fleet could not be read: ${describe(error)}`),
  );
  let hasMembers = false;
  const onAnswer: NodeTask['onAnswer'] = async (connection, isHealthy) => {
    if (isHealthy) {
      relay.offer(connection);
    }
    if (!hasMembers) {
      hasMembers = true;
      await lookAtMembers(deps, { cluster, connection }, signal);
    }
  };
  const nodes = cluster.nodes.filter((node) => canAnswer(deps.seen(), node));
  const rest = cluster.nodes.filter((node) => !nodes.includes(node));
  deps.update((seen) => rest.reduce((all, node) => withNode(all, node, { isAnswering: false }), seen));
  const answers = Promise.all(
    nodes.map((node) => deps.single(node.name, () => lookAtNode(deps, { cluster, node, connect, onAnswer }, signal))),
  );
  return { relay, answers };
}

/** Waits for a while only: a silent node must not keep the others' news back. */
async function withPatience(deps: LookDeps, work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  await Promise.race([
    work.finally(() => done.abort()),
    deps.time.sleep(PATIENCE_MS, AbortSignal.any([done.signal, signal])),
  ]);
}

function withMissedLook(seen: Observation): Observation {
  const { fleet } = seen;
  return fleet === undefined ? seen : { ...seen, fleet: { ...fleet, missedLooks: fleet.missedLooks + 1 } };
}

/** A droplet that has no power or no address is not knocked at. When the cloud can't be asked, every node is. */
function canAnswer(seen: Observation, node: ClusterNode): boolean {
  const droplet = seen.droplets.find(({ id }) => id === node.dropletId);
  return droplet === undefined ? node.publicAddress !== undefined : droplet.status === 'active';
}

function without<T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> {
  const copy = { ...value };
  Reflect.deleteProperty(copy, key);
  return copy;
}

const describe = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function lookAtCloud(deps: LookDeps, cluster: TrackedCluster, signal: AbortSignal): Promise<void> {
  try {
    const droplets = await withDeadline(deps.provider, CLOUD_MS, signal, (until) =>
      readCloud(deps.provider, cluster, deps.seen().droplets, until),
    );
    deps.update((seen) => ({ ...without(seen, 'cloudProblem'), droplets, cloudSeenAt: deps.time.now() }));
  } catch (error) {
    signal.throwIfAborted();
    deps.log.debug(`${cluster.name}: the cloud could not be asked: ${describe(error)}`);
    const cloudProblem = ClusterError.is(error) ? error.message : 'The provider could not be asked.';
    deps.update((seen) => ({ ...seen, cloudProblem }));
  }
}

interface NodeTask {
  readonly cluster: TrackedCluster;
  readonly node: ClusterNode;
  readonly connect: (node: ClusterNode, signal: AbortSignal) => Promise<NodeConnection>;
  readonly onAnswer: (connection: NodeConnection, isHealthy: boolean) => Promise<void>;
}

async function lookAtNode(
  deps: LookDeps,
  { cluster, node, connect, onAnswer }: NodeTask,
  signal: AbortSignal,
): Promise<void> {
  const before = deps.seen().nodes[node.dropletId];
  const startedAt = deps.time.now();
  try {
    const { connection, etcd } = await probeNode({
      provider: deps.provider,
      connect: (until) => connect(node, until),
      before: before?.etcd,
      signal,
    });
    const now = { seenAt: deps.time.now(), seenOn: deps.provider.clock.now() };
    deps.update((seen) => withNode(seen, node, { isAnswering: true, etcd, ...now }));
    await Promise.all([
      onAnswer(connection, etcd.isUp && etcd.unhealthyLooks === 0),
      lookAtVitals(deps, { node, connection, before }, signal),
    ]);
    deps.onAnswer(deps.time.now() - startedAt);
  } catch (error) {
    if (isCancelled(error) || signal.aborted) {
      return;
    }
    deps.log.debug(`${cluster.name}: ${node.name} does not answer: ${describe(error)}`);
    const failure =
      ClusterError.is(error) && error.code !== 'timedOut' ? error.message : 'It does not answer over SSH.';
    deps.update((seen) => withNode(seen, node, { isAnswering: false, failure }));
  }
}

async function lookAtVitals(
  deps: LookDeps,
  { node, connection, before }: { node: ClusterNode; connection: NodeConnection; before: NodeSeen | undefined },
  signal: AbortSignal,
): Promise<void> {
  if (before?.vitalsAt !== undefined && deps.time.now() - before.vitalsAt < VITALS_EVERY_MS) {
    return;
  }
  try {
    const vitals = await readVitals(connection, signal);
    deps.update((seen) => withNode(seen, node, { isAnswering: true, vitals, vitalsAt: deps.time.now() }));
  } catch (error) {
    deps.log.debug(`${node.name}: memory and disk could not be read: ${describe(error)}`);
  }
}

interface Answering {
  readonly cluster: TrackedCluster;
  readonly connection: NodeConnection;
}

async function lookAtMembers(deps: LookDeps, { cluster, connection }: Answering, signal: AbortSignal): Promise<void> {
  try {
    const members = await deps.provider.etcd.listMembers(connection, signal);
    deps.update((seen) => withMachineIds(cluster, { ...seen, members }));
  } catch (error) {
    deps.log.debug(`${connection.endpoint.name}: etcd's members could not be read: ${describe(error)}`);
  }
}

async function lookAtFleet(deps: LookDeps, { cluster, connection }: Answering, signal: AbortSignal): Promise<void> {
  const { fleet } = deps.provider;
  const [machines, units, instances] = await withDeadline(deps.provider, FLEET_MS, signal, (until) =>
    Promise.all([
      fleet.listMachines(connection, until),
      fleet.listUnits(connection, until),
      fleet.listInstances(connection, until),
    ]),
  );
  const seenFleet: FleetSeen = {
    machines,
    units: units.map(toUnitSeen),
    instances,
    seenAt: deps.time.now(),
    missedLooks: 0,
  };
  deps.update((seen) => withMachineIds(cluster, { ...seen, fleet: seenFleet }));
}

/** Puts in what is new about a node; what was seen of it before stays. A node that answers has no failure. */
function withNode(seen: Observation, node: ClusterNode, news: NodeSeen): Observation {
  const before = without(seen.nodes[node.dropletId] ?? { isAnswering: false }, 'failure');
  return { ...seen, nodes: { ...seen.nodes, [node.dropletId]: { ...before, ...news } } };
}

/** Which machine a node is: by its private address in fleet's list, or in the peer URL of the member named after it. */
function withMachineIds(cluster: TrackedCluster, seen: Observation): Observation {
  const nodes = Object.fromEntries(
    Object.entries(seen.nodes).map(([id, node]) => {
      const address =
        seen.droplets.find((droplet) => String(droplet.id) === id)?.privateAddress ??
        cluster.nodes.find((known) => String(known.dropletId) === id)?.privateAddress;
      const name = memberOf(seen.members, address, undefined)?.name;
      const machineId =
        seen.fleet?.machines.find(({ primaryIp }) => address !== undefined && primaryIp === address)?.id ??
        (name !== undefined && /^[0-9a-f]{32}$/.test(name) ? name : node.machineId);
      return [id, machineId === undefined ? node : { ...node, machineId }];
    }),
  );
  return { ...seen, nodes };
}
