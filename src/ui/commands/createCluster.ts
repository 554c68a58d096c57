import { askForSpec } from '../create/askForSpec';
import { readSpec } from '../create/readSpec';
import { review } from '../create/review';
import { runSetup } from '../create/runSetup';
import type { Command } from './command';

/** Ask, look for obstacles, show the plan and its price, confirm, then run it. */
export const createCluster: Command = async (services, call) => {
  const operator = await services.operator.get();
  if (call.by === 'program') {
    const spec = readSpec(call.args, operator.snapshots());
    return await runSetup(services, {
      title: `Creating ${spec.prefix}`,
      isByHand: false,
      run: (context) => operator.create(spec, context),
    });
  }
  const answers = await askForSpec(operator);
  const spec = answers && (await review(operator, answers.spec));
  if (spec === undefined) {
    return undefined;
  }
  return await runSetup(services, {
    title: `Creating ${spec.prefix}`,
    isByHand: true,
    run: (context) => operator.create(spec, context, answers?.ownKey),
  });
};
