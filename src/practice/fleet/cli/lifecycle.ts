import { matchesGlob } from '../glob';
import { completeName } from '../unitName';
import { ApiCallError } from './apiError';
import type { FleetctlCall, Verb } from './call';
import type { ApiUnit } from './client';
import { baseName, CreateError, lazyCreateUnits, messageOf } from './create';
import { isGlobal } from './lists';
import { blockAttempts, waitForStates, waitUntilActive } from './wait';

const goList = (names: readonly string[]): string => `[${names.join(' ')}]`;

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

export const submit: Verb = async (call) => ((await created(call, 'submit')) ? 0 : 1);

/** Asks for a state where it is not asked for yet; answers the units concerned. */
async function setTargets(call: FleetctlCall, state: string): Promise<ApiUnit[]> {
  const triggered: ApiUnit[] = [];
  for (const word of call.args) {
    const name = baseName(completeName(word));
    const unit = await call.client.unit(name);
    if (unit !== undefined && unit.desiredState !== state) {
      await call.client.setTargetState(name, state);
      triggered.push(unit);
    }
  }
  return triggered;
}

export const load: Verb = async (call) => {
  if (!(await created(call, 'load'))) {
    return 1;
  }
  return await raise(call, { verb: 'load', state: 'loaded' });
};

export const start: Verb = async (call) => {
  if (!(await created(call, 'start'))) {
    return 1;
  }
  return await raise(call, { verb: 'start', state: 'launched' });
};

async function raise(call: FleetctlCall, what: { verb: 'load' | 'start'; state: string }): Promise<number> {
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
  if (blockAttempts(call) < 0) {
    singles.forEach((name) => call.out(`Triggered unit ${name} ${what.verb}`));
    return 0;
  }
  if (!(await waitForStates(call, singles, what.state))) {
    return 1;
  }
  const mustBeActive = what.verb === 'start' && call.version === '1.0' && singles.length > 0;
  return mustBeActive && !(await waitUntilActive(call, singles)) ? 1 : 0;
}

/** The cluster's units that the arguments name, also by pattern. @throws ApiCallError */
async function findUnits(call: FleetctlCall): Promise<ApiUnit[]> {
  const globs = call.args.map((word) => baseName(completeName(word)));
  return (await call.client.units())
    .filter((unit) => globs.some((glob) => matchesGlob(glob, unit.name)))
    .sort(
      (a, b) =>
        globs.findIndex((glob) => matchesGlob(glob, a.name)) - globs.findIndex((glob) => matchesGlob(glob, b.name)),
    );
}

/** 1.0 says on the error stream when it finds nothing, and calls that a success; 0.11 is silent. */
async function found(call: FleetctlCall): Promise<readonly ApiUnit[] | number> {
  try {
    const units = await findUnits(call);
    if (units.length > 0) {
      return units;
    }
    if (call.version === '1.0') {
      call.err('Units not found in registry');
    }
    return 0;
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
  const inactive = units.find((unit) => !isGlobal(unit) && unit.currentState === 'inactive');
  if (inactive !== undefined && call.version === '1.0') {
    call.err(`Unable to stop unit ${inactive.name} in state inactive`);
    return 1;
  }
  const running = units.filter((unit) => isGlobal(unit) || unit.currentState === 'launched');
  return await lower(call, running, { verb: 'stop', past: 'stopped', state: 'loaded' });
};

export const unload: Verb = async (call) => {
  const units = await found(call);
  if (typeof units === 'number') {
    return units;
  }
  const loaded = units.filter((unit) => isGlobal(unit) || unit.desiredState !== 'inactive');
  return await lower(call, loaded, { verb: 'unload', past: 'unloaded', state: 'inactive' });
};

async function lower(
  call: FleetctlCall,
  units: readonly ApiUnit[],
  what: { verb: string; past: string; state: string },
): Promise<number> {
  const waiting: string[] = [];
  for (const unit of units) {
    await call.client.setTargetState(unit.name, what.state);
    if (isGlobal(unit)) {
      call.out(`Triggered global unit ${unit.name} ${what.verb}`);
    } else {
      waiting.push(unit.name);
    }
  }
  if (blockAttempts(call) < 0) {
    waiting.forEach((name) => call.out(`Triggered unit ${name} ${what.verb}`));
    return 0;
  }
  const isDone = await waitForStates(call, waiting, what.state);
  if (call.version === '1.0') {
    call.err(
      isDone
        ? `Successfully ${what.past} units ${goList(waiting)}.`
        : `Failed to ${what.verb} units ${goList(waiting)}. exit == 1.`,
    );
  }
  return isDone ? 0 : 1;
}

/** One after the other, so that never all are down (1.0 only). */
export const restart: Verb = async (call) => {
  const units = await found(call);
  if (typeof units === 'number') {
    return units;
  }
  for (const unit of units) {
    await call.client.setTargetState(unit.name, 'loaded');
    if (!isGlobal(unit) && !(await waitForStates(call, [unit.name], 'loaded'))) {
      return 1;
    }
    await call.client.setTargetState(unit.name, 'launched');
    if (isGlobal(unit)) {
      call.out(`Triggered global unit ${unit.name} restart`);
    } else if (!(await waitForStates(call, [unit.name], 'launched'))) {
      return 1;
    }
  }
  call.err(`Successfully restarted units ${goList(units.map((unit) => unit.name))}.`);
  return 0;
};

export const destroy: Verb = async (call) =>
  call.version === '1.0' ? await destroyFound(call) : await destroyNamed(call);

async function destroyFound(call: FleetctlCall): Promise<number> {
  const units = await found(call);
  if (typeof units === 'number') {
    return units;
  }
  for (const unit of units) {
    try {
      await call.client.destroyUnit(unit.name);
    } catch (error) {
      call.err(`Error destroying units: ${messageOf(error)}`);
      return 1;
    }
    call.out(`Destroyed ${unit.name}`);
  }
  return 0;
}

async function destroyNamed(call: FleetctlCall): Promise<number> {
  for (const word of call.args) {
    const name = baseName(completeName(word));
    try {
      await call.client.destroyUnit(name);
    } catch (error) {
      if (!(error instanceof ApiCallError)) {
        throw error;
      }
      call.err(`Error destroying units: ${error.message}`);
      return 1;
    }
    call.out(`Destroyed ${name}`);
  }
  return 0;
}
