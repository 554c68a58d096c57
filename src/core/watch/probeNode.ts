import { ClusterError } from '../errors';
import type { NodeVitals } from '../model/snapshot';
import { parseDf } from '../parse/df';
import { parseMeminfo } from '../parse/proc';
import type { NodeConnection, Provider } from '../ports';
import type { EtcdSeen } from './observation';

/** Logging in to a node that swaps can take long; a node without power never answers. */
const CONNECT_MS = 15_000;
const COMMAND_MS = 10_000;

export interface Probe {
  readonly connection: NodeConnection;
  readonly etcd: EtcdSeen;
}

interface Question {
  readonly provider: Provider;
  readonly connect: (signal: AbortSignal) => Promise<NodeConnection>;
  readonly before: EtcdSeen | undefined;
  readonly signal: AbortSignal;
}

/** Asks one node, within its own deadline: rejects when the node itself does not answer, not when only its etcd does not. */
export async function probeNode(question: Question): Promise<Probe> {
  try {
    return await probeOnce(question);
  } catch (error) {
    if (ClusterError.is(error, 'sshClosed')) {
      return await probeOnce(question); // The kept connection had died unnoticed; this opens a new one.
    }
    throw error;
  }
}

/** The calls over the connection have deadlines of their own: when one passes, the adapter knows whether the node is mute or only late. */
async function probeOnce({ provider, connect, before, signal }: Question): Promise<Probe> {
  const connection = await withDeadline(provider, CONNECT_MS, signal, connect);
  const { etcd } = provider;
  try {
    const [isHealthy, isLeader] = await Promise.all([
      etcd.isHealthy(connection, signal),
      etcd.getSelf(connection, signal).then(
        (self) => self.isLeader,
        () => false,
      ),
    ]);
    const unhealthyLooks = isHealthy ? 0 : (before?.unhealthyLooks ?? 0) + 1;
    return { connection, etcd: { isUp: true, isLeader: isLeader && isHealthy, unhealthyLooks } };
  } catch (error) {
    signal.throwIfAborted();
    if (ClusterError.is(error, 'sshUnreachable', 'sshAuthFailed', 'sshClosed', 'hostKeyChanged')) {
      throw error;
    }
    // A connection to a node that lost power stays silent as well: only a command tells the two apart.
    await connection.exec(['true'], { signal, timeoutMs: COMMAND_MS });
    return { connection, etcd: { isUp: false, isLeader: false, unhealthyLooks: 0 } };
  }
}

/** Memory, swap and the disk that holds the swap file. */
export async function readVitals(connection: NodeConnection, signal: AbortSignal): Promise<NodeVitals> {
  const run = async (command: readonly string[]): Promise<string> =>
    (await connection.exec(command, { signal, timeoutMs: COMMAND_MS })).stdout;
  const [meminfo, df] = await Promise.all([run(['cat', '/proc/meminfo']), run(['df', '-P', '/'])]);
  const memory = parseMeminfo(meminfo);
  const disk = parseDf(df)[0];
  return {
    memoryTotalMb: memory.totalMb,
    memoryAvailableMb: memory.availableMb,
    swapTotalMb: memory.swapTotalMb,
    swapUsedMb: memory.swapUsedMb,
    diskTotalMb: disk?.totalMb ?? 0,
    diskFreeMb: disk?.freeMb ?? 0,
  };
}

/** Runs one call under a deadline of the provider's time; the late one is told by `timedOut`. */
export async function withDeadline<T>(
  provider: Provider,
  ms: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = provider.clock.deadline(ms, signal);
  try {
    return await run(deadline.signal);
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.hasPassed) {
      throw new ClusterError('No answer in time.', { code: 'timedOut', remedy: 'refresh', cause: error });
    }
    throw error;
  } finally {
    deadline.dispose();
  }
}
