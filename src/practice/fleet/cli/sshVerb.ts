import { completeName } from '../unitName';
import { GoSshError } from '../../ssh/client/goClient';
import { ApiCallError } from './apiError';
import type { FleetctlCall, Verb } from './call';
import { baseName } from './create';
import { isGlobal } from './lists';
import { runThere } from './remote';

/** Neither a machine nor a unit that runs on one, with fleetctl's sentence. */
class LookupError extends Error {
  override readonly name = 'LookupError';
}

interface Named {
  readonly machine: string | undefined;
  readonly unit: string | undefined;
}

/** A command or a shell on a machine, named by the beginning of its id or by a unit (fleetctl/ssh.go). */
export const ssh: Verb = async (call) => {
  const [machine, unit] = [call.flags.value('machine'), call.flags.value('unit')];
  if (machine !== undefined && unit !== undefined) {
    call.err('Both machine and unit flags provided, please specify only one.');
    return 1;
  }
  const isNamed = machine === undefined && unit === undefined;
  const words = isNamed ? call.args.slice(1) : call.args;
  const command = words.slice(words.indexOf('--') + 1).join(' ');
  try {
    const address = await addressOf(call, { machine, unit });
    if (address === '') {
      call.err('Could not determine address of machine.');
      return 1;
    }
    const settings = { ...call.route.settings, bringsAgent: call.flags.isSet('forward-agent') };
    const code = await runThere(call.context, withPort(call, address), command, { ...call.route, settings });
    // How a shell ended is not looked at (ssh/ssh.go, `Shell`).
    return command === '' ? 0 : code;
  } catch (error) {
    call.err(problemOf(error));
    return 1;
  }
};

function problemOf(error: unknown): string {
  if (error instanceof LookupError || error instanceof ApiCallError) {
    return `Unable to proceed: ${error.message}`;
  }
  if (error instanceof GoSshError) {
    return `Failed building SSH client: ${error.message}`;
  }
  throw error;
}

/** @throws LookupError, ApiCallError */
async function addressOf(call: FleetctlCall, what: Named): Promise<string> {
  if (what.machine !== undefined) {
    return await ofMachine(call, what.machine);
  }
  if (what.unit !== undefined) {
    return await ofUnit(call, what.unit);
  }
  const [word] = call.args;
  if (word === undefined) {
    throw new LookupError('one machine or unit must be provided');
  }
  const [machine, unit] = await Promise.all([orNone(ofMachine(call, word)), orNone(ofUnit(call, word))]);
  if (machine !== undefined && unit !== undefined && unit !== '') {
    const refine = 'Please use flag `-m` or `-u` to refine the search';
    throw new LookupError(`ambiguous argument, both machine and unit found for \`${word}\`.\n${refine}`);
  }
  const found = machine ?? (unit === '' ? undefined : unit);
  if (found === undefined) {
    throw new LookupError('could not find matching unit or machine');
  }
  return found;
}

async function orNone(work: Promise<string>): Promise<string | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof LookupError || error instanceof ApiCallError) {
      return undefined;
    }
    throw error;
  }
}

async function ofMachine(call: FleetctlCall, start: string): Promise<string> {
  const [found, ...more] = (await call.machines()).filter((machine) => machine.id.startsWith(start));
  if (more.length > 0) {
    throw new LookupError('found more than one machine');
  }
  if (found === undefined) {
    throw new LookupError('machine does not exist');
  }
  return found.primaryIP;
}

/** Empty when the unit is on no machine, or on one that is gone. */
async function ofUnit(call: FleetctlCall, word: string): Promise<string> {
  const unit = await call.client.unit(completeName(baseName(word)));
  if (unit === undefined) {
    throw new LookupError('unit does not exist');
  }
  if (isGlobal(unit)) {
    throw new LookupError('global units unsupported');
  }
  return (await call.machines()).find((machine) => machine.id === unit.machineID)?.primaryIP ?? '';
}

/** `--ssh-port` of the machine where it all happens, not of the tunnel. */
export function withPort(call: FleetctlCall, address: string): string {
  const port = call.flags.value('ssh-port') ?? '22';
  return port === '22' ? address : `${address}:${port}`;
}
