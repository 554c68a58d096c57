import { completeName } from '../unitName';
import type { FleetctlCall, Verb } from './call';
import type { ApiUnit } from './client';
import { ApiCallError } from './apiError';
import { baseName, CreateError, lazyCreateUnits, messageOf } from './create';
import { foundUnits } from './found';
import { isGlobal } from './lists';
import { blockAttempts, waitForStates, waitUntilActive } from './wait';

const goList = (names: readonly string[]): string => `[${names.join(' ')}]`;

/** 1.0 says so, and calls it a success. */
function hasNoUnits(call: FleetctlCall): boolean {
  const hasNone = call.version === '1.0' && call.args.length === 0;
  if (hasNone) {
    call.err('No units given');
  }
  return hasNone;
}

async function created(call: FleetctlCall, verb: string): Promise<boolean> {
  try {
    await lazyCreateUnits(call, verb);
    return true;
  } catch (error) {
    if (!(error instanceof CreateError)) {
      throw error;
    }
    call.err(`Error creating units: ${error.message}`);
    return false;
  }
}

export const submit: Verb = async (call) => (hasNoUnits(call) || (await created(call, 'submit')) ? 0 : 1);

/** Asks for a state where it is not asked for yet; answers the units concerned. */
async function setTargets(call: FleetctlCall, state: string): Promise<ApiUnit[]> {
  const triggered: ApiUnit[] = [];
  for (const word of call.args) {
    const name = completeName(baseName(word));
    const unit = await call.client.unit(name);
    if (unit !== undefined && unit.desiredState !== state) {
      await call.client.setTargetState(name, state);
      triggered.push(unit);
    }
  }
  return triggered;
}

export const load: Verb = async (call) => await raise(call, { verb: 'load', state: 'loaded' });

export const start: Verb = async (call) => await raise(call, { verb: 'start', state: 'launched' });

async function raise(call: FleetctlCall, what: { verb: 'load' | 'start'; state: string }): Promise<number> {
  if (hasNoUnits(call)) {
    return 0;
  }
  if (!(await created(call, what.verb))) {
    return 1;
  }
  let triggered: ApiUnit[];
  try {
    triggered = await setTargets(call, what.state);
  } catch (error) {
    call.err(`Error ${what.verb}ing units: ${messageOf(error)}`);
    return 1;
  }
  for (const unit of triggered.filter(isGlobal)) {
    call.out(`Triggered global unit ${unit.name} ${what.verb}`);
  }
  const singles = triggered.filter((unit) => !isGlobal(unit)).map((unit) => unit.name);
  return await awaitRaised(call, singles, what);
}

/** 1.0 tells twice what it does not wait for: once for fleet, once for systemd. */
async function awaitRaised(
  call: FleetctlCall,
  names: readonly string[],
  what: { verb: 'load' | 'start'; state: string },
): Promise<number> {
  const isForSystemd = what.verb === 'start' && call.version === '1.0';
  if (blockAttempts(call) < 0) {
    const told = [...names, ...(isForSystemd ? names : [])];
    told.forEach((name) => call.out(`Triggered unit ${name} ${what.verb}`));
    return 0;
  }
  const problem = await waitForStates(call, names, what.state);
  if (problem !== undefined) {
    if (call.version === '1.0') {
      call.err(`Error waiting for unit states, exit status: ${problem}`);
    }
    return 1;
  }
  return isForSystemd && names.length > 0 && !(await waitUntilActive(call, names)) ? 1 : 0;
}

/** 1.0 says on the error stream when it finds nothing, and calls that a success; 0.11 is silent. */
async function found(call: FleetctlCall): Promise<readonly ApiUnit[] | number> {
  if (hasNoUnits(call)) {
    return 0;
  }
  try {
    const units = await foundUnits(call);
    if (units.length === 0 && call.version === '1.0') {
      call.err('Units not found in registry');
    }
    return units.length === 0 ? 0 : units;
  } catch (error) {
    call.err(messageOf(error));
    return 1;
  }
}

export const stop: Verb = async (call) => {
  const units = await found(call);
  if (typeof units === 'number') {
    return units;
  }
  // Those before the first that cannot be stopped are.
  const at = units.findIndex((unit) => !isGlobal(unit) && unit.currentState === 'inactive');
  const before = at < 0 ? units : units.slice(0, at);
  const running = before.filter((unit) => isGlobal(unit) || unit.currentState === 'launched');
  const inactive = units[at];
  if (inactive !== undefined) {
    await setLower(call, running, { verb: 'stop', state: 'loaded' });
    call.err(`Unable to stop unit ${inactive.name} in state inactive`);
    return 1;
  }
  return await lower(call, running, { verb: 'stop', past: 'stopped', state: 'loaded' });
};

export const unload: Verb = async (call) => {
  const units = await found(call);
  if (typeof units === 'number') {
    return units;
  }
  const loaded = units.filter((unit) => isGlobal(unit) || unit.currentState !== 'inactive');
  return await lower(call, loaded, { verb: 'unload', past: 'unloaded', state: 'inactive' });
};

/** Answers the names of those to wait for. */
async function setLower(
  call: FleetctlCall,
  units: readonly ApiUnit[],
  what: { verb: string; state: string },
): Promise<string[]> {
  const waiting: string[] = [];
  for (const unit of units) {
    await call.client.setTargetState(unit.name, what.state);
    if (isGlobal(unit)) {
      call.out(`Triggered global unit ${unit.name} ${what.verb}`);
    } else {
      waiting.push(unit.name);
    }
  }
  return waiting;
}

async function lower(
  call: FleetctlCall,
  units: readonly ApiUnit[],
  what: { verb: string; past: string; state: string },
): Promise<number> {
  const waiting = await setLower(call, units, what);
  const isWaiting = blockAttempts(call) >= 0;
  if (!isWaiting) {
    waiting.forEach((name) => call.out(`Triggered unit ${name} ${what.verb}`));
  }
  const problem = isWaiting ? await waitForStates(call, waiting, what.state) : undefined;
  if (call.version === '1.0') {
    const names = goList(waiting);
    call.err(
      problem === undefined
        ? `Successfully ${what.past} units ${names}.`
        : `Failed to ${what.verb} units ${names}. err: ${problem}`,
    );
  }
  return problem === undefined ? 0 : 1;
}

/** 1.0 destroys what it finds; 0.11 what is named. */
export const destroy: Verb = async (call) => {
  const units = call.version === '1.0' ? await found(call) : undefined;
  if (typeof units === 'number') {
    return units;
  }
  const names = units?.map((unit) => unit.name) ?? call.args.map((word) => completeName(baseName(word)));
  let code = 0;
  for (const name of names) {
    code = Math.max(code, await destroyOne(call, name));
  }
  return code;
};

async function destroyOne(call: FleetctlCall, name: string): Promise<number> {
  try {
    await call.client.destroyUnit(name);
  } catch (error) {
    // In 1.0 somebody else was faster.
    if (call.version === '1.0' && error instanceof ApiCallError && error.status === 404) {
      return 0;
    }
    call.err(`Error destroying units: ${messageOf(error)}`);
    return 1;
  }
  call.out(`Destroyed ${name}`);
  return 0;
}
