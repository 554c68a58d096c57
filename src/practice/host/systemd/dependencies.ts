import { isAfter } from './jobs';
import type { Unit } from './unit';
import type { UnitStore } from './unitStore';

/** Names of the units that a start of this one starts too (systemd.unit(5): Requires=, BindsTo=, Wants= and links in .wants). */
export function pulledIn(unit: Unit, store: UnitStore): string[] {
  const { requires, requisite, wants, bindsTo } = unit.config;
  const links = [...store.wantedThroughLinks(unit.name, 'requires'), ...store.wantedThroughLinks(unit.name, 'wants')];
  return [...new Set([...requires, ...bindsTo, ...wants, ...links])].filter((name) => !requisite.includes(name));
}

/** A unit that it needs and is ordered after did not come up (one without file is missing in any case). */
export function lacksDependency(unit: Unit, find: (name: string) => Unit): boolean {
  const { requires, bindsTo, requisite } = unit.config;
  return [...requires, ...bindsTo, ...requisite].some((name) => {
    const other = find(name);
    return other.load !== 'loaded' || (isAfter(unit, other) && other.active !== 'active' && !other.conditionFailed);
  });
}

/** Running units that go down with the named one: what requires it, is bound to it or is part of it. */
export function runningDependents(name: string, units: readonly Unit[]): Unit[] {
  return units.filter(
    ({ config, isRunning }) => isRunning && [...config.requires, ...config.bindsTo, ...config.partOf].includes(name),
  );
}

/** With those that depend on them in turn: all are restarted with it (`try-restart`). */
export function allRunningDependents(
  name: string,
  units: readonly Unit[],
  found = new Set<string>(),
): ReadonlySet<string> {
  for (const unit of runningDependents(name, units)) {
    if (!found.has(unit.name) && unit.name !== name) {
      found.add(unit.name);
      allRunningDependents(unit.name, units, found);
    }
  }
  return found;
}
