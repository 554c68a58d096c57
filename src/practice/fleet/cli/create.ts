import { ApiCallError } from './apiError';
import type { FleetctlCall } from './call';
import type { ApiUnit } from './client';
import { contradiction, requirementsOf, unknownRequirements } from '../requirements';
import { parseUnit, serializeUnit, UnitSyntaxError, type UnitFile } from '../unitFile';
import { completeName, nameParts } from '../unitName';

/** fleetctl.go of the recorded version, where the warning about unknown options is. */
const WARNING_LINE = 674;

/** A unit that could not be put into the cluster, with fleetctl's sentence. */
export class CreateError extends Error {
  override readonly name = 'CreateError';
}

export const baseName = (arg: string): string => arg.slice(arg.lastIndexOf('/') + 1);

/**
 * Puts the named units into the cluster where they are not yet there, from local files or templates; waits until they are
 * (fleetctl/fleetctl.go, `lazyCreateUnits`). @throws CreateError
 */
export async function lazyCreateUnits(call: FleetctlCall, verb: string): Promise<void> {
  const created: string[] = [];
  for (const word of call.args) {
    const arg = completeName(word);
    const name = baseName(arg);
    const known = await retrieve(call, name);
    if (known === undefined || (await isToBeReplaced(call, { arg, known, verb }))) {
      await create(call, name, await unitFile(call, arg));
      created.push(name);
    }
  }
  for (const name of created) {
    await call.context.timeline.sleep(250, call.context.signal);
    call.out(`Unit ${name} ${(await call.client.unit(name))?.currentState ?? 'inactive'}`);
  }
}

async function retrieve(call: FleetctlCall, name: string): Promise<ApiUnit | undefined> {
  try {
    return await call.client.unit(name);
  } catch (error) {
    throw new CreateError(`error retrieving Unit(${name}) from Registry: ${messageOf(error)}`);
  }
}

/** A file that differs from what the cluster has is warned about; 1.0 replaces it when told to and when the state allows it. */
async function isToBeReplaced(
  call: FleetctlCall,
  what: { arg: string; known: ApiUnit; verb: string },
): Promise<boolean> {
  const { arg, known, verb } = what;
  const local = await readLocal(call, arg);
  const isDifferent = local !== undefined && serializeUnit(local.options) !== serializeUnit(known.options);
  if (!isDifferent) {
    return false;
  }
  if (call.version === '0.11' || !call.flags.isSet('replace')) {
    const hint = call.version === '0.11' ? '' : '. Add --replace to override.';
    call.err(`WARNING: Unit ${known.name} in registry differs from local unit file ${arg}${hint}`);
    return false;
  }
  const allowed: Readonly<Record<string, readonly string[]>> = {
    submit: ['inactive'],
    load: ['inactive', 'loaded'],
    start: ['inactive', 'loaded', 'launched'],
  };
  if (!(allowed[verb] ?? []).includes(known.desiredState)) {
    const state = known.desiredState;
    call.err(`Warning: can not replace Unit(${known.name}) in state '${state}', use the appropriate command`);
    return false;
  }
  return true;
}

async function unitFile(call: FleetctlCall, arg: string): Promise<UnitFile> {
  const local = await readLocal(call, arg);
  if (local !== undefined) {
    return local;
  }
  const name = baseName(arg);
  const { instance, template } = nameParts(name);
  if (instance !== undefined && instance !== '') {
    const directory = arg.slice(0, arg.length - name.length);
    const found = (await readLocal(call, directory + template)) ?? (await retrieve(call, template));
    if (found !== undefined) {
      return { options: found.options };
    }
  }
  throw new CreateError(`unable to find Unit(${name}) in Registry or on filesystem`);
}

async function readLocal(call: FleetctlCall, arg: string): Promise<UnitFile | undefined> {
  const { files } = call.context.host;
  const path = files.resolvePath(call.context.workingDirectory, arg);
  if (!(await files.exists(path))) {
    return undefined;
  }
  try {
    return parseUnit(await files.readFile(path));
  } catch (error) {
    if (error instanceof UnitSyntaxError) {
      throw new CreateError(`failed getting Unit(${baseName(arg)}) from file: ${error.message}`);
    }
    throw error;
  }
}

async function create(call: FleetctlCall, name: string, file: UnitFile): Promise<void> {
  for (const option of unknownRequirements(file)) {
    const stamp = new Date(call.context.timeline.now())
      .toISOString()
      .slice(0, 19)
      .replaceAll('-', '/')
      .replace('T', ' ');
    const what = `Unit ${name}: unrecognized requirement in [X-Fleet] section: ${JSON.stringify(option)}`;
    call.err(`${stamp} WARN fleetctl.go:${WARNING_LINE}: ${what}`);
  }
  const problem = contradiction(requirementsOf(name, file));
  if (problem !== undefined) {
    throw new CreateError(`failed creating unit ${name}: ${problem}`);
  }
  try {
    await call.client.createUnit(name, file.options);
  } catch (error) {
    throw new CreateError(`failed creating unit ${name}: ${messageOf(error)}`);
  }
}

export function messageOf(error: unknown): string {
  if (error instanceof ApiCallError) {
    return error.message;
  }
  throw error;
}
