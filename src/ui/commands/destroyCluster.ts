import * as vscode from 'vscode';
import { formatPrice } from '../../core/model/cost';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import { withProgress } from '../progress';
import { target } from '../target';
import { count, isBilled } from '../words';
import type { Command } from './command';
import { typed } from './confirmLoss';

export const destroyCluster: Command = async ({ operator }, call) => {
  if (call.by === 'program') {
    call.args.allow('cluster', 'confirmed').confirmed('Destroying a cluster');
  }
  const found = await target(operator, call, { question: 'Which cluster do you want to destroy?' });
  if (found === undefined || (call.by === 'hand' && !(await isConfirmed(found.cluster)))) {
    return;
  }
  const { cluster } = found;
  const core = await operator.get();
  await withProgress(`Destroying ${cluster.name}`, (context) => core.destroy(cluster.id, context));
  if (call.by === 'hand') {
    void vscode.window.showInformationMessage(
      `${cluster.name} is destroyed: each of its droplets was looked for and is gone. ${priceThatEnds(cluster)}`,
    );
  }
};

async function isConfirmed(cluster: ClusterSnapshot): Promise<boolean> {
  const droplets = cluster.nodes.length === 0 ? 'whatever was created for it' : count(cluster.nodes.length, 'droplet');
  const prompt = `This deletes ${droplets} with everything on them, for good. ${priceThatEnds(cluster)} Type ${cluster.name} to destroy it.`;
  return await typed(cluster.name, `Destroy Cluster ${cluster.name}`, prompt);
}

const priceThatEnds = ({ cost, ...cluster }: ClusterSnapshot): string =>
  cost.hourly === 0
    ? 'Nothing is billed for it.'
    : `${formatPrice(cost)}${isBilled(cluster) ? '' : ' in practice money'} ends with it.`;
