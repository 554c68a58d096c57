import { target } from '../target';
import { runSetup } from '../create/runSetup';
import type { Command } from './command';

/** Goes on where the setup stopped: what is there already is found and kept. */
export const resumeSetup: Command = async (services, call) => {
  if (call.by === 'program') {
    call.args.allow('cluster', 'confirmed').confirmed('Resuming a setup');
  }
  const found = await target(services.operator, call, {
    question: 'Which setup do you want to resume?',
    cluster: ({ state, problem }) => state === 'setupStopped' || (problem !== undefined && state !== 'creating'),
    none: 'No setup has stopped half-way.',
  });
  if (found === undefined) {
    return undefined;
  }
  const { id, name } = found.cluster;
  const operator = await services.operator.get();
  return await runSetup(services, {
    title: `Resuming the setup of ${name}`,
    isByHand: call.by === 'hand',
    clusterId: id,
    run: (context) => operator.resume(id, context),
  });
};
