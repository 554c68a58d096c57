import { ApiCallError } from './apiError';
import type { FleetctlCall } from './call';
import type { ApiUnit } from './client';
import { logLine } from './goLog';
import { contradiction, requirementsOf, unknownRequirements } from '../requirements';
import { parseUnit, serializeUnit, type UnitFile } from '../unitFile';
import { UnitSyntaxError } from '../unitLexer';
import { completeName, nameParts, nameProblem } from '../unitName';

/** fleetctl.go of the recorded version, where the warning about unknown options is. */
const WARNING_LINE = 674;

/** A unit that could not be put into the cluster, with fleetctl's sentence. */
export class CreateError extends Error {
  override readonly name = 'CreateError';
}

/** Go's `path.Base`: a slash at the end counts for nothing. */
export function baseName(arg: string): string {
  const trimmed = arg.replace(/\/+$/, '');
  return trimmed.slice(trimmed.lastIndexOf('/') + 1);
}

/**
 * Puts the named units into the cluster where they are not yet there, from local files or templates; waits until they are
 * (fleetctl/fleetctl.go, `lazyCreateUnits`). @throws CreateError
 */
export async function lazyCreateUnits(call: FleetctlCall, verb: string): Promise<void> {
  const created: string[] = [];
  for (const word of call.args) {
    const arg = completeName(word);
    const name = completeName(baseName(arg));
    const known = await retrieve(call, name, `Unit(${name})`);
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

async function retrieve(call: FleetctlCall, name: string, what: string): Promise<ApiUnit | undefined> {
  try {
    return await call.client.unit(name);
  } catch (error) {
    throw new CreateError(`error retrieving ${what} from Registry: ${messageOf(error)}`);
  }
}

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  submit: ['inactive'],
  load: ['inactive', 'loaded'],
  start: ['inactive', 'loaded', 'launched'],
};

/** A file that differs from what the cluster has is warned about; 1.0 replaces it when told to and when the state allows it. */
async function isToBeReplaced(
  call: FleetctlCall,
  what: { arg: string; known: ApiUnit; verb: string },
): Promise<boolean> {
  const { arg, known, verb } = what;
  const isToldTo = call.version === '1.0' && call.flags.isSet('replace');
  const isDifferent = await differs(call, arg, known);
  if (!isToldTo || isDifferent === undefined) {
    if (isToldTo) {
      throw new CreateError(`error Unit ${arg} does not seem to be a template unit`);
    }
    return false;
  }
  if (!isDifferent) {
    call.out(`Found same Unit(${known.name}) in Registry, nothing to do`);
    return false;
  }
  if (!(ALLOWED[verb] ?? []).includes(known.desiredState)) {
    const state = known.desiredState;
    call.err(`Warning: can not replace Unit(${known.name}) in state '${state}', use the appropriate command`);
    return false;
  }
  return true;
}

/** Whether the local file, or that of the template, is another; undefined without one. Who does not replace is warned. */
async function differs(call: FleetctlCall, arg: string, known: ApiUnit): Promise<boolean | undefined> {
  const template = templateOf(arg);
  const own = await readLocal(call, arg);
  const local = own ?? (template === undefined ? undefined : await readLocal(call, template));
  if (local === undefined) {
    return undefined;
  }
  const isDifferent = serializeUnit(local.options) !== serializeUnit(known.options);
  const isWarned = isDifferent && (call.version === '0.11' || !call.flags.isSet('replace'));
  if (isWarned) {
    const hint = call.version === '0.11' ? '' : '. Add --replace to override.';
    const file = own === undefined && call.version === '0.11' ? baseName(template ?? '') : arg;
    const kind = own === undefined ? 'local template unit file' : 'local unit file';
    call.err(`WARNING: Unit ${known.name} in registry differs from ${kind} ${file}${hint}`);
  }
  return isDifferent;
}

/** Beside the file that was named; undefined when that is no instance. */
function templateOf(arg: string): string | undefined {
  const name = baseName(arg);
  const { instance, template } = nameParts(name);
  return instance === undefined || instance === '' ? undefined : arg.slice(0, arg.length - name.length) + template;
}

async function unitFile(call: FleetctlCall, arg: string): Promise<UnitFile> {
  const local = await readLocal(call, arg);
  if (local !== undefined) {
    return local;
  }
  const file = templateOf(arg);
  if (file === undefined) {
    throw new CreateError(`unable to find Unit(${baseName(arg)}) in Registry or on filesystem`);
  }
  const template = baseName(file);
  try {
    const known = await retrieve(call, template, `template Unit(${template})`);
    if (known !== undefined) {
      await differs(call, arg, known);
    }
    const found = known ?? (await readLocal(call, file));
    if (found !== undefined) {
      return { options: found.options };
    }
  } catch (error) {
    throw error instanceof CreateError ? fromTemplate(arg, error.message) : error;
  }
  throw fromTemplate(arg, `unable to find template Unit(${template}) in Registry or on filesystem`);
}

const fromTemplate = (arg: string, problem: string): CreateError =>
  new CreateError(`failed getting Unit(${arg}) from template: ${problem}`);

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
      throw new CreateError(`failed getting Unit(${arg}) from file: ${error.message}`);
    }
    throw error;
  }
}

async function create(call: FleetctlCall, name: string, file: UnitFile): Promise<void> {
  const problem = nameProblem(name) ?? contradiction(requirementsOf('', file));
  if (problem !== undefined) {
    throw new CreateError(problem);
  }
  for (const option of unknownRequirements(file)) {
    const what = `Unit ${name}: unrecognized requirement in [X-Fleet] section: ${JSON.stringify(option)}`;
    call.err(logLine(call, 'WARN', `fleetctl.go:${WARNING_LINE}`, what));
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
