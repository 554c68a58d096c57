import { withProgress } from '../progress';
import { target } from '../target';
import type { Command } from './command';

export const powerOnNode: Command = async ({ operator }, call) => {
  if (call.by === 'program') {
    call.args.allow('cluster', 'node', 'confirmed');
  }
  const found = await target(operator, call, {
    question: 'Which node do you want to power on?',
    node: (node) => node.state === 'off',
    none: 'No node is powered off.',
  });
  if (found?.node === undefined) {
    return;
  }
  const { cluster, node } = found;
  const core = await operator.get();
  await withProgress(`Powering on ${node.name}`, (context) => core.power(cluster.id, node.name, 'power_on', context));
};
