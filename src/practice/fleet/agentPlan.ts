import type { MachineRecord, StoredUnit } from './registry';
import { areInConflict, metadataFits } from './requirements';

/** What the agent did with a unit, not what became of it: fleet never starts a unit again that failed. */
export interface LoadedUnit {
  readonly hash: string;
  readonly state: 'inactive' | 'loaded' | 'launched';
}

export interface AgentTask {
  readonly kind: 'UnloadUnit' | 'LoadUnit' | 'StartUnit' | 'StopUnit';
  readonly unit: string;
  readonly reason: string;
}

/** The units that belong on this machine: those the engine gave it, and every global one that fits (agent/reconcile.go). */
export function desiredUnits(units: readonly StoredUnit[], machine: MachineRecord): Map<string, StoredUnit> {
  const desired = new Map<string, StoredUnit>();
  for (const unit of units) {
    const isHere = unit.requirements.isGlobal ? metadataFits(unit.requirements, machine) : unit.target === machine.id;
    const hasRival = [...desired.values()].some((other) => areInConflict(unit, other));
    if (isHere && !hasRival) {
      desired.set(unit.name, unit);
    }
  }
  return desired;
}

/** The agent's tasks in fleet's order: unloading first, then loading, then starting and stopping. */
export function planAgent(
  desired: ReadonlyMap<string, StoredUnit>,
  loaded: Readonly<Record<string, LoadedUnit>>,
): AgentTask[] {
  const tasks: AgentTask[] = [];
  for (const name of Object.keys(loaded)) {
    const unit = desired.get(name);
    if (unit === undefined || unit.targetState === 'inactive') {
      tasks.push({ kind: 'UnloadUnit', unit: name, reason: 'unit loaded but not scheduled here' });
    } else if (unit.hash !== loaded[name]?.hash) {
      tasks.push({ kind: 'UnloadUnit', unit: name, reason: 'unit loaded but hash differs to expected' });
    }
  }
  const gone = new Set(tasks.map((task) => task.unit));
  for (const unit of desired.values()) {
    tasks.push(...tasksFor(unit, gone.has(unit.name) ? undefined : loaded[unit.name]));
  }
  return tasks.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

const ORDER: readonly AgentTask['kind'][] = ['UnloadUnit', 'LoadUnit', 'StopUnit', 'StartUnit'];

function tasksFor(unit: StoredUnit, loaded: LoadedUnit | undefined): AgentTask[] {
  const state = loaded?.state ?? 'inactive';
  if (unit.targetState === 'inactive' || state === unit.targetState) {
    return [];
  }
  const load: AgentTask = { kind: 'LoadUnit', unit: unit.name, reason: 'unit scheduled here but not loaded' };
  const start: AgentTask = {
    kind: 'StartUnit',
    unit: unit.name,
    reason: 'unit currently loaded but desired state is launched',
  };
  const stop: AgentTask = {
    kind: 'StopUnit',
    unit: unit.name,
    reason: 'unit currently launched but desired state is loaded',
  };
  if (state === 'inactive') {
    return unit.targetState === 'launched' ? [load, start] : [load];
  }
  if (unit.targetState === '') {
    return []; // fleet does not know what to do with it, and says so in its journal.
  }
  return unit.targetState === 'launched' ? [start] : [stop];
}
