import { create, destroy, start, stop } from './backend';
import { DeisctlError, type DeisctlCall } from './call';

const SCALABLE = ['router', 'registry', 'store-gateway'];

/** `scale router=5`: what is missing is made and started, what is too much is destroyed from the highest number down. */
export async function scale(call: DeisctlCall): Promise<void> {
  for (const word of call.args) {
    const [, component, text] = /^([a-z-]+)=(\d+)$/.exec(word) ?? [];
    if (component === undefined || text === undefined) {
      throw new DeisctlError(`Could not parse: ${word}`);
    }
    if (!SCALABLE.includes(component)) {
      throw new DeisctlError(`cannot scale ${component} component`);
    }
    await scaleTo(call, component, Number(text));
  }
}

async function scaleTo(call: DeisctlCall, component: string, wanted: number): Promise<void> {
  await call.reachable();
  const present = numbersOf(call, component);
  if (wanted > present.length) {
    const highest = present.at(-1) ?? 0;
    const targets = Array.from({ length: wanted - present.length }, (_, at) => `${component}@${highest + at + 1}`);
    await create(call, targets);
    await start(call, targets);
  } else {
    const targets = present.slice(wanted).reverse();
    await destroy(
      call,
      targets.map((number) => `${component}@${number}`),
    );
  }
}

function numbersOf(call: DeisctlCall, component: string): number[] {
  const pattern = new RegExp(`^deis-${component}@(\\d+)\\.service$`);
  return call.registry
    .units()
    .map((unit) => Number(pattern.exec(unit.name)?.[1] ?? NaN))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);
}

/** One after the other: stop, destroy, create, start. */
export async function rollingRestart(call: DeisctlCall): Promise<void> {
  const [target = ''] = call.args;
  if (target !== 'router') {
    call.err('invalid component. supported for: router');
    return;
  }
  await call.reachable();
  const numbers = numbersOf(call, 'router');
  if (numbers.length === 0) {
    call.err('could not find unit: router');
  }
  for (const number of numbers) {
    const targets = [`router@${number}`];
    await stop(call, targets);
    await destroy(call, targets);
    await create(call, targets);
    await start(call, targets);
  }
}
