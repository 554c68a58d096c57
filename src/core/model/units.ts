/** fleet's words. Shapes from the fleet API v1 (`/machines`, `/units`, `/state`). */

export interface FleetMachine {
  /** 32 hex digits. */
  readonly id: string;
  readonly primaryIp: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export type DesiredState = 'inactive' | 'loaded' | 'launched';

export interface UnitOption {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

export interface Unit {
  readonly name: string;
  readonly desiredState: DesiredState;
  /** Always `inactive` for a global unit: fleet keeps no current state for it. */
  readonly currentState: DesiredState;
  /** Absent for a global unit and for one that is not scheduled. */
  readonly machineId?: string;
  readonly options: readonly UnitOption[];
}

/** One row of `list-units`: a unit on one machine, in systemd's three words, as they came. */
export interface UnitInstance {
  readonly name: string;
  readonly machineId: string;
  readonly load: string;
  readonly active: string;
  readonly sub: string;
  readonly hash: string;
}

/** The last `Global` wins, as in fleet; its values for true are `true`, `yes`, `1`, `on`, in any case. */
export function isGlobal(unit: Pick<Unit, 'options'>): boolean {
  const value = unit.options.findLast((o) => o.section === 'X-Fleet' && o.name === 'Global')?.value;
  return value !== undefined && ['true', 'yes', '1', 'on', 't'].includes(value.toLowerCase());
}
