import * as vscode from 'vscode';
import { isCancelled } from '../../core/errors';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import type { OperationContext } from '../../core/operator';
import type { Services } from '../../services';
import { reportError } from '../notify';
import { withProgress } from '../progress';
import { Target } from '../target';
import { subsystemOf } from '../tree/subsystems';
import { healthOf } from '../tree/unitHealth';
import { count, isBilled } from '../words';

interface Setup {
  readonly title: string;
  readonly isByHand: boolean;
  /** Known for a resume; a create makes it. */
  readonly clusterId?: string;
  readonly run: (context: OperationContext) => Promise<ClusterSnapshot>;
}

const RESUME = 'Resume Setup';
const DESTROY = 'Destroy Cluster';
const TERMINAL = 'Open SSH Terminal';

/** Runs a create or a resume: progress, the tree in sight, and a last message that says what next. */
export async function runSetup(services: Services, setup: Setup): Promise<ClusterSnapshot | undefined> {
  const { operator, tree, log } = services;
  const before = new Set(operator.snapshots().map((cluster) => cluster.id));
  const shown = setup.isByHand ? showWhenThere(services, before, setup.clusterId) : undefined;
  try {
    const cluster = await withProgress(setup.title, setup.run);
    if (setup.isByHand) {
      void tree.reveal(cluster).then(undefined, (error: unknown) => log.debug(`Not revealed: ${String(error)}`));
      void sayWhatNext(cluster);
    }
    return cluster;
  } catch (error) {
    const id = setup.clusterId ?? operator.snapshots().find((cluster) => !before.has(cluster.id))?.id;
    if (!setup.isByHand) {
      throw error;
    }
    if (!isCancelled(error)) {
      void reportError(error, log, id === undefined ? undefined : new Target(id));
    } else if (id !== undefined) {
      void offerToGoOn(id, operator.find(id));
    }
    return undefined;
  } finally {
    shown?.dispose();
  }
}

/** Brings the new cluster into sight as soon as its journal exists. */
function showWhenThere({ operator, tree, log }: Services, before: ReadonlySet<string>, id?: string): vscode.Disposable {
  const subscription = operator.onDidChange(() => look());
  const look = (): void => {
    const cluster = operator.snapshots().find((each) => (id === undefined ? !before.has(each.id) : each.id === id));
    if (cluster !== undefined) {
      subscription.dispose();
      tree.reveal(cluster).catch((error: unknown) => log.debug(`Not revealed: ${String(error)}`));
    }
  };
  look();
  return subscription;
}

async function sayWhatNext(cluster: ClusterSnapshot): Promise<void> {
  const show = cluster.problem === undefined ? vscode.window.showInformationMessage : vscode.window.showWarningMessage;
  const sentences = [describeResult(cluster), cluster.problem, describeNext(cluster)];
  const chosen = await show(sentences.filter((sentence) => sentence !== undefined).join(' '), TERMINAL);
  const first = cluster.nodes[0];
  if (chosen === TERMINAL && first !== undefined) {
    await vscode.commands.executeCommand('deis.node.openTerminal', new Target(cluster.id, first.name));
  }
}

function describeResult({ name, nodes, units }: ClusterSnapshot): string {
  const ready = nodes.filter((node) => node.state === 'ready').length;
  const platform = units.filter((unit) => subsystemOf(unit.name) !== undefined && healthOf(unit) === 'running').length;
  const running = platform === 0 ? 'no platform' : `${count(platform, 'unit')} of the platform running`;
  return `${name} is up: ${ready} of ${nodes.length} nodes, ${running}.`;
}

function describeNext(cluster: ClusterSnapshot): string {
  return isBilled(cluster) && cluster.domain !== undefined
    ? `Next, before anybody else does: deis register http://deis.${cluster.domain} makes you the administrator.`
    : 'Next: open a terminal on a node and type fleetctl list-machines, or power a node off and watch.';
}

/** A cancelled setup leaves things behind that cost money: both ways on are offered. */
async function offerToGoOn(id: string, cluster: ClusterSnapshot | undefined): Promise<void> {
  if (cluster === undefined || cluster.state === 'destroying') {
    return; // It was cancelled by a destroy: nothing is left to go on with.
  }
  const message = `The setup of ${cluster.name} has stopped. What was created stays, and is billed, until you resume or destroy it.`;
  const chosen = await vscode.window.showInformationMessage(message, RESUME, DESTROY);
  if (chosen === RESUME) {
    await vscode.commands.executeCommand('deis.cluster.resume', new Target(id));
  } else if (chosen === DESTROY) {
    await vscode.commands.executeCommand('deis.cluster.destroy', new Target(id));
  }
}
