import { descriptionOf, hashOf, serializeUnit } from '../unitFile';
import { requirementsOf } from '../requirements';
import type { FleetctlCall, Verb } from './call';
import { machineLegend, shortId } from './call';
import type { ApiMachine, ApiState, ApiUnit } from './client';
import { ApiCallError } from './apiError';
import { renderTable } from './table';

type Fields<T> = Readonly<Record<string, (item: T, isFull: boolean) => string | Promise<string>>>;

interface Listing<T> {
  readonly fields: Fields<T>;
  readonly defaults: string;
  fetch(): Promise<readonly T[]>;
  describe(problem: string): string;
}

async function show<T>(call: FleetctlCall, listing: Listing<T>): Promise<number> {
  const fields = call.flags.value('fields') ?? listing.defaults;
  if (fields === '') {
    call.err('Must define output format');
    return 1;
  }
  const names = fields.split(',');
  const unknown = names.find((name) => !Object.hasOwn(listing.fields, name));
  if (unknown !== undefined) {
    call.err(`Invalid key in output format: ${JSON.stringify(unknown)}`);
    return 1;
  }
  if (names.includes('tmachine')) {
    call.err('WARNING: The "tmachine" field is deprecated. Use "target" instead');
  }
  const isFull = call.flags.isSet('full');
  try {
    const rows: string[][] = call.flags.isSet('no-legend') ? [] : [names.map((name) => name.toUpperCase())];
    for (const item of await listing.fetch()) {
      rows.push(await Promise.all(names.map(async (name) => (await listing.fields[name]?.(item, isFull)) ?? '')));
    }
    call.context.stdout(renderTable(rows));
    return 0;
  } catch (error) {
    if (!(error instanceof ApiCallError)) {
      throw error;
    }
    call.err(listing.describe(error.message));
    return 1;
  }
}

const orDash = (text: string): string => (text === '' ? '-' : text);

export const listMachines: Verb = async (call) => {
  const fields: Fields<ApiMachine> = {
    machine: (machine, isFull) => shortId(machine.id, isFull),
    ip: (machine) => orDash(machine.primaryIP),
    metadata: (machine) =>
      orDash(
        Object.entries(machine.metadata)
          .map(([key, value]) => `${key}=${value}`)
          .sort()
          .join(','),
      ),
  };
  return await show(call, {
    fields,
    defaults: 'machine,ip,metadata',
    fetch: () => call.client.machines(),
    describe: (problem) =>
      call.version === '0.11'
        ? `Error retrieving list of active machines: ${problem}`
        : [
            `Error retrieving list of active machines from fleet API (${problem})`,
            'Possible issues:',
            '  etcd is unhealthy and/or lost quorum',
            '  connection cannot be established to any etcd servers',
          ].join('\n'),
  });
};

export const listUnits: Verb = async (call) => {
  const fields: Fields<ApiState> = {
    unit: (state) => state.name,
    machine: async (state, isFull) =>
      state.machineID === '' ? '-' : await machineLegend(call, state.machineID, isFull),
    load: (state) => orDash(state.systemdLoadState),
    active: (state) => orDash(state.systemdActiveState),
    sub: (state) => orDash(state.systemdSubState),
    hash: (state, isFull) => orDash(isFull ? state.hash : state.hash.slice(0, 7)),
  };
  return await show(call, {
    fields,
    defaults: 'unit,machine,active,sub',
    fetch: () => call.client.states(),
    describe: (problem) => `Error retrieving list of units from repository: ${problem}`,
  });
};

export const isGlobal = (unit: ApiUnit): boolean => requirementsOf(unit.name, { options: unit.options }).isGlobal;

export const listUnitFiles: Verb = async (call) => {
  const target = async (unit: ApiUnit, isFull: boolean): Promise<string> => {
    if (isGlobal(unit)) {
      return 'global';
    }
    return unit.machineID === '' ? '-' : await machineLegend(call, unit.machineID, isFull);
  };
  const fields: Fields<ApiUnit> = {
    unit: (unit) => unit.name,
    hash: (unit, isFull) => hashOf(serializeUnit(unit.options)).slice(0, isFull ? 40 : 7),
    dstate: (unit) => orDash(unit.desiredState),
    state: (unit) => (isGlobal(unit) ? '-' : orDash(unit.currentState)),
    target,
    tmachine: target,
    global: (unit) => String(isGlobal(unit)),
    desc: (unit) => orDash(descriptionOf({ options: unit.options })),
  };
  const defaults = 'unit,hash,dstate,state,target';
  return await show(call, {
    fields,
    defaults,
    fetch: () => call.client.units(),
    describe: (problem) => `Error retrieving list of units from repository: ${problem}`,
  });
};
