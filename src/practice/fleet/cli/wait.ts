import type { FleetctlCall } from './call';
import { machineLegend } from './call';
import { isGlobal } from './lists';

/** fleetctl asks twice a second (fleetctl.go, `defaultSleepTime`). */
const POLL_MS = 500;
/** 1.0 gives a started unit this long to become active, then complains. */
const ACTIVE_LIMIT_MS = 2_000;
const ACTIVE_POLL_MS = 250;

/** How often to ask: 0 is for ever, -1 not at all. */
export function blockAttempts(call: FleetctlCall): number {
  if (call.flags.isSet('no-block')) {
    return -1;
  }
  return Number(call.flags.value('block-attempts') ?? 0) || 0;
}

/** Waits until every unit has the state, telling of each; false when that took too many attempts. */
export async function waitForStates(call: FleetctlCall, names: readonly string[], state: string): Promise<boolean> {
  const attempts = blockAttempts(call);
  const results = await Promise.all(names.map((name) => waitForState(call, { name, state, attempts })));
  const failed = results.find((result) => result !== undefined);
  if (failed !== undefined) {
    call.err(`Error waiting for units: ${failed}`);
  }
  return failed === undefined;
}

async function waitForState(
  call: FleetctlCall,
  what: { name: string; state: string; attempts: number },
): Promise<string | undefined> {
  const { name, state, attempts } = what;
  for (let attempt = 0; attempts < 1 || attempt < attempts; attempt += 1) {
    const unit = await call.client.unit(name).catch(() => undefined);
    if (unit !== undefined && (isGlobal(unit) ? unit.desiredState : unit.currentState) === state) {
      const where = unit.machineID === '' ? '' : ` on ${await machineLegend(call, unit.machineID, false)}`;
      call.out(`Unit ${name} ${unit.currentState}${where}`);
      return undefined;
    }
    await call.context.timeline.sleep(POLL_MS, call.context.signal);
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
    await timeline.sleep(ACTIVE_POLL_MS, signal);
    const states = await call.client.states(name).catch(() => []);
    if (states.some((state) => state.systemdActiveState === 'active' && state.systemdLoadState === 'loaded')) {
      return true;
    }
  }
  return false;
}
