import { reachNode, runHere, runThere } from '../../fleet/cli/remote';
import type { SshConnection } from '../../ssh/client/connection';
import { GoSshError, runGo } from '../../ssh/client/goClient';
import { unitNameOf } from '../components';
import { DeisctlError, type DeisctlCall } from './call';

/** Units whose name begins as the target says. @throws DeisctlError when there is none */
async function unitsOf(call: DeisctlCall, target: string): Promise<string[]> {
  await call.reachable();
  const prefix = unitNameOf(target).replace(/\.service$/, '');
  const names = call.registry.units().map((unit) => unit.name);
  const found = names.filter((name) => name.startsWith(prefix) || name.startsWith(target));
  if (found.length === 0) {
    throw new DeisctlError(`could not find unit: ${target}`);
  }
  return found;
}

interface Place {
  readonly machineId: string;
  readonly address: string;
}

/** The one machine of a unit; undefined for a global one. */
function placeOf(call: DeisctlCall, name: string): Place | undefined {
  const unit = call.registry.unit(name);
  if (unit === undefined || unit.requirements.isGlobal || unit.target === undefined) {
    return undefined;
  }
  const machine = call.registry.machines().find((one) => one.id === unit.target);
  return { machineId: unit.target, address: machine?.publicIp ?? '' };
}

async function onUnit(call: DeisctlCall, place: Place, command: string): Promise<void> {
  if (place.machineId === call.context.host.machineId) {
    await runHere(call.context, command);
    return;
  }
  try {
    await runThere(call.context, place.address, command, call.route);
  } catch (error) {
    if (!(error instanceof GoSshError)) {
      throw error;
    }
    call.err(`Error running remote command: ${error.message}\n`);
  }
}

/** @throws DeisctlError */
async function connectTo(call: DeisctlCall, address: string): Promise<SshConnection> {
  try {
    return await reachNode(call.context, address, call.route);
  } catch (error) {
    throw error instanceof GoSshError ? new DeisctlError(error.message) : error;
  }
}

/** Exit code 0 whatever happens on the way. */
export async function status(call: DeisctlCall): Promise<void> {
  for (const target of call.args) {
    for (const name of await unitsOf(call, target)) {
      const place = placeOf(call, name);
      if (place === undefined) {
        call.err(`Unable to get status for global unit ${name}. Check the status on the host using systemctl.\n`);
      } else {
        await onUnit(call, place, `systemctl status -l ${name}`);
      }
      call.out('\n');
    }
  }
}

/** Follows and never ends by itself. */
export async function journal(call: DeisctlCall): Promise<void> {
  for (const target of call.args) {
    for (const name of await unitsOf(call, target)) {
      const place = placeOf(call, name);
      if (place === undefined) {
        call.err(`Unable to get journal for global unit ${name}. Check on a host using journalctl.\n`);
      } else {
        await onUnit(call, place, `journalctl --unit ${name} --no-pager -n 40 -f`);
      }
    }
  }
}

export async function ssh(call: DeisctlCall): Promise<void> {
  const [target = '', ...command] = call.args;
  const address = await addressOf(call, target);
  const connection = await connectTo(call, address);
  if (command.length > 0) {
    call.out(`Executing '${command.join(' ')}' on ${address}\n`);
  }
  const code = await runGo(call.context, connection, command.join(' '));
  if (code !== 0) {
    throw new DeisctlError(`Process exited with: ${code}. Reason was: ()`);
  }
}

/** A shell inside the unit's container. */
export async function dock(call: DeisctlCall): Promise<void> {
  const [target = '', ...command] = call.args;
  const [name = ''] = await unitsOf(call, target);
  const address = await addressOf(call, target);
  const container = containerOf(name);
  const shell = command.length === 0 ? 'sh' : command.join(' ');
  await runGo(call.context, await connectTo(call, address), `docker exec -it ${container} ${shell}`);
}

/** Instances share the name of their container: no two of them are on one node. */
const containerOf = (unit: string): string => unit.replace(/\.service$/, '').replace(/@.*$/, '');

/** Of a machine by its whole id, or of a unit's. @throws DeisctlError */
async function addressOf(call: DeisctlCall, target: string): Promise<string> {
  await call.reachable();
  const machine = call.registry.machines().find((one) => one.id === target);
  if (machine !== undefined) {
    return machine.publicIp;
  }
  const [name = ''] = await unitsOf(call, target);
  const place = placeOf(call, name);
  if (place === undefined) {
    const isGlobal = call.registry.unit(name)?.requirements.isGlobal === true;
    throw new DeisctlError(
      isGlobal ? `Unable to connect to global unit ${name}.\n` : `Unit ${name} does not appear to be running.\n`,
    );
  }
  return place.address;
}
