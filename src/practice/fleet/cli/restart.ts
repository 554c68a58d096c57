import type { FleetctlCall, Verb } from './call';
import type { ApiUnit } from './client';
import { logLine } from './goLog';
import { foundUnits } from './found';
import { CreateError, lazyCreateUnits, messageOf } from './create';
import { isGlobal } from './lists';
import { waitForStates } from './wait';

/** Where restart.go of 1.0 says what. */
const STARTING_LINE = 82;
const DONE_LINE = 100;

/**
 * 1.0 only: asks for `loaded` and for `launched`, and each time waits for `launched` (fleetctl/restart.go, `setUnitStateAndWait`).
 * So a unit that stops at once is waited for in vain, and one whose agent has not looked yet is not stopped at all. Global units are
 * restarted on the machine that they are scheduled to: nowhere.
 */
export const restart: Verb = async (call) => {
  if (call.args.length === 0) {
    call.err('No units given');
    return 0;
  }
  let units: readonly ApiUnit[];
  try {
    units = await foundUnits(call);
    await lazyCreateUnits(call, 'restart');
  } catch (error) {
    call.err(error instanceof CreateError ? `Error creating units: ${error.message}` : messageOf(error));
    return 1;
  }
  for (const unit of units.filter((one) => !isGlobal(one))) {
    if (!(await restartOne(call, unit))) {
      return 1;
    }
  }
  return 0;
};

async function restartOne(call: FleetctlCall, { name, currentState }: ApiUnit): Promise<boolean> {
  if (currentState === 'inactive') {
    call.err(`Unable to restart unit ${name} in state inactive`);
    return true;
  }
  if (currentState === 'loaded') {
    call.err(logLine(call, 'INFO', `restart.go:${STARTING_LINE}`, `Unit(${name}) already loaded, starting.`));
    return await setAndWait(call, name, 'launched');
  }
  if (!(await setAndWait(call, name, 'loaded')) || !(await setAndWait(call, name, 'launched'))) {
    return false;
  }
  call.err(logLine(call, 'INFO', `restart.go:${DONE_LINE}`, `Unit(${name}) was restarted.`));
  return true;
}

async function setAndWait(call: FleetctlCall, name: string, state: string): Promise<boolean> {
  try {
    await call.client.setTargetState(name, state);
  } catch (error) {
    call.err(`Error setting target state for unit ${name}: ${messageOf(error)}`);
    return false;
  }
  const problem = await waitForStates(call, [name], 'launched');
  if (problem !== undefined) {
    call.err(`Error waiting for unit states, exit status: ${problem}`);
  }
  return problem === undefined;
}
