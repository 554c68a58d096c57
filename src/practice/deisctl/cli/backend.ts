import type { UnitOption } from '../../fleet/unitFile';
import { componentOf, unitNameOf } from '../components';
import { DeisctlError, type DeisctlCall } from './call';
import { doneLine, progressLine } from './output';
import { unitTemplate } from './templates';

/** deisctl asks four times a second (backend/fleet/start.go). */
const POLL_MS = 250;

/** Turns `router@*` into the routers that are there. @throws DeisctlError `could not find unit: deis-router` */
function expand(call: DeisctlCall, targets: readonly string[]): string[] {
  return targets.flatMap((target) => {
    if (!target.endsWith('@*')) {
      return [unitNameOf(target)];
    }
    const prefix = `deis-${componentOf(target)}`;
    const names = [...new Set(call.registry.states().map((state) => state.name))];
    const found = names.filter((name) => name.startsWith(prefix));
    if (found.length === 0) {
      throw new DeisctlError(`could not find unit: ${prefix}`);
    }
    return found;
  });
}

/** What fails is said on stderr and never stops the command (the recorded traces: exit code 0 all the same). */
async function each(
  call: DeisctlCall,
  targets: readonly string[],
  what: { ending: string; run(name: string): Promise<void> },
): Promise<void> {
  let names: string[];
  try {
    await call.reachable();
    names = expand(call, targets);
  } catch (error) {
    call.err(`${problemOf(error)}${what.ending}`);
    return;
  }
  await Promise.all(
    names.map(async (name) => {
      try {
        await what.run(name);
      } catch (error) {
        call.err(`${problemOf(error)}\n`);
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

/** Puts units into the cluster and waits until a machine says that it has loaded them. */
export async function create(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  const units: { name: string; options: readonly UnitOption[] }[] = [];
  for (const target of targets) {
    const found = await unitTemplate(call, componentOf(target));
    if (found === undefined) {
      call.err(`Error creating: Could not find unit template for ${componentOf(target)}\n`);
      return;
    }
    units.push({ name: unitNameOf(target), options: found });
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
  } while (call.registry.statesOf(name).length === 0);
  call.out(doneLine(name, 'loaded'));
}

/** Waits for the first machine that has it running: of a global unit the others may not (Deis, deisctl/backend/fleet/start.go). */
export async function start(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  await each(call, targets, {
    ending: '',
    run: async (name) => {
      try {
        await call.registry.setTargetState(name, 'launched');
      } catch (error) {
        call.err(problemOf(error)); // Of all complaints this one has no end of line.
        return;
      }
      await follow(call, name, { from: 'dead', isDone: (sub) => sub === 'running' });
    },
  });
}

/** Asks for the start of units without waiting or saying anything. */
export async function kick(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  for (const target of targets) {
    try {
      for (const name of expand(call, [target])) {
        await call.registry.setTargetState(name, 'launched');
      }
    } catch {
      // Whatever is missing is said when it is started in earnest.
    }
  }
}

export async function stop(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  await each(call, targets, {
    ending: '\n',
    run: async (name) => {
      await call.registry.setTargetState(name, 'loaded');
      await follow(call, name, { from: 'running', isDone: (sub) => sub === 'dead' });
    },
  });
}

/** Tells of each new state until it is the wanted one. */
async function follow(
  call: DeisctlCall,
  name: string,
  what: { from: string; isDone(sub: string): boolean },
): Promise<void> {
  let last = what.from;
  for (;;) {
    const [state] = call.registry.statesOf(name);
    if (state === undefined) {
      throw new DeisctlError(`Could not find unit: ${name}`);
    }
    if (state.sub !== last) {
      call.out(progressLine(name, `${state.active}/${state.sub}`));
      last = state.sub;
    }
    if (what.isDone(state.sub)) {
      call.out('\n');
      return;
    }
    if (state.sub === 'failed') {
      throw new DeisctlError(`The service '${name}' failed while ${what.from === 'dead' ? 'starting' : 'stopping'}.`);
    }
    await pause(call);
  }
}

/** Also "destroys" what is not there. */
export async function destroy(call: DeisctlCall, targets: readonly string[]): Promise<void> {
  await each(call, targets, {
    ending: '\n',
    run: async (name) => {
      await call.registry.destroyUnit(name);
      do {
        await pause(call);
      } while (call.registry.statesOf(name).length > 0);
      call.out(doneLine(name, 'destroyed'));
    },
  });
}
