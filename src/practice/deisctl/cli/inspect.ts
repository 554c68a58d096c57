import { reachNode, runHere, runThere } from '../../fleet/cli/remote';
import type { SshConnection } from '../../ssh/client/connection';
import { GoSshError, runGo } from '../../ssh/client/goClient';
import { DeisctlError, PanicError, type DeisctlCall } from './call';
import { unitsOf } from './targets';

/** The machine that a unit was given to, empty when no machine has it; undefined for a global one. */
function machineOf(call: DeisctlCall, name: string): string | undefined {
  const unit = call.registry.unit(name);
  return unit === undefined || unit.requirements.isGlobal ? undefined : (unit.target ?? '');
}

async function addressOf(call: DeisctlCall, machineId: string): Promise<string | undefined> {
  await call.reachable('machines');
  return call.registry.machines().find((machine) => machine.id === machineId)?.publicIp;
}

/** Runs a command where a unit is; whatever goes wrong is said, and the exit code is 0 all the same. */
async function onMachine(call: DeisctlCall, machineId: string, command: string): Promise<void> {
  if (machineId === call.context.host.machineId) {
    await runHere(call.context, command);
    return;
  }
  const address = await addressOf(call, machineId);
  if (address === undefined) {
    call.err('Error getting machine IP: <nil>\n');
    return;
  }
  try {
    await runThere(call.context, address, command, call.route);
  } catch (error) {
    call.err(`Error running remote command: ${wordsOf(error)}\n`);
  }
}

/** @throws what is no complaint of its SSH client */
function wordsOf(error: unknown): string {
  if (error instanceof GoSshError) {
    return error.message;
  }
  throw error;
}

export async function status(call: DeisctlCall): Promise<void> {
  for (const target of call.args) {
    for (const name of await unitsOf(call, target)) {
      const machineId = machineOf(call, name);
      if (machineId === undefined) {
        call.err(`Unable to get status for global unit ${name}. Check the status on the host using systemctl.\n`);
      } else {
        await onMachine(call, machineId, `systemctl status -l ${name}`);
      }
      call.out('\n');
    }
  }
}

/** Follows and never ends by itself. */
export async function journal(call: DeisctlCall): Promise<void> {
  for (const target of call.args) {
    for (const name of await unitsOf(call, target)) {
      const machineId = machineOf(call, name);
      if (machineId === undefined) {
        call.err(`Unable to get journal for global unit ${name}. Check on a host directly using journalctl.\n`);
      } else {
        await onMachine(call, machineId, `journalctl --unit ${name} --no-pager -n 40 -f`);
      }
    }
  }
}

export async function ssh(call: DeisctlCall): Promise<void> {
  const [target = '', ...command] = call.args;
  await execute(call, target, command.join(' '));
}

/** A shell in the container that is named as the unit is: those with an instance have none of that name (deisctl/backend/fleet/dock.go). */
export async function dock(call: DeisctlCall): Promise<void> {
  const [target = '', ...command] = call.args;
  const [unit = ''] = await unitsOf(call, target);
  const name = unit.replace(/\.service$/, '');
  await execute(call, name, `docker exec -it ${name} ${command.length === 0 ? 'sh' : command.join(' ')}`);
}

/** How the command over there ended is not looked at (coreos/fleet 0.9, ssh/ssh.go). An empty one is a shell. */
async function execute(call: DeisctlCall, target: string, command: string): Promise<void> {
  const address = (await addressOf(call, target)) ?? (await addressOfUnit(call, target));
  const connection = await connectTo(call, address);
  if (command !== '') {
    call.out(`Executing '${command}' on ${address}\n`);
  }
  await runGo(call.context, connection, command);
}

/** @throws DeisctlError */
async function connectTo(call: DeisctlCall, address: string): Promise<SshConnection> {
  try {
    return await reachNode(call.context, address, call.route);
  } catch (error) {
    throw new DeisctlError(wordsOf(error));
  }
}

/** @throws DeisctlError */
async function addressOfUnit(call: DeisctlCall, target: string): Promise<string> {
  const [name = ''] = await unitsOf(call, target);
  const machineId = machineOf(call, name);
  if (machineId === undefined) {
    throw new DeisctlError(`Unable to connect to global unit ${name}.\n`);
  }
  const address = await addressOf(call, machineId);
  if (address === undefined) {
    throw new PanicError('runtime error: invalid memory address or nil pointer dereference');
  }
  return address;
}
