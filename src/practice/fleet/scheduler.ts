import type { MachineRecord, StoredUnit } from './registry';
import { areInConflict, metadataFits } from './requirements';

export interface ScheduleTask {
  readonly kind: 'unschedule' | 'schedule';
  readonly unit: string;
  readonly machineId: string;
  readonly reason: string;
}

/** What a machine carries while a plan is made. */
interface Load {
  readonly machine: MachineRecord;
  readonly units: Map<string, StoredUnit>;
}

/**
 * What fleet's engine would do: units of machines that went away or no longer fit are taken from them (of two that exclude each other
 * both, since all are judged by what was there before), then each unit without a
 * machine goes to the one with the fewest units on which it can run, ties by machine id (engine/scheduler.go, reconciler.go).
 */
export function planSchedule(units: readonly StoredUnit[], machines: readonly MachineRecord[]): ScheduleTask[] {
  const loads = new Map(machines.map((machine) => [machine.id, { machine, units: new Map<string, StoredUnit>() }]));
  for (const unit of units) {
    place(unit, loads);
  }
  const singles = units.filter((unit) => !unit.requirements.isGlobal);
  const released = singles.map((unit) => release(unit, loads)).filter((task) => task !== undefined);
  const free = new Set(released.map((task) => task.unit));
  for (const { unit, machineId } of released) {
    loads.get(machineId)?.units.delete(unit);
  }
  const homeless = singles.filter(
    (unit) => unit.targetState !== 'inactive' && (unit.target === undefined || free.has(unit.name)),
  );
  return [...released, ...assignAll(homeless, loads)];
}

function place(unit: StoredUnit, loads: ReadonlyMap<string, Load>): void {
  if (!unit.requirements.isGlobal) {
    if (unit.targetState !== 'inactive') {
      loads.get(unit.target ?? '')?.units.set(unit.name, unit);
    }
    return;
  }
  for (const load of loads.values()) {
    if (metadataFits(unit.requirements, load.machine)) {
      load.units.set(unit.name, unit);
    }
  }
}

function release(unit: StoredUnit, loads: ReadonlyMap<string, Load>): ScheduleTask | undefined {
  if (unit.target === undefined) {
    return undefined;
  }
  const load = loads.get(unit.target);
  const reason =
    unit.targetState === 'inactive'
      ? 'target state inactive'
      : load === undefined
        ? `target Machine(${unit.target}) went away`
        : whyNot(unit, load) !== undefined
          ? `target Machine(${unit.target}) unable to run unit`
          : undefined;
  if (reason === undefined) {
    return undefined;
  }
  return { kind: 'unschedule', unit: unit.name, machineId: unit.target, reason };
}

/** Again and again, since a unit with MachineOf can be placed only after the one it wants to be with. */
function assignAll(homeless: readonly StoredUnit[], loads: ReadonlyMap<string, Load>): ScheduleTask[] {
  const tasks: ScheduleTask[] = [];
  let left = homeless;
  for (let before = -1; left.length !== before;) {
    before = left.length;
    left = left.filter((unit) => {
      const load = leastLoaded(unit, loads);
      if (load === undefined) {
        return true;
      }
      load.units.set(unit.name, unit);
      const reason = `target state ${unit.targetState} and unit not scheduled`;
      tasks.push({ kind: 'schedule', unit: unit.name, machineId: load.machine.id, reason });
      return false;
    });
  }
  return tasks;
}

function leastLoaded(unit: StoredUnit, loads: ReadonlyMap<string, Load>): Load | undefined {
  return [...loads.values()]
    .filter((load) => whyNot(unit, load) === undefined)
    .sort((a, b) => a.units.size - b.units.size || (a.machine.id < b.machine.id ? -1 : 1))[0];
}

/** A machine may be named by the first eight characters too (machine/machine.go, `MatchID`). */
const isNamed = (wanted: string, id: string): boolean => wanted === id || wanted === id.slice(0, 8);

/** Why a unit can't run on a machine; undefined when it can. */
export function whyNot(unit: StoredUnit, load: Load): string | undefined {
  const { requirements, name } = unit;
  if (requirements.machineId !== undefined && !isNamed(requirements.machineId, load.machine.id)) {
    return `local Machine(${load.machine.id}) does not match required Machine(${requirements.machineId})`;
  }
  if (!metadataFits(requirements, load.machine)) {
    return 'local Machine metadata insufficient';
  }
  const missing = requirements.machineOf.find((peer) => !load.units.has(peer));
  if (missing !== undefined) {
    return `required peer Unit(${missing}) is not scheduled locally`;
  }
  const rival = [...load.units.values()].find((other) => other.name !== name && areInConflict(unit, other));
  return rival === undefined ? undefined : `found conflict with locally-scheduled Unit(${rival.name})`;
}
