import {
  currentState,
  JOB_STATES,
  UnreadableUnitError,
  type JobState,
  type Registry,
  type StoredUnit,
} from '../registry';
import { contradiction, requirementsOf } from '../requirements';
import type { FleetApi } from '../server';
import { parseUnit, serializeUnit, type UnitOption } from '../unitFile';
import { UnitSyntaxError } from '../unitLexer';
import { isTemplate, nameProblem } from '../unitName';
import { unitRegistryOf, writableRegistryOf } from './access';
import { FleetApiError } from './errors';
import { goQuote } from '../../network/goQuote';
import type { FleetCall, FleetReply } from './handle';
import { parseUnitBody, type UnitBody } from './unitBody';
import { pageOf } from './paging';

export async function listUnits({ fleet, query }: FleetCall): Promise<FleetReply> {
  const registry = await unitRegistryOf(fleet);
  if (!registry.isListable) {
    const problem = '100: Key not found (/_coreos.com/fleet/unit)';
    fleet.log('fetchUnits', `failed fetching all Units from etcd: ${problem}`);
    fleet.log('fetchPage', `Failed fetching page of Units: ${problem}`);
    throw new FleetApiError(500, '');
  }
  const units = registry.units((error) => logUnreadable(fleet, error));
  const { items, nextPageToken } = pageOf(units, query);
  const shown = items.map((unit) => encodeUnit(unit, registry));
  return {
    status: 200,
    body: {
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
      ...(shown.length === 0 ? {} : { units: shown }),
    },
  };
}

export async function getUnit({ fleet }: FleetCall, name: string): Promise<FleetReply> {
  const registry = await unitRegistryOf(fleet);
  const unit = readUnit(fleet, registry, name);
  if (unit === undefined) {
    throw new FleetApiError(404, 'unit does not exist');
  }
  return { status: 200, body: unit.requirements.isGlobal ? encodeGlobal(unit) : encodeUnit(unit, registry) };
}

/** Asked for alone, a unit for all machines has no state of its own (client/registry.go, `Unit`); fleetctl prints a blank for it. */
function encodeGlobal(unit: StoredUnit): object {
  return { ...encodeDesired(unit), name: unit.name, ...encodeOptions(unit) };
}

export async function deleteUnit({ fleet }: FleetCall, name: string): Promise<FleetReply> {
  const registry = await writableRegistryOf(fleet);
  if (readUnit(fleet, registry, name) === undefined || (await registry.destroyUnit(name)) === 'missing') {
    throw new FleetApiError(404, 'unit does not exist');
  }
  return { status: 204 };
}

export async function putUnit({ fleet, request }: FleetCall, name: string): Promise<FleetReply> {
  refuseOtherTypes([request.contentType ?? []].flat());
  const body = parseUnitBody(request.body ?? '');
  validate(name, body);
  const registry = await writableRegistryOf(fleet);
  const known = readUnit(fleet, registry, name);
  if (known === undefined) {
    return await create(fleet, registry, name, body);
  }
  return await update(fleet, registry, known, body);
}

/** What follows a semicolon does not matter (api/serialization.go, `validateContentType`). */
export function refuseOtherTypes(contentTypes: readonly string[]): void {
  if (contentTypes.length !== 1) {
    throw new FleetApiError(415, `expected 1 Content-Type, got ${contentTypes.length}`);
  }
  if (contentTypes[0]?.split(';', 1)[0]?.trim() !== 'application/json') {
    throw new FleetApiError(415, 'only acceptable Content-Type is application/json');
  }
}

function validate(name: string, body: UnitBody): void {
  if (body.name !== '' && body.name !== name) {
    const both = `name in URL ${goQuote(name)} differs from unit name in request body ${goQuote(body.name)}`;
    throw new FleetApiError(400, both);
  }
  refuse(nameProblem(name));
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) {
    throw new FleetApiError(400, problem);
  }
}

async function create(fleet: FleetApi, registry: Registry, name: string, body: UnitBody): Promise<FleetReply> {
  if (body.options.length === 0) {
    throw new FleetApiError(409, 'unit does not exist and options field empty');
  }
  refuse(syntaxProblem(body.options) ?? contradiction(requirementsOf('', { options: body.options })));
  await registry.createUnit(name, body.options, jobState(fleet, name, body.desiredState));
  return { status: 201 };
}

/** Options that would make no unit file (api/units.go, `ValidateOptions`). */
function syntaxProblem(options: readonly UnitOption[]): string | undefined {
  try {
    parseUnit(serializeUnit(options));
    return undefined;
  } catch (error) {
    if (error instanceof UnitSyntaxError) {
      return error.message;
    }
    throw error;
  }
}

/** 1.0 puts a changed text in the old one's place, whatever it requires; 0.11 says 204 and keeps the old one (the recorded traces). */
async function update(fleet: FleetApi, registry: Registry, known: StoredUnit, body: UnitBody): Promise<FleetReply> {
  const isChanged = body.options.length > 0 && serializeUnit(body.options) !== known.raw;
  if (isChanged && fleet.version.short === '1.0') {
    await registry.replaceUnit(known.name, body.options, jobState(fleet, known.name, body.desiredState));
    return { status: 201 };
  }
  if (body.desiredState === '') {
    throw new FleetApiError(409, 'must provide DesiredState to update existing unit');
  }
  if (isTemplate(known.name) && body.desiredState !== 'inactive') {
    refuse(`cannot activate template ${goQuote(known.name)}`);
  }
  // Anything is written, even what makes the unit unreadable.
  await registry.setTargetState(known.name, body.desiredState);
  return { status: 204 };
}

/** A unit is not created in a state that is none (client/registry.go, `CreateUnit`). @throws FleetApiError 500 */
function jobState(fleet: FleetApi, name: string, text: string): JobState {
  const known = text === '' ? 'inactive' : JOB_STATES.find((state) => state === text);
  if (known === undefined) {
    const problem = `invalid value ${JSON.stringify(text)} for JobState`;
    fleet.log('createUnit', `Failed creating Unit(${name}) in Registry: ${problem}`);
    throw new FleetApiError(500, '');
  }
  return known;
}

function readUnit(fleet: FleetApi, registry: Registry, name: string): StoredUnit | undefined {
  try {
    return registry.unit(name);
  } catch (error) {
    if (!(error instanceof UnreadableUnitError)) {
      throw error;
    }
    fleet.log('fetchUnit', `Failed fetching Unit(${name}): ${error.message}`);
    throw new FleetApiError(500, '');
  }
}

function logUnreadable(fleet: FleetApi, error: UnreadableUnitError): void {
  fleet.log('parse', `Failed to parse Unit from etcd: ${error.message}`);
}

const encodeDesired = ({ targetState }: StoredUnit): object =>
  targetState === '' ? {} : { desiredState: targetState };

/** What is empty is left out. */
function encodeOptions({ file }: StoredUnit): { readonly options?: readonly object[] } {
  const options = file.options.map((option) => ({
    ...(option.name !== '' && { name: option.name }),
    ...(option.section !== '' && { section: option.section }),
    ...(option.value !== '' && { value: option.value }),
  }));
  return options.length === 0 ? {} : { options };
}

function encodeUnit(unit: StoredUnit, registry: Registry): object {
  return {
    currentState: currentState(unit, registry),
    ...encodeDesired(unit),
    ...(unit.target === undefined ? {} : { machineID: unit.target }),
    name: unit.name,
    ...encodeOptions(unit),
  };
}
