import { ClusterError } from '../errors';
import type { Journal, JournalNode } from '../plan/journal';
import type { NodeConnection, NodeEndpoint, SecretStore } from '../ports';
import { isTransient } from '../plan/retry';
import type { Run } from '../plan/step';
import { privateKeySecret } from '../secretKeys';

/** A silent node may hold up its own work this long, and nobody else's. */
const CONNECT_MS = 15_000;

/** As much of a run as is needed to log in to a node. */
interface NodeContext {
  readonly clusterId: string;
  readonly journal: { readonly data: Readonly<Journal> };
  readonly secrets: SecretStore;
}

/** How to log in to a node, with exactly the host keys that may answer. */
export async function endpointOf(run: NodeContext, name: string): Promise<NodeEndpoint> {
  const node = nodeNamed(run, name);
  const privateKey = await run.secrets.get(privateKeySecret(run.clusterId));
  if (privateKey === undefined) {
    throw new ClusterError(
      `The SSH key of cluster ${run.clusterId} is not in this computer's secret storage, so its nodes cannot be reached. ` +
        'The droplets can still be powered and destroyed.',
      { code: 'secretMissing', remedy: 'destroyCluster' },
    );
  }
  const { bootstrapHostKey } = run.journal.data;
  const trusted = node.hostKeys.length > 0 ? node.hostKeys : bootstrapHostKey === undefined ? [] : [bootstrapHostKey];
  if (node.publicAddress === undefined || trusted.length === 0) {
    throw new ClusterError(`Node ${name} has no address yet.`, { code: 'sshUnreachable', remedy: 'resumeSetup' });
  }
  return { clusterId: run.clusterId, name, address: node.publicAddress, trustedHostKeys: trusted, privateKey };
}

export function nodeNamed(run: Pick<NodeContext, 'clusterId' | 'journal'>, name: string): JournalNode {
  const node = run.journal.data.nodes.find((candidate) => candidate.name === name);
  if (node === undefined) {
    throw new ClusterError(`Cluster ${run.clusterId} has no node ${name}.`, { code: 'notFound', remedy: 'refresh' });
  }
  return node;
}

/** Work over a node's shared connection, which is given back afterwards. A call that ends too late is one that may pass. */
export async function withNode<T>(run: Run, name: string, work: (node: NodeConnection) => Promise<T>): Promise<T> {
  const node = await connect(run, name);
  try {
    return await work(node);
  } catch (error) {
    throw ClusterError.is(error, 'timedOut') ? tooBusy(name, error) : error;
  } finally {
    node.dispose();
  }
}

/** A node of 512 MB that swaps may need long for the simplest command. That passes; what it was asked for is looked at again. */
const tooBusy = (name: string, cause: ClusterError): ClusterError =>
  new ClusterError(`Node ${name} is too busy to answer: ${cause.message} Resume the setup to try again.`, {
    code: 'sshUnreachable',
    remedy: 'resumeSetup',
    cause,
  });

/** Gives up after a while, so that a mute node is not waited for. */
async function connect(run: Run, name: string): Promise<NodeConnection> {
  const endpoint = await endpointOf(run, name);
  const deadline = run.provider.clock.deadline(CONNECT_MS, run.signal);
  try {
    return await run.provider.nodes.connect(endpoint, deadline.signal);
  } catch (error) {
    if (deadline.hasPassed) {
      throw new ClusterError(`Node ${name} (${endpoint.address}) does not answer on SSH.`, {
        code: 'sshUnreachable',
        remedy: 'resumeSetup',
        cause: error,
      });
    }
    throw error;
  } finally {
    deadline.dispose();
  }
}

export type Outcome<T> =
  { readonly name: string; readonly value: T } | { readonly name: string; readonly error: unknown };

/** The same work on every node at once. Never rejects but for a cancel: each node has its own outcome. */
export async function onEachNode<T>(
  run: Run,
  work: (node: NodeConnection, name: string) => Promise<T>,
): Promise<Outcome<T>[]> {
  const outcomes = await Promise.all(
    run.journal.data.nodes.map(async ({ name }): Promise<Outcome<T>> => {
      try {
        return { name, value: await withNode(run, name, (node) => work(node, name)) };
      } catch (error) {
        return { name, error };
      }
    }),
  );
  run.signal.throwIfAborted();
  return outcomes;
}

/** Rejects with the first error that will not pass by itself. */
export function throwIfHopeless<T>(outcomes: readonly Outcome<T>[]): void {
  for (const outcome of outcomes) {
    if ('error' in outcome && !isTransient(outcome.error)) {
      throw outcome.error;
    }
  }
}

/** The same work on every node, all of which must succeed. */
export async function onAllNodes<T>(
  run: Run,
  work: (node: NodeConnection, name: string) => Promise<T>,
): Promise<Map<string, T>> {
  const outcomes = await onEachNode(run, work);
  const values = new Map<string, T>();
  for (const outcome of outcomes) {
    if ('error' in outcome) {
      throw outcome.error;
    }
    values.set(outcome.name, outcome.value);
  }
  return values;
}

/** Nodes that answered last come first, for each cluster. */
const favourites = new Map<string, string>();

/** Names of the nodes that have an address; who answered last is asked first. */
export function nodesToAsk(run: Run): string[] {
  const names = run.journal.data.nodes.filter((node) => node.publicAddress !== undefined).map((node) => node.name);
  const favourite = favourites.get(run.clusterId);
  return names.sort((a, b) => Number(b === favourite) - Number(a === favourite));
}

/** Work that any node can do, such as a question about the whole cluster: fails over to the next node. */
export async function onAnyNode<T>(run: Run, work: (node: NodeConnection, name: string) => Promise<T>): Promise<T> {
  let lastError: unknown = new ClusterError(`Cluster ${run.clusterId} has no node that could be asked.`, {
    code: 'sshUnreachable',
  });
  for (const name of nodesToAsk(run)) {
    try {
      const value = await withNode(run, name, (node) => work(node, name));
      favourites.set(run.clusterId, name);
      return value;
    } catch (error) {
      run.signal.throwIfAborted();
      if (!isTransient(error) && !ClusterError.is(error, 'hostKeyChanged', 'sshAuthFailed')) {
        throw error;
      }
      lastError = error;
    }
  }
  throw lastError;
}
