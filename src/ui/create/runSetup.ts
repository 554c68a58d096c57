import * as vscode from 'vscode';
import { isCancelled } from '../../core/errors';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import type { OperationContext } from '../../core/operator';
import type { Services } from '../../services';
import { reportError } from '../notify';
import { withProgress } from '../progress';
import { Target } from '../target';
import { machinesOf, subsystemOf } from '../tree/subsystems';
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

/** Finds the cluster that a setup is about: for a create, the one that was not there before. */
type Finder = () => ClusterSnapshot | undefined;

function finder({ operator }: Services, clusterId: string | undefined): Finder {
  const before = new Set(operator.snapshots().map(({ id }) => id));
  return () => operator.snapshots().find(({ id }) => (clusterId === undefined ? !before.has(id) : id === clusterId));
}

/** Runs a create or a resume: progress, the tree in sight, and a last message that says what next. */
export async function runSetup(services: Services, setup: Setup): Promise<ClusterSnapshot | undefined> {
  const find = finder(services, setup.clusterId);
  const shown = setup.isByHand ? showWhenThere(services, find) : undefined;
  try {
    const cluster = await withProgress(setup.title, (context) => setup.run(withNotes(context, services.tree, find)));
    if (setup.isByHand) void sayWhatNext(cluster);
    return cluster;
  } catch (error) {
    if (!setup.isByHand) {
      throw error;
    }
    const cluster = find();
    if (!isCancelled(error)) {
      // With a cluster there is something to go on with, or to get rid of: it may cost money.
      const others = cluster === undefined ? [] : (['resumeSetup', 'destroyCluster'] as const);
      void reportError(error, services.log, cluster && new Target(cluster.id), others);
    } else if (cluster !== undefined && cluster.state !== 'destroying') {
      void offerToGoOn(cluster); // Unless a destroy has cancelled it.
    }
    return undefined;
  } finally {
    shown?.dispose();
  }
}

/** What is reported is shown in the tree as well, at the step that is running. */
function withNotes(context: OperationContext, tree: Services['tree'], find: Finder): OperationContext {
  return {
    signal: context.signal,
    report: (message, fraction) => {
      const cluster = find();
      if (cluster !== undefined) tree.note(cluster.id, message);
      context.report(message, fraction);
    },
  };
}

/** Brings the new cluster into sight as soon as its journal exists. */
function showWhenThere({ operator, tree, log }: Services, find: Finder): vscode.Disposable {
  const subscription = operator.onDidChange(() => look());
  const look = (): void => {
    const cluster = find();
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

/** Each node and unit was proved before the setup ended; what the tree has seen of them may be a moment older. */
function describeResult(cluster: ClusterSnapshot): string {
  const { name, units } = cluster;
  const hasPlatform = units.some((unit) => subsystemOf(unit.name) !== undefined);
  return `${name} is up: ${count(machinesOf(cluster).length, 'node')}, ${hasPlatform ? 'with the platform running' : 'without the platform'}.`;
}

function describeNext(cluster: ClusterSnapshot): string {
  return isBilled(cluster) && cluster.domain !== undefined
    ? `Next, before anybody else does: deis register http://deis.${cluster.domain} makes you the administrator.`
    : 'Next: open a terminal on a node and type fleetctl list-machines, or power a node off and watch.';
}

/** A cancelled setup leaves things behind that cost money: both ways on are offered. */
async function offerToGoOn(cluster: ClusterSnapshot): Promise<void> {
  const { id, name } = cluster;
  const stays = isBilled(cluster) ? 'stays, and is billed,' : 'stays';
  const message = `The setup of ${name} has stopped. What was created ${stays} until you resume or destroy it.`;
  const chosen = await vscode.window.showInformationMessage(message, RESUME, DESTROY);
  if (chosen === RESUME) {
    await vscode.commands.executeCommand('deis.cluster.resume', new Target(id));
  } else if (chosen === DESTROY) {
    await vscode.commands.executeCommand('deis.cluster.destroy', new Target(id));
  }
}
