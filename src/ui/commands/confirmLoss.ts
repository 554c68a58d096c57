import * as vscode from 'vscode';
import type { PowerOffForecast } from '../../core/operator';

interface Question {
  readonly node: string;
  /** Also the button: "Power Off", "Reboot". */
  readonly verb: string;
  readonly detail: string;
  readonly forecast: PowerOffForecast;
}

/** Asks before a node goes away. What breaks quorum needs the node's name typed as well: a click is not enough. */
export async function confirmLoss({ node, verb, detail, forecast }: Question): Promise<boolean> {
  const warning = forecast.breaksQuorum
    ? '\n\nThis breaks quorum: the cluster stops working until enough nodes are back.'
    : '';
  const button = forecast.breaksQuorum ? `${verb} Anyway…` : verb;
  const options = { modal: true, detail: `${detail}${warning}` };
  if ((await vscode.window.showWarningMessage(`${verb} ${node}?`, options, button)) !== button) {
    return false;
  }
  return !forecast.breaksQuorum || (await typed(node, `${verb} ${node} although it breaks quorum`));
}

/** Asks before a network is split so that no side has quorum. */
export async function confirmSplit(cluster: string, sentence: string): Promise<boolean> {
  const button = 'Split Anyway';
  const detail = `${sentence} The cluster stops working until the split is repaired.`;
  const message = `Split the network of ${cluster}?`;
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, button)) === button;
}

/** True when the very name was typed. */
export async function typed(name: string, title: string, prompt = `Type ${name} to go on.`): Promise<boolean> {
  const answer = await vscode.window.showInputBox({
    title,
    prompt,
    placeHolder: name,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value === name || value === ''
        ? undefined
        : {
            message: `Type ${name} exactly, or press Escape to leave it as it is.`,
            severity: vscode.InputBoxValidationSeverity.Info,
          },
  });
  return answer === name;
}
