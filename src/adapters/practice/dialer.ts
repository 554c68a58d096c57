import * as v from 'valibot';
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
  let known = new Map<string, number>();
  const look = async (signal: AbortSignal): Promise<void> => {
    known = await listPorts(await deps.open(), signal);
  };
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
          if (signal.aborted || !isRefused(error)) {
            throw error;
          }
        }
      }
      // Not known, or no longer there: the process may have been restarted, the droplet powered, a port opened.
      await look(signal);
      const second = known.get(key);
      if (second === undefined) {
        throw unreachable(place, 'does not answer', 'ETIMEDOUT');
      }
      return await dial({ ...to, port: second });
    },
  };
}

async function listPorts(address: PracticeAddress, signal: AbortSignal): Promise<Map<string, number>> {
  const { nodes } = v.parse(Nodes, await getJson(address, '/practice/nodes', signal));
  return new Map(
    nodes.flatMap(({ publicAddress, ports }) =>
      Object.entries(ports).map(([port, local]): [string, number] => [`${publicAddress ?? ''}:${port}`, local]),
    ),
  );
}

const isRefused = (error: unknown): boolean => error instanceof Error && nodeCode(error.cause) === 'ECONNREFUSED';
