import * as vscode from 'vscode';
import { tokenSecret } from '../core/secretKeys';
import type { Services } from '../services';

/** `deis.hasToken`, for menus, welcome texts and the walkthrough. Another window may store or clear the token. */
export function registerContextKeys({ context, secrets, log }: Services): vscode.Disposable {
  const update = async (): Promise<void> => {
    const hasToken = (await secrets.get(tokenSecret('digitalocean'))) !== undefined;
    await vscode.commands.executeCommand('setContext', 'deis.hasToken', hasToken);
  };
  const run = (): void =>
    void update().catch((error: unknown) => log.error('The token could not be looked for', error));
  run();
  return context.secrets.onDidChange(({ key }) => {
    if (key === tokenSecret('digitalocean')) run();
  });
}
