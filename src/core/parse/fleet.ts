import * as v from 'valibot';
import type { FleetMachine, Unit, UnitInstance } from '../model/units';
import { parseReply } from './reply';

/** One page of a list: fleet gives 100 items a page, and leaves out the list's key when it is empty (traces/fleet-api). */
export interface Page<T> {
  readonly items: T[];
  readonly nextPageToken?: string;
}

const machineId = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/, 'not a machine id'));
/** fleet leaves out every field that is empty (Go's `omitempty`), such as the value of `ExecStart=`. */
const text = v.optional(v.string(), '');
/** Absent for the moment in which deisctl has written a unit and not yet what is wanted of it (two keys in etcd). */
const unitState = v.optional(v.picklist(['inactive', 'loaded', 'launched']), 'inactive');
const nextPageToken = v.optional(v.string());

const machine = v.pipe(
  v.object({ id: machineId, primaryIP: text, metadata: v.optional(v.record(v.string(), v.string()), {}) }),
  v.transform(({ id, primaryIP, metadata }): FleetMachine => ({ id, primaryIp: primaryIP, metadata })),
);

const unit = v.pipe(
  v.object({
    name: v.pipe(v.string(), v.nonEmpty()),
    desiredState: unitState,
    currentState: unitState,
    machineID: text,
    options: v.optional(v.array(v.object({ section: text, name: text, value: text })), []),
  }),
  v.transform(({ machineID, ...rest }): Unit => ({ ...rest, ...(machineID === '' ? {} : { machineId: machineID }) })),
);

const instance = v.pipe(
  v.object({
    name: v.pipe(v.string(), v.nonEmpty()),
    machineID: text,
    hash: text,
    systemdLoadState: text,
    systemdActiveState: text,
    systemdSubState: text,
  }),
  v.transform((row): UnitInstance => ({
    name: row.name,
    machineId: row.machineID,
    load: row.systemdLoadState,
    active: row.systemdActiveState,
    sub: row.systemdSubState,
    hash: row.hash,
  })),
);

const page = <T>(items: T[], token: string | undefined): Page<T> =>
  token === undefined || token === '' ? { items } : { items, nextPageToken: token };

/** `GET /fleet/v1/machines`. */
export function parseMachines(body: string): Page<FleetMachine> {
  const schema = v.object({ machines: v.optional(v.array(machine), []), nextPageToken });
  const reply = parseReply(schema, body, "fleet's list of machines");
  return page(reply.machines, reply.nextPageToken);
}

/** `GET /fleet/v1/units`. */
export function parseUnits(body: string): Page<Unit> {
  const schema = v.object({ units: v.optional(v.array(unit), []), nextPageToken });
  const reply = parseReply(schema, body, "fleet's list of units");
  return page(reply.units, reply.nextPageToken);
}

/** `GET /fleet/v1/units/<name>`. */
export const parseUnit = (body: string): Unit => parseReply(unit, body, "fleet's description of a unit");

/** `GET /fleet/v1/state`. */
export function parseInstances(body: string): Page<UnitInstance> {
  const schema = v.object({ states: v.optional(v.array(instance), []), nextPageToken });
  const reply = parseReply(schema, body, "fleet's list of unit states");
  return page(reply.states, reply.nextPageToken);
}

/** The words of an error body, if it has any: a failure of etcd behind fleet comes with an empty message. */
export function parseFleetError(body: string): string | undefined {
  try {
    const schema = v.object({ error: v.object({ message: text }) });
    const { message } = parseReply(schema, body, 'fleet').error;
    return message === '' ? undefined : message;
  } catch {
    return undefined; // Not JSON: a reverse proxy or a half-dead fleetd. The status says enough.
  }
}
