import type { FleetMachine, Unit, UnitInstance } from '../model/units';
import type { Run } from '../plan/step';
import { onAnyNode } from './nodes';
import { isPlatformUnit, platformUnits, type PlatformUnit } from './platformUnits';

/** The platform as fleet sees it now. */
export interface PlatformState {
  readonly expected: readonly PlatformUnit[];
  readonly units: readonly Unit[];
  readonly rows: readonly UnitInstance[];
  readonly machines: readonly FleetMachine[];
}

export async function readPlatform(run: Run): Promise<PlatformState> {
  const { fleet } = run.provider;
  return await onAnyNode(run, async (node) => {
    const [units, rows, machines] = await Promise.all([
      fleet.listUnits(node, run.signal),
      fleet.listInstances(node, run.signal),
      fleet.listMachines(node, run.signal),
    ]);
    return {
      expected: platformUnits(run.journal.data.spec.routerMeshSize),
      units: units.filter(({ name }) => isPlatformUnit(name)),
      rows: rows.filter(({ name }) => isPlatformUnit(name)),
      machines,
    };
  });
}

export const notInstalled = (state: PlatformState): PlatformUnit[] =>
  state.expected.filter(
    ({ name }) => !state.units.some((unit) => unit.name === name && unit.desiredState !== 'inactive'),
  );

export const notLaunched = (state: PlatformState): PlatformUnit[] =>
  state.expected.filter(
    ({ name }) => !state.units.some((unit) => unit.name === name && unit.desiredState === 'launched'),
  );

export const isRunning = ({ load, active, sub }: UnitInstance): boolean =>
  load === 'loaded' && active === 'active' && sub === 'running';

export interface MissingRow {
  readonly unit: string;
  /** Absent: no machine has it. */
  readonly row?: UnitInstance;
  readonly machineId?: string;
}

/** How many rows there have to be: each global on every machine, each single once. */
export const expectedRows = (state: PlatformState, machines: number): number =>
  state.expected.reduce((sum, unit) => sum + (unit.isGlobal ? machines : 1), 0);

/** Every row that should be `active running` and is not. A dead machine has no row at all, so the machines are counted. */
export function notRunning(state: PlatformState, machineIds: readonly string[]): MissingRow[] {
  return state.expected.flatMap((unit): MissingRow[] => {
    const rows = state.rows.filter(({ name }) => name === unit.name);
    if (!unit.isGlobal) {
      const row = rows.find(isRunning) ?? rows[0];
      return row !== undefined && isRunning(row) ? [] : [{ unit: unit.name, ...(row === undefined ? {} : { row }) }];
    }
    return machineIds.flatMap((machineId): MissingRow[] => {
      const row = rows.find((candidate) => candidate.machineId === machineId);
      return row !== undefined && isRunning(row)
        ? []
        : [{ unit: unit.name, machineId, ...(row === undefined ? {} : { row }) }];
    });
  });
}

/** Which node a machine is. */
export function nodeOfMachine(run: Run, state: PlatformState, machineId: string | undefined): string | undefined {
  const address = state.machines.find(({ id }) => id === machineId)?.primaryIp;
  return run.journal.data.nodes.find(({ privateAddress }) => privateAddress === address && address !== undefined)?.name;
}
