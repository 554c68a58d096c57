import { ClusterError } from '../../core/errors';
import type { HttpReply, HttpRequest, NodeConnection } from '../../core/ports';

/** etcd's own port, and the older one that some images listen on instead. */
const PORTS = [2379, 4001] as const;
/** A write or a quorum read without quorum takes etcd 7 s to refuse (recorded: no-quorum/etcd-put). */
const TIMEOUT_MS = 10_000;

type Call = Pick<HttpRequest, 'method' | 'path' | 'body'>;
export type EtcdRequest = (node: NodeConnection, call: Call, signal: AbortSignal | undefined) => Promise<HttpReply>;

/** Remembers for each connection which port answered. */
export function createEtcdRequest(): EtcdRequest {
  const known = new WeakMap<NodeConnection, number>();
  return async (node, call, signal) => {
    const port = known.get(node);
    let failure: unknown;
    for (const candidate of port === undefined ? PORTS : [port]) {
      try {
        const reply = await ask(node, { call, port: candidate }, signal);
        known.set(node, candidate);
        return reply;
      } catch (error) {
        signal?.throwIfAborted();
        failure = error;
        if (ClusterError.is(error, 'timedOut', 'sshUnreachable', 'sshAuthFailed', 'sshClosed', 'hostKeyChanged')) {
          break; // The other port would not fare better.
        }
      }
    }
    if (ClusterError.is(failure, 'sshUnreachable', 'sshAuthFailed', 'sshClosed', 'hostKeyChanged')) {
      throw failure;
    }
    throw new ClusterError(`etcd on ${node.endpoint.name} does not answer.`, {
      code: 'etcdUnavailable',
      remedy: 'refresh',
      cause: failure,
    });
  };
}

const ask = (
  node: NodeConnection,
  { call, port }: { call: Call; port: number },
  signal: AbortSignal | undefined,
): Promise<HttpReply> =>
  node.request({ ...call, target: { port }, timeoutMs: TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) });
