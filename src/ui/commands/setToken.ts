import * as vscode from 'vscode';
import { ClusterError } from '../../core/errors';
import type { Account } from '../../core/model/cloud';
import type { Operator } from '../../core/operator';
import type { Log } from '../../core/ports';
import { tokenSecret } from '../../core/secretKeys';
import type { Command } from './command';

/** The token is tried against the account before it is stored; a wrong one is said in the very box it was typed into. */
export const setToken: Command = async ({ operator, secrets, log }, call) => {
  const core = await operator.get();
  const key = tokenSecret('digitalocean');
  if (call.by === 'program') {
    const token = call.args.allow('token').string('token').trim();
    await check(core, token, log);
    await secrets.store(key, token);
    return;
  }
  const answer = await askForToken(core);
  if (answer === undefined) {
    return;
  }
  await secrets.store(key, answer.token);
  log.info('A DigitalOcean token was stored');
  void vscode.window.showInformationMessage(`The token is stored. ${describe(answer)}`);
};

/** A token that nobody can check now is kept all the same: its first use will tell. One that is refused is not. */
async function check(core: Operator, token: string, log: Log): Promise<void> {
  try {
    await core.checkToken(token);
  } catch (error) {
    if (!ClusterError.is(error, 'cloudUnavailable', 'timedOut')) {
      throw error;
    }
    log.warn(`The token was stored unchecked: ${error.message}`);
  }
}

interface Answer {
  readonly token: string;
  /** Absent: DigitalOcean could not be asked, and the user stored the token all the same. */
  readonly account?: Account;
}

function describe({ account }: Answer): string {
  if (account === undefined) {
    return 'It was not checked, since DigitalOcean could not be reached.';
  }
  const { email, dropletLimit } = account;
  const limit = dropletLimit === undefined ? '' : `, which may have ${dropletLimit} droplets`;
  return `It belongs to the account ${email}${limit}.`;
}

async function askForToken(core: Operator): Promise<Answer | undefined> {
  const controller = new AbortController();
  const box = vscode.window.createInputBox();
  box.title = 'Set DigitalOcean Token';
  box.prompt =
    "A token with read and write scope, made in the control panel under API. It is kept in VS Code's secret storage only.";
  box.placeholder = 'dop_v1_…';
  box.password = true;
  box.ignoreFocusOut = true;
  try {
    return await new Promise<Answer | undefined>((resolve) => {
      let unreachable: string | undefined;
      box.onDidAccept(async () => {
        if (box.busy) return; // Enter once more, while the first is still being checked
        const token = box.value.trim();
        if (token !== '' && token === unreachable) {
          resolve({ token });
          return;
        }
        const { account, problem, isUnreachable } = await tryToken(core, box, controller.signal);
        unreachable = isUnreachable ? token : undefined;
        box.validationMessage = problem;
        if (account !== undefined) resolve({ token, account });
      });
      box.onDidChangeValue(() => (box.validationMessage = undefined));
      box.onDidHide(() => resolve(undefined));
      box.show();
    });
  } finally {
    controller.abort();
    box.dispose();
  }
}

interface Trial {
  readonly account?: Account;
  readonly problem?: string;
  readonly isUnreachable: boolean;
}

async function tryToken(core: Operator, box: vscode.InputBox, signal: AbortSignal): Promise<Trial> {
  const token = box.value.trim();
  if (token === '') {
    return { problem: 'Paste the token here.', isUnreachable: false };
  }
  box.busy = true;
  box.enabled = false;
  try {
    return { account: await core.checkToken(token, signal), isUnreachable: false };
  } catch (error) {
    const message = ClusterError.is(error) ? error.message : 'The token could not be checked.';
    const isUnreachable = ClusterError.is(error, 'cloudUnavailable', 'timedOut');
    return { problem: isUnreachable ? `${message} Enter stores it unchecked.` : message, isUnreachable };
  } finally {
    box.busy = false;
    box.enabled = true;
  }
}
