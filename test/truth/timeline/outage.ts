import type { Stage } from '../stage';

const NUMBERS = [1, 2, 3, 4, 5];

/** Who asks and who dies, in which order, by what they were in the recording. */
export interface Roles {
  /** Leads nothing and lives: the recording's deis-2. */
  readonly observer: string;
  /** The leader of etcd, then of fleet's engine, then one more. */
  readonly victims: readonly [string, string, string];
}

export async function rolesOf(stage: Stage): Promise<Roles> {
  const list = await stage.prepare('deis-1', 'etcdctl member list');
  const etcd = nodeOf(stage, /name=([0-9a-f]{32}) .*isLeader=true/.exec(list)?.[1]);
  const lease = await stage.prepare('deis-1', 'etcdctl get /_coreos.com/fleet/lease/engine-leader');
  const engine = nodeOf(stage, /[0-9a-f]{32}/.exec(lease)?.[0]);
  const others = NUMBERS.map((number) => `deis-${number}`).filter((node) => node !== etcd && node !== engine);
  const [observer = '', ...rest] = others;
  const hasSingles = await singlesOf(stage);
  const candidates = [...(engine === etcd ? [] : [engine]), ...rest];
  const second = candidates.find((node) => hasSingles.has(node)) ?? '';
  return { observer, victims: [etcd, second, candidates.find((node) => node !== second) ?? ''] };
}

/** Nodes that have a unit which runs nowhere else. */
async function singlesOf(stage: Stage): Promise<Set<string>> {
  const list = await stage.prepare('deis-1', 'fleetctl list-units --full --no-legend --fields=unit,machine');
  const rows = list.split('\n').map((line) => line.split(/\t+/));
  const singles = rows.filter(([unit]) => rows.filter(([other]) => other === unit).length === 1);
  return new Set(singles.map(([, machine]) => nodeOf(stage, machine?.slice(0, 32))));
}

const nodeOf = (stage: Stage, machine: string | undefined): string =>
  `deis-${stage.lab.cluster.machines.indexOf(machine ?? '') + 1}`;
