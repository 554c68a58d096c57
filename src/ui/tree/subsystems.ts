import { healthOf, type Instance, type UnitHealth } from './unitHealth';

/** The platform as deisctl groups it when it installs (deisctl 1.13, cmd/platform.go), in that order. */
export interface Subsystem {
  readonly id: string;
  readonly title: string;
  readonly icon: string;
  readonly meaning: string;
  readonly components: readonly string[];
}

export const SUBSYSTEMS: readonly Subsystem[] = [
  {
    id: 'storage',
    title: 'Storage',
    icon: 'database',
    meaning: 'Ceph: keeps three copies of everything the platform stores, on different nodes.',
    components: ['store-monitor', 'store-daemon', 'store-metadata', 'store-volume', 'store-gateway', 'store-admin'],
  },
  {
    id: 'logging',
    title: 'Logging',
    icon: 'output',
    meaning: 'Collects what the apps print, on all nodes.',
    components: ['logger', 'logspout'],
  },
  {
    id: 'control',
    title: 'Control plane',
    icon: 'settings',
    meaning: 'What the deis command talks to, and what builds the apps.',
    components: ['database', 'registry', 'controller', 'builder'],
  },
  {
    id: 'data',
    title: 'Data plane',
    icon: 'broadcast',
    meaning: 'Tells the routers where the containers of the apps are.',
    components: ['publisher'],
  },
  {
    id: 'router',
    title: 'Router mesh',
    icon: 'globe',
    meaning: 'Answers ports 80, 443 and 2222 and passes requests on to the apps.',
    components: ['router'],
  },
];

/** What has one instance on each node; fleet does not say so of a unit that has none at all. */
const GLOBAL = new Set(['store-monitor', 'store-daemon', 'store-metadata', 'store-volume', 'logspout', 'publisher']);

const isKnownAsGlobal = (unitName: string): boolean =>
  unitName === 'swapon.service' || GLOBAL.has(componentOf(unitName) ?? '');

/** `deis-store-gateway@1.service` -> `store-gateway`; undefined for a unit that is not of the platform. */
export function componentOf(unitName: string): string | undefined {
  return /^deis-([a-z-]+)[@.]/.exec(unitName)?.[1];
}

export function subsystemOf(unitName: string): Subsystem | undefined {
  const component = componentOf(unitName);
  return component === undefined ? undefined : SUBSYSTEMS.find((each) => each.components.includes(component));
}

/** One unit with all its instances; a global unit has one on each node. */
export interface UnitGroup {
  readonly name: string;
  readonly isGlobal: boolean;
  readonly instances: readonly Instance[];
  /** One for each instance that there should be, the missing ones included. */
  readonly healths: readonly UnitHealth[];
}

/** The nodes that fleet knows: a droplet that has not booted yet, or that nobody asked for, runs no global unit. */
export function machinesOf<T extends { readonly machineId?: string }>({
  nodes,
}: {
  nodes: readonly T[];
}): readonly T[] {
  const known = nodes.filter(({ machineId }) => machineId !== undefined);
  return known.length === 0 ? nodes : known;
}

/** Units by name, in the order of the subsystem's components. A global unit should have an instance on each machine. */
export function groupUnits(
  cluster: { units: readonly Instance[]; missingUnits: readonly string[]; nodes: readonly { machineId?: string }[] },
  belongs: (unitName: string) => boolean,
): UnitGroup[] {
  const names = new Set([...cluster.units.map((unit) => unit.name), ...cluster.missingUnits].filter(belongs));
  const groups = [...names].map((name) => {
    const instances = cluster.units.filter((unit) => unit.name === name);
    const isGlobal = instances.some((unit) => unit.isGlobal) || (instances.length === 0 && isKnownAsGlobal(name));
    const wanted = isGlobal ? machinesOf(cluster).length : 1;
    const missing = Math.max(0, wanted - instances.length);
    const healths = [...instances.map(healthOf), ...Array<UnitHealth>(missing).fill('missing')];
    return { name, isGlobal, instances, healths };
  });
  return groups.sort((a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function rank(unitName: string): number {
  const component = componentOf(unitName);
  return component === undefined ? 0 : (subsystemOf(unitName)?.components.indexOf(component) ?? 0);
}
