import { isGlobal, type FleetMachine, type Unit } from '../model/units';
import type { UnitSeen } from './observation';

/** `"k=v" "k2=v2"` or `k=v`: several keys must all fit, several values of one key are alternatives (fleet's documentation). */
function readRequirements(unit: Unit): Record<string, string[]> {
  const requires = new Map<string, string[]>();
  for (const { section, name, value } of unit.options) {
    if (section !== 'X-Fleet' || name !== 'MachineMetadata') {
      continue;
    }
    for (const word of value.match(/"[^"]*"|\S+/g) ?? []) {
      const [key = '', ...rest] = word.replaceAll('"', '').split('=');
      requires.set(key, [...(requires.get(key) ?? []), rest.join('=')]);
    }
  }
  return Object.fromEntries(requires);
}

export function toUnitSeen(unit: Unit): UnitSeen {
  const options = unit.options.filter(({ section }) => section === 'X-Fleet');
  return {
    name: unit.name,
    desiredState: unit.desiredState,
    isGlobal: isGlobal(unit),
    requires: readRequirements(unit),
    hasConflicts: options.some(({ name }) => name === 'Conflicts'),
  };
}

export const fits = (unit: UnitSeen, machine: FleetMachine): boolean =>
  Object.entries(unit.requires).every(([key, values]) => values.includes(machine.metadata[key] ?? ''));
