import { withProgress } from '../progress';
import { target } from '../target';
import { isBilled } from '../words';
import type { Command } from './command';
import { confirmLoss } from './confirmLoss';
import { isUp } from './nodes';

export const powerOffNode: Command = async ({ operator }, call) => {
  if (call.by === 'program') {
    call.args.allow('cluster', 'node', 'confirmed').confirmed('Powering off a node');
  }
  const found = await target(operator, call, {
    question: 'Which node do you want to power off?',
    node: isUp,
    none: 'No node is up.',
  });
  if (found?.node === undefined) {
    return;
  }
  const { cluster, node } = found;
  const core = await operator.get();
  if (call.by === 'hand') {
    const forecast = await core.forecastPowerOff(cluster.id, node.name);
    const billed = isBilled(cluster)
      ? 'A powered-off droplet is still billed.'
      : 'As with a real droplet, billing goes on while it is off (practice money).';
    const detail = [
      forecast.sentence,
      forecast.breaksQuorum ? '' : 'Its units move to other nodes within a minute.',
      billed,
    ]
      .filter((part) => part !== '')
      .join('\n\n');
    if (!(await confirmLoss({ node: node.name, verb: 'Power Off', detail, forecast }))) {
      return;
    }
  }
  await withProgress(`Powering off ${node.name}`, (context) => core.power(cluster.id, node.name, 'power_off', context));
};
