import { serializeUnit } from '../unitFile';
import { completeName } from '../unitName';
import type { FleetctlCall, Verb } from './call';
import type { ApiUnit } from './client';
import { baseName, messageOf } from './create';
import { isGlobal } from './lists';
import { GoSshError } from '../../ssh/client/goClient';
import { runHere, runThere } from './remote';
import { withPort } from './sshVerb';

export const cat: Verb = async (call) => {
  const [word] = call.args;
  if (word === undefined || call.args.length !== 1) {
    call.err('One unit file must be provided');
    return 1;
  }
  const name = completeName(baseName(word));
  try {
    const unit = await call.client.unit(name);
    if (unit === undefined) {
      call.err(`Unit ${name} not found`);
      return 1;
    }
    call.context.stdout(serializeUnit(unit.options));
    return 0;
  } catch (error) {
    call.err(`Error retrieving Unit ${name}: ${messageOf(error)}`);
    return 1;
  }
};

interface Refusals {
  /** What comes before the problem when the unit cannot be read. */
  readonly unread: string;
  /** What a unit that no machine has does not appear to be. */
  readonly state: string;
  global(name: string): number;
}

/** The unit if it runs on one machine; else the exit code, after saying why not. */
async function single(call: FleetctlCall, name: string, refusals: Refusals): Promise<ApiUnit | number> {
  let unit: ApiUnit | undefined;
  try {
    unit = await call.client.unit(name);
  } catch (error) {
    call.err(`${refusals.unread}: ${messageOf(error)}`);
    return 1;
  }
  if (unit === undefined) {
    call.err(`Unit ${name} does not exist.`);
    return 1;
  }
  if (isGlobal(unit)) {
    return refusals.global(name);
  }
  if (unit.currentState === 'inactive') {
    call.err(`Unit ${name} does not appear to be ${refusals.state}.`);
    return 1;
  }
  return unit;
}

export const status: Verb = async (call) => {
  for (const [at, word] of call.args.entries()) {
    const unit = await single(call, completeName(baseName(word)), {
      unread: 'Error retrieving unit',
      state: 'loaded',
      global: (name) => {
        if (call.version === '1.0') {
          return 0;
        }
        call.err(`Unable to determine status of global unit ${name}.`);
        return 1;
      },
    });
    if (typeof unit === 'number') {
      if (unit !== 0) {
        return unit;
      }
      continue;
    }
    if (at > 0) {
      call.out('');
    }
    const code = await onMachine(call, unit.machineID, `systemctl status -l ${unit.name}`);
    if (code !== 0) {
      return code;
    }
  }
  return 0;
};

export const journal: Verb = async (call) => {
  const [word] = call.args;
  if (word === undefined || call.args.length !== 1) {
    call.err('One unit file must be provided.');
    return 1;
  }
  const name = completeName(baseName(word));
  const unit = await single(call, name, {
    unread: `Error retrieving unit ${name}`,
    state: 'running',
    global: () => {
      call.err(`Unable to retrieve journal of global unit ${name}.`);
      return 1;
    },
  });
  if (typeof unit === 'number') {
    return unit;
  }
  const sudo = call.flags.isSet('sudo') ? 'sudo ' : '';
  const follow = call.flags.isSet('follow') ? ' -f' : '';
  const output = call.flags.value('output');
  const format = output === undefined ? '' : ` -o ${output}`;
  const lines = call.flags.value('lines') ?? '10';
  return await onMachine(
    call,
    unit.machineID,
    `${sudo}journalctl --unit ${unit.name} --no-pager -n ${lines}${format}${follow}`,
  );
};

async function onMachine(call: FleetctlCall, machineId: string, command: string): Promise<number> {
  if (machineId === call.context.host.machineId) {
    return await runHere(call.context, command);
  }
  const address = (await call.machines()).find((machine) => machine.id === machineId)?.primaryIP;
  if (address === undefined) {
    // No failure to fleetctl (ssh.go, `runCommand`); Go prints an error that is none like this.
    call.err('Error getting machine IP: <nil>');
    return 0;
  }
  try {
    return await runThere(call.context, withPort(call, address), command, call.route);
  } catch (error) {
    call.err(`Unable to SSH to remote host: ${goWords(error)}`);
    return 255;
  }
}

function goWords(error: unknown): string {
  if (error instanceof GoSshError) {
    return error.message;
  }
  throw error;
}
