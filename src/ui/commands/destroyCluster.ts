import * as vscode from 'vscode';
import { formatPrice } from '../../core/model/cost';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import type { Operator } from '../../core/operator';
import { withProgress } from '../progress';
import { target } from '../target';
import { count, isBilled } from '../words';
import type { Command } from './command';
import { typed } from './confirmLoss';

export const destroyCluster: Command = async ({ operator }, call) => {
  if (call.by === 'program') {
    call.args.allow('cluster', 'confirmed').confirmed('Destroying a cluster');
  }
  const core = await operator.get();
  const given = call.by === 'program' ? call.args.string('cluster') : call.target?.clusterId;
  const isByHand = call.by === 'hand';
  if (given !== undefined && operator.find(given) === undefined) {
    await destroyUnknown(core, given, isByHand);
    return;
  }
  const found = await target(operator, call, { question: 'Which cluster do you want to destroy?' });
  if (found === undefined || (isByHand && !(await isConfirmed(found.cluster)))) {
    return;
  }
  const { cluster } = found;
  await withProgress(`Destroying ${cluster.name}`, (context) => core.destroy(cluster.id, context));
  if (isByHand) sayGone(cluster.name, priceThatEnds(cluster));
};

/** Made on another computer, or its journal is lost: what carries its tag in the account is what can be destroyed. */
async function destroyUnknown(core: Operator, id: string, isByHand: boolean): Promise<void> {
  const prompt = `This computer has no records of it: every droplet with its tag is deleted, for good. Type ${id} to do so.`;
  if (isByHand && !(await typed(id, `Destroy Cluster ${id}`, prompt))) {
    return;
  }
  await withProgress(`Destroying ${id}`, (context) => core.destroy(id, context));
  if (isByHand) sayGone(id, '');
}

function sayGone(name: string, money: string): void {
  const message = `${name} is destroyed: each of its droplets was looked for and is gone. ${money}`;
  void vscode.window.showInformationMessage(message.trim());
}

async function isConfirmed(cluster: ClusterSnapshot): Promise<boolean> {
  const droplets = cluster.nodes.length === 0 ? 'whatever was created for it' : count(cluster.nodes.length, 'droplet');
  const prompt = `This deletes ${droplets} with everything on them, for good. ${priceThatEnds(cluster)} Type ${cluster.name} to destroy it.`;
  return await typed(cluster.name, `Destroy Cluster ${cluster.name}`, prompt);
}

const priceThatEnds = ({ cost, ...cluster }: ClusterSnapshot): string =>
  cost.hourly === 0
    ? 'Nothing is billed for it.'
    : `${formatPrice(cost)}${isBilled(cluster) ? '' : ' in practice money'} ends with it.`;
