import type { ClusterSnapshot, NodeSnapshot } from '../model/snapshot';
import { isOutdated, type FleetSeen } from './observation';
import { fits } from './unitSeen';

type UnitRow = ClusterSnapshot['units'][number];
export interface MissingRow {
  readonly name: string;
  readonly machineId: string;
  readonly node?: string;
}

export interface Units {
  readonly rows: readonly UnitRow[];
  /** Asked for, and no row anywhere. */
  readonly missingUnits: readonly string[];
  /** Global units that have no row on a machine where they ought to run: fleet has no word for these. */
  readonly missingRows: readonly MissingRow[];
  /** Rows of units that ought to run and don't. */
  readonly failed: readonly UnitRow[];
  readonly starting: readonly UnitRow[];
  /** Whether the rows are those of now. */
  readonly isCurrent: boolean;
}

const NO_UNITS: Units = { rows: [], missingUnits: [], missingRows: [], failed: [], starting: [], isCurrent: false };

/** `isBelieved` is false without quorum: then fleet and etcd tell old stories as if they were true (traces/no-quorum). */
export function describeUnits(
  fleet: FleetSeen | undefined,
  nodes: readonly NodeSnapshot[],
  isBelieved: boolean,
): Units {
  if (fleet === undefined) {
    return NO_UNITS;
  }
  const nodeOf = new Map(
    nodes.flatMap((node) => (node.machineId === undefined ? [] : [[node.machineId, node] as const])),
  );
  const units = new Map(fleet.units.map((unit) => [unit.name, unit]));
  const isOld = !isBelieved || isOutdated(fleet);
  const rows = fleet.instances.map((instance): UnitRow => {
    const node = nodeOf.get(instance.machineId);
    return {
      ...instance,
      ...(node === undefined ? {} : { node: node.name }),
      isGlobal: units.get(instance.name)?.isGlobal ?? false,
      // For up to 30 s after a node died every list still shows its units as running.
      isStale: isOld || (node !== undefined && node.state !== 'ready'),
    };
  });
  const wanted = rows.filter((row) => !row.isStale && units.get(row.name)?.desiredState === 'launched');
  return {
    rows: rows.sort((a, b) => compare(a.name, b.name) || compare(a.node ?? '', b.node ?? '')),
    ...findMissing(fleet, nodeOf),
    failed: wanted.filter(isFailed),
    starting: wanted.filter((row) => row.active !== 'active' && !isFailed(row)),
    isCurrent: !isOld,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A unit with `Restart=on-failure` never shows `failed`: it goes round in `activating/auto-restart` (traces/deisctl/start-failing). */
const isFailed = (row: UnitRow): boolean => row.active === 'failed' || row.sub === 'auto-restart';

function findMissing(
  fleet: FleetSeen,
  nodeOf: ReadonlyMap<string, NodeSnapshot>,
): Pick<Units, 'missingUnits' | 'missingRows'> {
  const rows = new Set(fleet.instances.map(({ name, machineId }) => `${name} ${machineId}`));
  const names = new Set(fleet.instances.map(({ name }) => name));
  const launched = fleet.units.filter(({ desiredState }) => desiredState === 'launched');
  const missingRows = launched
    .filter((unit) => unit.isGlobal && !unit.hasConflicts && names.has(unit.name))
    .flatMap((unit) =>
      fleet.machines
        .filter((machine) => fits(unit, machine) && !rows.has(`${unit.name} ${machine.id}`))
        .map(({ id: machineId }): MissingRow => {
          const node = nodeOf.get(machineId)?.name;
          return { name: unit.name, machineId, ...(node === undefined ? {} : { node }) };
        }),
    );
  return { missingUnits: launched.map(({ name }) => name).filter((name) => !names.has(name)), missingRows };
}
