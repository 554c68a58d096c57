import { ClusterError } from '../../core/errors';
import { parseFleetError } from '../../core/parse/fleet';
import type { HttpReply, HttpRequest, NodeConnection } from '../../core/ports';

const SOCKET_PATH = '/var/run/fleet.sock';
/** A fleetd that has just lost etcd lets a call hang for about 10 s before it resets it (recorded: no-quorum/). */
const TIMEOUT_MS = 12_000;

/** Over the node's socket. A connection that is not there keeps its own code; whatever else goes wrong is fleet's fault. */
export async function request(
  node: NodeConnection,
  call: Pick<HttpRequest, 'method' | 'path' | 'body'>,
  signal: AbortSignal | undefined,
): Promise<HttpReply> {
  try {
    return await node.request({
      ...call,
      target: { socketPath: SOCKET_PATH },
      timeoutMs: TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    if (ClusterError.is(error, 'sshUnreachable', 'sshAuthFailed', 'sshClosed', 'hostKeyChanged')) {
      throw error;
    }
    throw new ClusterError(`fleet on ${node.endpoint.name} does not answer.`, {
      code: 'fleetUnavailable',
      remedy: 'refresh',
      cause: error,
    });
  }
}

/** Turns every other status into a sentence. `subject` is the unit that was asked about. */
export function expectStatus(
  node: NodeConnection,
  reply: HttpReply,
  expected: readonly number[],
  subject?: string,
): HttpReply {
  if (expected.includes(reply.status)) {
    return reply;
  }
  const words = parseFleetError(reply.body);
  const where = `fleet on ${node.endpoint.name}`;
  if (reply.status === 503) {
    throw new ClusterError(`${where} has no connection to etcd; it comes back by itself once etcd has quorum.`, {
      code: 'fleetUnavailable',
      remedy: 'refresh',
    });
  }
  if (reply.status >= 500) {
    const hint = subject === undefined ? '' : `, or it can't read its own record of ${subject}`;
    throw new ClusterError(`${where} failed (${reply.status}): etcd does not answer it${hint}.`, {
      code: 'fleetUnavailable',
      remedy: 'refresh',
    });
  }
  const about = subject ?? 'the request';
  throw new ClusterError(`${where} refused ${about} (${reply.status}): ${words ?? 'it gave no reason'}.`, {
    code: reply.status === 409 ? 'notFound' : 'invalidInput',
  });
}
