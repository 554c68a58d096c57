import { PROBES } from '../../truth/timeline/probes';
import type { Sample } from '../../truth/timeline/events';
import type { VirtualLab } from './virtualLab';

/** Which machine each unit that runs once belongs to, as an answer of `fleetctl list-unit-files` says. */
function placesIn(stdout = ''): Map<string, string> {
  const rows = stdout.trimEnd().split('\n');
  const places = rows.map((row) => row.split(/\t+/)).map(([unit = '', , , to = '']) => [unit, to.slice(0, 8)] as const);
  return new Map(places.filter(([, machine]) => machine !== 'global'));
}

export async function placesOf(lab: VirtualLab, node: string): Promise<Map<string, string>> {
  return placesIn(await lab.prepare(node, PROBES['list-unit-files'] ?? ''));
}

/**
 * Where a time line left the units that run once: how many each machine has, and how many were taken from a machine that was alive.
 * Which machine has which is chance, for fleet goes through its units in no order.
 */
export function placementOf(samples: readonly Sample[]): string {
  const lists = samples.filter(({ probe, exit }) => probe === 'list-unit-files' && exit === 0);
  const [was, is] = [placesIn(lists.at(0)?.stdout), placesIn(lists.at(-1)?.stdout)];
  const machines = [...new Set(is.values())];
  const counts = machines.map((machine) => [...is.values()].filter((other) => other === machine).length);
  const taken = [...was].filter(([unit, machine]) => is.get(unit) !== machine && machines.includes(machine));
  return `${counts.sort((a, b) => b - a).join(' ')}, ${taken.length} taken from the living`;
}
