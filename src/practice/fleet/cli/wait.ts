import type { FleetctlCall } from './call';
import { machineLegend } from './call';
import { isGlobal } from './lists';

/** How often fleetctl asks, and what it counts as an attempt: 0.11 each time, 1.0 two seconds (fleetctl.go, `waitForState`). */
const POLLS = { '1.0': { everyMs: 250, perAttempt: 8 }, '0.11': { everyMs: 500, perAttempt: 1 } } as const;
/** 1.0 gives a started unit this long to become active, then complains. */
const ACTIVE_LIMIT_MS = 2_000;

/** How often to ask: 0 is for ever, -1 not at all. */
export function blockAttempts(call: FleetctlCall): number {
  if (call.flags.isSet('no-block')) {
    return -1;
  }
  return Number(call.flags.value('block-attempts') ?? 0) || 0;
}

/** Waits until every unit has the state, telling of each; the problem, which it has told, when that took too many attempts. */
export async function waitForStates(
  call: FleetctlCall,
  names: readonly string[],
  state: string,
): Promise<string | undefined> {
  const attempts = blockAttempts(call);
  const results = await Promise.all(names.map((name) => waitForState(call, { name, state, attempts })));
  const failed = results.filter((result) => result !== undefined);
  // 1.0 speaks of the first only.
  for (const problem of call.version === '1.0' ? failed.slice(0, 1) : failed) {
    call.err(`Error waiting for units: ${problem}`);
  }
  return failed[0];
}

async function waitForState(
  call: FleetctlCall,
  what: { name: string; state: string; attempts: number },
): Promise<string | undefined> {
  const { name, state, attempts } = what;
  const { everyMs, perAttempt } = POLLS[call.version];
  const pause = (): Promise<void> => call.context.timeline.sleep(everyMs, call.context.signal);
  for (let poll = 0; attempts < 1 || poll < attempts * perAttempt; poll += 1) {
    if (call.version === '1.0') {
      await pause();
    }
    const unit = await call.client.unit(name).catch(() => undefined);
    if (unit !== undefined && (isGlobal(unit) ? unit.desiredState : unit.currentState) === state) {
      const where = unit.machineID === '' ? '' : ` on ${await machineLegend(call, unit.machineID, false)}`;
      call.out(`Unit ${name} ${unit.currentState}${where}`);
      return undefined;
    }
    if (call.version === '0.11') {
      await pause();
    }
  }
  return `timed out waiting for unit ${name} to report state ${state}`;
}

/** Only 1.0: whether systemd made the units active within two seconds of their launch. */
export async function waitUntilActive(call: FleetctlCall, names: readonly string[]): Promise<boolean> {
  const results = await Promise.all(names.map((name) => isActiveSoon(call, name)));
  const late = names.find((_, at) => results[at] === false);
  if (late === undefined) {
    return true;
  }
  const problem = `Failed to find an active unit ${late} within 2s, err: Failed to fetch states within 2s`;
  call.err(`Error waiting for units: ${problem}`);
  call.err(`Error waiting for systemd unit states, err: ${problem}`);
  return false;
}

async function isActiveSoon(call: FleetctlCall, name: string): Promise<boolean> {
  const { timeline, signal } = call.context;
  const end = timeline.now() + ACTIVE_LIMIT_MS;
  while (timeline.now() < end) {
    await timeline.sleep(POLLS['1.0'].everyMs, signal);
    const states = await call.client.states(name).catch(() => []);
    if (states.some((state) => state.systemdActiveState === 'active' && state.systemdLoadState === 'loaded')) {
      return true;
    }
  }
  return false;
}
