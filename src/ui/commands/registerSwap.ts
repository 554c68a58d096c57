import * as vscode from 'vscode';
import { withProgress } from '../progress';
import { target } from '../target';
import type { Command } from './command';
import { isLiving } from './clusters';

export const registerSwap: Command = async ({ operator }, call) => {
  if (call.by === 'program') {
    call.args.allow('cluster', 'confirmed');
  }
  const found = await target(operator, call, {
    question: 'On which cluster do you want to register swapon.service?',
    cluster: isLiving,
  });
  if (found === undefined) {
    return;
  }
  const { cluster } = found;
  const core = await operator.get();
  await withProgress(`Registering swapon.service on ${cluster.name}`, (context) =>
    core.registerSwap(cluster.id, context),
  );
  if (call.by === 'hand') {
    void vscode.window.showInformationMessage(`swapon.service is active on every node of ${cluster.name}.`);
  }
};
