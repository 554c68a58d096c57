import * as vscode from 'vscode';
import { ClusterError } from '../../core/errors';
import type { Account } from '../../core/model/cloud';
import type { Operator } from '../../core/operator';
import { tokenSecret } from '../../core/secretKeys';
import type { Command } from './command';

/** The token is tried against the account before it is stored; a wrong one is said in the very box it was typed into. */
export const setToken: Command = async ({ operator, secrets, log }, call) => {
  const core = await operator.get();
  const key = tokenSecret('digitalocean');
  if (call.by === 'program') {
    const token = call.args.allow('token').string('token').trim();
    await core.checkToken(token);
    await secrets.store(key, token);
    return;
  }
  const answer = await askForToken(core);
  if (answer === undefined) {
    return;
  }
  await secrets.store(key, answer.token);
  log.info('A DigitalOcean token was stored');
  void vscode.window.showInformationMessage(`The token is stored. ${describeAccount(answer.account)}`);
};

function describeAccount({ email, dropletLimit }: Account): string {
  const limit = dropletLimit === undefined ? '' : `, which may have ${dropletLimit} droplets`;
  return `It belongs to the account ${email}${limit}.`;
}

async function askForToken(core: Operator): Promise<{ token: string; account: Account } | undefined> {
  const box = vscode.window.createInputBox();
  const controller = new AbortController();
  box.title = 'Set DigitalOcean Token';
  box.prompt =
    "A token with read and write scope, made in the control panel under API. It is kept in VS Code's secret storage only.";
  box.placeholder = 'dop_v1_…';
  box.password = true;
  box.ignoreFocusOut = true;
  try {
    return await new Promise((resolve) => {
      const check = async (): Promise<void> => {
        const token = box.value.trim();
        if (token === '') {
          box.validationMessage = 'Paste the token here.';
          return;
        }
        box.busy = true;
        box.enabled = false;
        try {
          resolve({ token, account: await core.checkToken(token, controller.signal) });
        } catch (error) {
          box.validationMessage = ClusterError.is(error) ? error.message : 'The token could not be checked.';
        } finally {
          box.busy = false;
          box.enabled = true;
        }
      };
      box.onDidAccept(() => void check());
      box.onDidChangeValue(() => (box.validationMessage = undefined));
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    controller.abort();
    box.dispose();
  }
}
