import * as vscode from 'vscode';
import { withProgress } from '../progress';
import { target } from '../target';
import { isUp } from './nodes';
import { confirmLoss } from './confirmLoss';
import type { Command } from './command';

/** While a node reboots its etcd member is away, as with a power-off, only for a shorter time. */
export const rebootNode: Command = async ({ operator }, call) => {
  if (call.by === 'program') {
    call.args.allow('cluster', 'node', 'confirmed').confirmed('Rebooting a node');
  }
  const found = await target(operator, call, {
    question: 'Which node do you want to reboot?',
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
    const detail = `While it boots: ${forecast.sentence}\n\nIts units start again on it or on other nodes.`;
    if (!(await confirmLoss({ node: node.name, verb: 'Reboot', detail, forecast }))) {
      return;
    }
  }
  await withProgress(`Rebooting ${node.name}`, (context) => core.power(cluster.id, node.name, 'reboot', context));
  if (call.by === 'hand') void vscode.window.showInformationMessage(`${node.name} has rebooted.`);
};
