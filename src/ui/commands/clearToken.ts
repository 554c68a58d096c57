import * as vscode from 'vscode';
import { ClusterError } from '../../core/errors';
import { addPrices, formatPrice } from '../../core/model/cost';
import type { Billed } from '../../core/operator';
import { tokenSecret } from '../../core/secretKeys';
import type { Services } from '../../services';
import { Target } from '../target';
import { count } from '../words';
import type { Command } from './command';

const DESTROY = 'Destroy First';
const CLEAR = 'Clear Token Anyway';

/** Without the token we can't destroy what it created: droplets that are still billed are named before it goes. */
export const clearToken: Command = async (services, call) => {
  const key = tokenSecret('digitalocean');
  if (call.by === 'program') {
    call.args.allow('confirmed');
  }
  if ((await services.secrets.get(key)) === undefined) {
    if (call.by === 'hand') void vscode.window.showInformationMessage('No DigitalOcean token is stored.');
    return;
  }
  const billed = await findBilled(services);
  if (call.by === 'program') {
    if (billed === undefined || billed.length > 0) call.args.confirmed(`Clearing the token while ${describe(billed)}`);
  } else if (!(await isConfirmed(billed))) {
    return;
  }
  await services.secrets.delete(key);
  services.log.info('The DigitalOcean token was cleared');
  if (call.by === 'hand') void vscode.window.showInformationMessage('The DigitalOcean token is cleared.');
};

/** Undefined when the account can't be asked, such as with a token that was revoked. */
async function findBilled({ operator, log }: Services): Promise<Billed[] | undefined> {
  try {
    return await (await operator.get()).listBilled('digitalocean', AbortSignal.timeout(10_000));
  } catch (error) {
    log.warn(`What is billed could not be read: ${ClusterError.is(error) ? error.message : String(error)}`);
    return undefined;
  }
}

/** True: clear it. When the user would rather destroy first, that is begun instead. */
async function isConfirmed(billed: Billed[] | undefined): Promise<boolean> {
  if (billed?.length === 0) {
    return true;
  }
  const detail = 'Without the token this extension can neither watch nor destroy them.';
  const first = billed?.[0];
  const buttons = first === undefined ? [CLEAR] : [DESTROY, CLEAR];
  const message = `Clear the token while ${describe(billed)}?`;
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...buttons);
  if (chosen === DESTROY && first !== undefined) {
    await vscode.commands.executeCommand('deis.cluster.destroy', new Target(first.clusterId));
  }
  return chosen === CLEAR;
}

function describe(billed: Billed[] | undefined): string {
  if (billed === undefined) {
    return 'the account does not say what is billed';
  }
  const droplets = billed.reduce((sum, each) => sum + each.droplets, 0);
  const money = formatPrice(addPrices(billed));
  return `${count(droplets, 'droplet')} of ${billed.map((b) => b.clusterId).join(', ')} cost ${money}`;
}
