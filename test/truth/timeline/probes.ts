import type { Said } from '../readme';
import type { Sample } from './events';

const FLEET = 'curl -sS -m 60 --unix-socket /var/run/fleet.sock http://localhost/fleet/v1';
const ETCD = 'curl -sS -m 60 http://127.0.0.1:2379';

/** The recorder's probes in its order; each begins a tenth of a second after the one before it. */
export const PROBES: Readonly<Record<string, string>> = {
  'list-machines': 'fleetctl list-machines --no-legend',
  'list-units': 'fleetctl list-units --no-legend --fields=unit,machine,load,active,sub',
  'list-unit-files': 'fleetctl list-unit-files --no-legend --fields=unit,dstate,state,target',
  state: `${FLEET}/state`,
  machines: `${FLEET}/machines`,
  health: `${ETCD}/health`,
  'cluster-health': 'etcdctl cluster-health',
  'stats-self': `${ETCD}/v2/stats/self`,
  'deisctl-list': 'deisctl list',
  write: `${ETCD}/v2/keys/lab-probe -XPUT -d value=1`,
};

/** How a cluster is asked; times are the cluster's own. */
export interface Asked {
  now(): number;
  rest(ms: number): Promise<void>;
  run(command: string): Promise<Said>;
}

const PERIOD_MS = 2_000;
const STAGGER_MS = 100;
const LEAD_MS = 6_000;

/** What happens to the cluster, and how long its order takes to be carried out. */
export interface Happening {
  readonly order: () => Promise<void>;
  readonly takesMs: number;
}

/** Asks for `seconds` after the event, which comes 6 s after the first question. */
export async function record(asked: Asked, seconds: number, happen: Happening): Promise<Sample[]> {
  const zero = asked.now() + LEAD_MS;
  const samples: Sample[] = [];
  const follow = async (probe: string, command: string, offset: number): Promise<void> => {
    let next = zero - LEAD_MS + offset;
    while (next < zero + seconds * 1_000) {
      await asked.rest(Math.max(0, next - asked.now()));
      const from = asked.now();
      const { exit, stdout, stderr } = await asked.run(command);
      const ms = asked.now() - from;
      samples.push({ at: (from - zero) / 1_000, probe, ms, exit, stdout, stderr });
      next = Math.max(next + PERIOD_MS, asked.now());
    }
  };
  const event = async (): Promise<void> => {
    await asked.rest(Math.max(0, zero - happen.takesMs - asked.now()));
    await happen.order();
  };
  await Promise.all([
    event(),
    ...Object.entries(PROBES).map(([probe, command], at) => follow(probe, command, at * STAGGER_MS)),
  ]);
  return samples.sort((a, b) => a.at - b.at);
}
