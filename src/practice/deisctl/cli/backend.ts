import type { UnitOption } from '../../fleet/unitFile';
import { DeisctlError, type DeisctlCall } from './call';
import { doneLine, failedLine, progressLine } from './output';
import { expandTargets, splitTarget } from './targets';
import { unitTemplate } from './templates';

/** deisctl asks four times a second (backend/fleet/start.go). */
const POLL_MS = 250;

/** What fails is said on stderr and never stops the command (the recorded traces: exit code 0 all the same). */
async function each(
  call: DeisctlCall,
  targets: readonly string[],
  what: { ending: string; run(unit: string, target: string): Promise<void> },
): Promise<void> {
  const tell = (error: unknown): void => call.err(`${problemOf(error)}${what.ending}`);
  let expanded: string[];
  try {
    expanded = await expandTargets(call, targets);
  } catch (error) {
    tell(error);
    return;
  }
  await Promise.all(
    expanded.map(async (target) => {
      try {
        await what.run(splitTarget(target).unit, target);
      } catch (error) {
        tell(error);
      }
    }),
  );
}

function problemOf(error: unknown): string {
  if (error instanceof DeisctlError) {
    return error.message;
  }
  throw error;
}

const pause = (call: DeisctlCall): Promise<void> => call.context.timeline.sleep(POLL_MS, call.context.signal);

/** Puts units into the cluster and waits until a machine says that it has loaded them; nothing, when one has no unit file. */
export async function create(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  const units: { name: string; options: readonly UnitOption[] }[] = [];
  for (const target of targets) {
    try {
      const { component, unit } = splitTarget(target);
      units.push({ name: unit, options: await unitTemplate(call, component) });
    } catch (error) {
      call.err(`Error creating: ${problemOf(error)}\n`);
      return;
    }
  }
  await Promise.all(
    units.map(async ({ name, options }) => {
      try {
        await createOne(call, name, options);
      } catch (error) {
        call.err(`${problemOf(error)}\n`);
      }
    }),
  );
}

async function createOne(call: DeisctlCall, name: string, options: readonly UnitOption[]): Promise<void> {
  await call.registry.createUnit(name, options, 'inactive');
  await call.registry.setTargetState(name, 'loaded');
  do {
    await pause(call);
    await call.reachable('states').catch((error: unknown) => call.err(`${problemOf(error)}\n`));
  } while (call.registry.statesOf(name).length === 0);
  call.out(doneLine(name, 'loaded'));
}

/** Waits for the first machine that has it running: of a global unit the others may not (Deis, deisctl/backend/fleet/start.go). */
export async function start(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  await each(call, targets, {
    ending: '', // Complaints of a start have no end of line.
    run: async (unit, target) => {
      await call.registry.setTargetState(unit, 'launched');
      await follow(call, { unit, target }, { from: 'dead', to: 'running', doing: 'starting' });
    },
  });
}

/** Asks for the start of units without waiting or saying anything: of all or, when one is missing, of none. */
export async function kick(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  try {
    const expanded = await expandTargets(call, targets);
    await Promise.all(expanded.map((target) => call.registry.setTargetState(splitTarget(target).unit, 'launched')));
  } catch {
    // Whatever is missing is said when it is started in earnest.
  }
}

export async function stop(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  await each(call, targets, {
    ending: '\n',
    run: async (unit, target) => {
      await call.registry.setTargetState(unit, 'loaded');
      await follow(call, { unit, target }, { from: 'running', to: 'dead', doing: 'stopping' });
    },
  });
}

/** Tells of each new state until it is the wanted one. */
async function follow(
  call: DeisctlCall,
  { unit, target }: { unit: string; target: string },
  what: { from: string; to: string; doing: string },
): Promise<void> {
  let last = what.from;
  for (;;) {
    await call.reachable('states');
    const [state] = call.registry.statesOf(unit);
    if (state === undefined) {
      call.err(`Could not find unit: ${unit}\n`);
      return;
    }
    if (state.sub !== last) {
      call.out(progressLine(unit, `${state.active}/${state.sub}`));
      last = state.sub;
    }
    if (state.sub === what.to) {
      call.out('\n');
      return;
    }
    if (state.sub === 'failed') {
      call.err(failedLine(target, what.doing));
      return;
    }
    await pause(call);
  }
}

/** Also "destroys" what is not there. That etcd took no notice is not said: deisctl waits on for the unit to go. */
export async function destroy(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  await each(call, targets, {
    ending: '\n',
    run: async (unit) => {
      await call.registry.destroyUnit(unit).catch(problemOf);
      do {
        await pause(call);
        await call.reachable('states').catch((error: unknown) => call.err(`${problemOf(error)}\n`));
      } while (call.registry.statesOf(unit).length > 0);
      call.out(doneLine(unit, 'destroyed'));
    },
  });
}
