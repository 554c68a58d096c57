import { openNodeTerminal } from '../terminals/openNodeTerminal';
import { target } from '../target';
import type { Command } from './command';
import { isUp } from './nodes';

export const openTerminal: Command = async ({ operator, log }, call) => {
  if (call.by === 'program') {
    call.args.allow('cluster', 'node', 'confirmed');
  }
  const found = await target(operator, call, {
    question: 'On which node do you want a terminal?',
    node: isUp,
    none: 'No node is up.',
  });
  if (found?.node === undefined) {
    return;
  }
  openNodeTerminal({ operator: await operator.get(), clusterId: found.cluster.id, nodeName: found.node.name, log });
};
