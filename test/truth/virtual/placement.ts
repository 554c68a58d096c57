import type { Sample } from '../timeline/events';
import { PROBES } from '../timeline/probes';
import type { VirtualLab } from '../../integration/virtual/virtualLab';

/** Machines by the units that run once. */
type Places = ReadonlyMap<string, string>;

/** Which machine each unit that runs once belongs to, as an answer of `fleetctl list-unit-files` says. */
function placesIn(stdout = ''): Places {
  const rows = stdout.trimEnd().split('\n');
  const places = rows.map((row) => row.split(/\t+/)).map(([unit = '', , , to = '']) => [unit, to.slice(0, 8)] as const);
  return new Map(places.filter(([, machine]) => machine !== 'global'));
}

export async function placesOf(lab: VirtualLab, node: string): Promise<Places> {
  return placesIn(await lab.prepare(node, PROBES['list-unit-files'] ?? ''));
}

const unitsOn = (places: Places, machine: string): string[] =>
  [...places].filter(([, other]) => other === machine).map(([unit]) => unit);

/** Of Deis' units that run once only routers stand in each other's way. */
const mayTake = (units: readonly string[], unit: string): boolean =>
  !unit.startsWith('deis-router@') || !units.some((other) => other.startsWith('deis-router@'));

/**
 * How fleet placed the units that run once, in words that two clusters can share: which machine has which is chance, for fleet goes
 * through its units in no order.
 */
export function placementOf(samples: readonly Sample[]): string {
  const lists = samples.filter(({ probe, exit }) => probe === 'list-unit-files' && exit === 0);
  const [was, is] = [placesIn(lists.at(0)?.stdout), placesIn(lists.at(-1)?.stdout)];
  const machines = [...new Set(is.values())];
  const most = Math.max(...machines.map((machine) => unitsOn(is, machine).length));
  const moved = [...is].filter(([unit, machine]) => was.get(unit) !== machine);
  const taken = moved.filter(([unit]) => machines.includes(was.get(unit) ?? ''));
  const stayed = new Map([...was].filter(([unit, machine]) => is.get(unit) === machine));
  const unfair = moved.filter(([unit, machine]) =>
    machines.some((other) => {
      const units = unitsOn(is, other);
      return mayTake(units, unit) && units.length < unitsOn(stayed, machine).length;
    }),
  );
  const spread = most > is.size / 2 ? 'most on one machine' : 'shared among machines';
  return `${taken.length} taken from the living, ${unfair.length} beside a machine with fewer, ${spread}`;
}
