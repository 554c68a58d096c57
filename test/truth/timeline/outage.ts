import type { Stage } from '../stage';
import { diffEvents } from './compareEvents';
import { eventsOf } from './events';
import { record, type Asked, type Happening } from './probes';
import { readTimeline } from './recorded';

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

/** How the cluster's own clock tells what of a node's life in fleet's registry was left when the event came, in seconds. */
export interface Left {
  readonly node: string;
  readonly machine: number;
  readonly units?: number;
}

/** A lapse can come as early or late as the recorded one only when it was as near: waits until it is. */
export async function untilLeft(stage: Stage, observer: string, left: Left): Promise<void> {
  const id = stage.lab.cluster.machines[Number(left.node.slice(5)) - 1] ?? '';
  const address = 'http://127.0.0.1:2379/v2/keys/_coreos.com/fleet';
  const ttlOf = async (key: string): Promise<number> => {
    const { stdout } = await stage.lab.run(observer, `curl -s ${address}/${key}`);
    return Number(/"ttl":(\d+)/.exec(stdout)?.[1]);
  };
  const end = performance.now() + 60_000;
  for (;;) {
    const machine = await ttlOf(`machines/${id}/object`);
    const units = await ttlOf(`states/deis-logspout.service/${id}`);
    const isNear = (is: number, wanted: number | undefined, by: number): boolean =>
      wanted === undefined || Math.abs(is - wanted) <= by;
    if (isNear(machine, left.machine, 0.5) && isNear(units, left.units, 2.5)) return;
    if (performance.now() > end) return; // The time line will tell; the rows after it can be asked all the same.
    await stage.lab.rest(400);
  }
}

/** fleetd without etcd tries again once a minute: waits until it has just failed, then `afterMs`. */
export async function untilRetried(stage: Stage, observer: string, afterMs: number): Promise<void> {
  const ask = 'journalctl -u fleet --no-pager -o cat | grep -c "retrying in 60000000000 sec"';
  const count = async (): Promise<number> => Number((await stage.lab.run(observer, ask)).stdout);
  const before = await count();
  const end = performance.now() + 60_000;
  while ((await count()) === before) {
    if (performance.now() > end) throw new Error(`fleetd on ${observer} does not try again`);
    await stage.lab.rest(500);
  }
  await stage.lab.rest(afterMs);
}

/** Replays a time line's event and judges its row. */
export async function timeline(
  stage: Stage,
  folder: string,
  file: string,
  observer: string,
  happen: Happening,
): Promise<void> {
  const recorded = readTimeline(`${folder}/${file}`);
  const { lab } = stage;
  const asked: Asked = {
    now: () => performance.now() * lab.speed,
    rest: (ms) => lab.rest(ms),
    run: (command) => lab.run(observer, command),
  };
  const seconds = Math.max(...recorded.map(({ at }) => at));
  const ours = await record(asked, seconds, happen);
  const [wanted, got] = [eventsOf(recorded), eventsOf(ours)];
  const tell = (events: typeof wanted): string =>
    events.map(({ at, probe, condition }) => `${at.toFixed(1)}\t${probe}\t${condition}\n`).join('');
  stage.judge(file, diffEvents(wanted, got), { stdout: tell(got), stderr: '', exit: 0 });
}
