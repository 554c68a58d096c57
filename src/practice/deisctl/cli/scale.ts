import { create, destroy, start, stop } from './backend';
import { DeisctlError, type DeisctlCall } from './call';
import { unitsOf } from './targets';

const SCALABLE = ['router', 'registry', 'store-gateway'];

/** `scale router=5`: what is missing is made and started, what is too much is destroyed from the highest number down. */
export async function scale(call: DeisctlCall): Promise<void> {
  for (const word of call.args) {
    // Anywhere in the word: of `Router=2` it takes `outer=2` (Deis, deisctl/cmd/cmd.go).
    const [, component, text] = /([a-z-]+)=(\d+)/.exec(word) ?? [];
    if (component === undefined || text === undefined) {
      throw new DeisctlError(`Could not parse: ${word}`);
    }
    if (!SCALABLE.some((name) => component.includes(name))) {
      throw new DeisctlError(`cannot scale ${component} component`);
    }
    await scaleTo(call, component, Number(text));
  }
}

async function scaleTo(call: DeisctlCall, component: string, wanted: number): Promise<void> {
  const present = await countOf(call, component);
  if (present === undefined) {
    return;
  }
  const numbered = (from: number, count: number): string[] =>
    Array.from({ length: Math.max(0, count) }, (_, at) => `${component}@${from + at + 1}`);
  const missing = numbered(present, wanted - present);
  await Promise.all(missing.map((target) => create(call, [target])));
  await start(call, missing);
  await destroy(call, numbered(wanted, present - wanted).reverse());
}

/** It counts units and takes them for numbered from 1, gaps or not; what keeps it from counting is said, and that's all. */
async function countOf(call: DeisctlCall, component: string): Promise<number | undefined> {
  try {
    return (await unitsOf(call, component)).length;
  } catch (error) {
    if (!(error instanceof DeisctlError)) {
      throw error;
    }
    if (error.message.startsWith('could not find unit')) {
      return 0;
    }
    call.err(`${error.message}\n`);
    return undefined;
  }
}

/** One after the other: stop, destroy, create, start. */
export async function rollingRestart(call: DeisctlCall): Promise<void> {
  const [component = ''] = call.args;
  if (component !== 'router') {
    call.err('invalid component. supported for: router');
    return;
  }
  let count = 0;
  try {
    count = (await unitsOf(call, component)).length;
  } catch (error) {
    call.err(error instanceof DeisctlError ? error.message : '');
  }
  for (let number = 1; number <= count; number += 1) {
    const targets = [`${component}@${number}`];
    await stop(call, targets);
    await destroy(call, targets);
    await create(call, targets);
    await start(call, targets);
  }
}
