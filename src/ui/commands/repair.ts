import * as vscode from 'vscode';
import { describeFault } from '../faults/faultWords';
import type { LazyOperator } from '../lazyOperator';
import { nodeNamer } from '../tree/faultRows';
import type { Command } from './command';

/** Takes away what was broken on purpose: one fault, or all of them. */
export const repair: Command = async ({ operator }, call) => {
  const core = await operator.get();
  if (call.by === 'program') {
    const args = call.args.allow('fault');
    await core.repair('practice', args.has('fault') ? args.string('fault') : undefined);
  } else {
    await core.refresh();
    const chosen = call.faultId === undefined ? await ask(operator) : { id: call.faultId };
    if (chosen === undefined) return;
    await core.repair('practice', chosen.id);
  }
  await core.refresh();
};

/** Undefined when the question was closed, or when nothing is broken. */
async function ask(operator: LazyOperator): Promise<{ readonly id: string | undefined } | undefined> {
  const faults = operator.faults();
  if (faults.length === 0) {
    void vscode.window.showInformationMessage('Nothing is broken on purpose in the practice cloud.');
    return undefined;
  }
  const nameOf = nodeNamer(operator.snapshots());
  const items = faults.map((active) => {
    const { label, description } = describeFault(active, nameOf);
    return { label: `$(zap) ${label}`, description, id: active.id };
  });
  const everything = { label: '$(tools) Repair Everything', description: `${faults.length} in all`, id: undefined };
  return await vscode.window.showQuickPick([everything, ...items], { title: 'Repair the Practice Cloud' });
}
