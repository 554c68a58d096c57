import * as v from 'valibot';
import { ClusterError } from '../../core/errors';
import type { Clock, Dialer } from '../../core/ports';
import { dial, nodeCode, unreachable } from '../net/dialer';
import { getJson, type PracticeAddress } from './get';

const Nodes = v.object({
  nodes: v.array(
    v.object({
      publicAddress: v.nullish(v.string()),
      ports: v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535))),
    }),
  ),
});

interface Deps {
  readonly clock: Clock;
  open(): Promise<PracticeAddress>;
}

/**
 * A droplet's public address and port → where the practice cloud lets it be reached on this computer. Firewall and power are
 * already in that list, so what is not in it does not answer.
 */
export function createPracticeDialer(deps: Deps): Dialer {
  const known = new Map<string, number>();
  return {
    async connect(address, port, signal) {
      const place = `${address} port ${port}`;
      const key = `${address}:${port}`;
      const to = { clock: deps.clock, address: '127.0.0.1', signal, shownAs: place };
      const first = known.get(key);
      if (first !== undefined) {
        try {
          return await dial({ ...to, port: first });
        } catch (error) {
          known.delete(key);
          if (signal.aborted || !isRefused(error)) {
            throw error;
          }
        }
      }
      // Not known, or no longer there: the process may have been restarted, the droplet powered, a port opened.
      const practice = await deps.open();
      const ports = await listPorts(practice, address, signal).catch((error: unknown) => {
        throw signal.aborted || ClusterError.is(error)
          ? error
          : unreachable(place, 'cannot be reached', nodeCode(error));
      });
      for (const [other, local] of ports) {
        known.set(`${address}:${other}`, local);
      }
      const second = ports.get(String(port));
      if (second === undefined) {
        known.delete(key);
        throw unreachable(place, 'does not answer', 'ETIMEDOUT');
      }
      return await dial({ ...to, port: second });
    },
  };
}

async function listPorts(
  practice: PracticeAddress,
  address: string,
  signal: AbortSignal,
): Promise<Map<string, number>> {
  const path = `/practice/nodes?address=${encodeURIComponent(address)}`;
  const { nodes } = v.parse(Nodes, await getJson(practice, path, signal));
  // An address may have belonged to another droplet before; only the one that has it now is listed.
  const node = nodes.find(({ publicAddress }) => publicAddress === address);
  return new Map(Object.entries(node?.ports ?? {}));
}

const isRefused = (error: unknown): boolean => error instanceof Error && nodeCode(error.cause) === 'ECONNREFUSED';
