import * as vscode from 'vscode';
import { ClusterError } from '../core/errors';
import type { ClusterSnapshot, NodeSnapshot } from '../core/model/snapshot';
import { readArguments, type Arguments } from './automation';
import type { LazyOperator } from './lazyOperator';
import { CLUSTER_STATES, NODE_STATES, PROVIDER_NAMES } from './words';

/** What a command is about: said by a tree row, a button, or the command that calls another. */
export class Target {
  constructor(
    readonly clusterId: string,
    readonly nodeName?: string,
  ) {}
}

/**
 * How a command was called: by hand (perhaps on something), or by a program that gave an argument object. What a picker has
 * settled becomes the target: a remedy that is offered afterwards is about the same thing.
 */
export type Call =
  | { readonly by: 'hand'; target?: Target; readonly faultId?: string | undefined }
  | { readonly by: 'program'; readonly args: Arguments };

/** Tree rows carry their target; anything else that is given must be an argument object. */
export function readCall(argument: unknown): Call {
  if (argument === undefined || argument === null) {
    return { by: 'hand' };
  }
  if (argument instanceof Target) {
    return { by: 'hand', target: argument };
  }
  if (isTargeted(argument)) {
    const { target: about, faultId } = argument;
    return { by: 'hand', ...(about !== undefined && { target: about }), ...(faultId !== undefined && { faultId }) };
  }
  return { by: 'program', args: readArguments(argument) };
}

/** What a thing in a tree has; `isRow` tells it from an argument object that happens to have a `target`. */
export interface Targeted {
  readonly isRow: true;
  readonly target?: Target | undefined;
  readonly faultId?: string | undefined;
}

function isTargeted(value: unknown): value is Targeted {
  return typeof value === 'object' && value !== null && 'isRow' in value && value.isRow === true;
}

export interface Wanted {
  /** What a picker asks, such as "Which node do you want to power off?". */
  readonly question: string;
  readonly cluster?: (cluster: ClusterSnapshot) => boolean;
  /** Present: a node is wanted too, one of those for which it says true. */
  readonly node?: (node: NodeSnapshot) => boolean;
  /** Said when nothing fits. */
  readonly none?: string;
}

export interface Found {
  readonly cluster: ClusterSnapshot;
  readonly node?: NodeSnapshot;
}

/**
 * Settles what a command is about: from the row or the argument object, else from a picker (which asks nothing when there is
 * only one answer). Undefined when the picker was closed.
 * @throws ClusterError invalidInput, notFound
 */
export async function target(operator: LazyOperator, call: Call, wanted: Wanted): Promise<Found | undefined> {
  await operator.get();
  if (call.by === 'program') {
    const cluster = known(operator, call.args.string('cluster'));
    return wanted.node === undefined ? { cluster } : { cluster, node: nodeOf(cluster, call.args.string('node')) };
  }
  const cluster =
    call.target === undefined ? await pickCluster(operator, wanted) : known(operator, call.target.clusterId);
  if (cluster === undefined) {
    return undefined;
  }
  call.target ??= new Target(cluster.id);
  if (wanted.node === undefined) {
    return { cluster };
  }
  const { nodeName } = call.target;
  const node = nodeName === undefined ? await pickNode(cluster, wanted, wanted.node) : nodeOf(cluster, nodeName);
  call.target = new Target(cluster.id, node?.name);
  return node && { cluster, node };
}

function known(operator: LazyOperator, id: string): ClusterSnapshot {
  const cluster = operator.find(id);
  if (cluster === undefined) {
    const ids = operator.snapshots().map((each) => each.id);
    const hint = ids.length === 0 ? 'there is no cluster' : `known are: ${ids.join(', ')}`;
    throw new ClusterError(`No cluster has the id "${id}"; ${hint}.`, { code: 'notFound', remedy: 'refresh' });
  }
  return cluster;
}

function nodeOf(cluster: ClusterSnapshot, name: string): NodeSnapshot {
  const node = cluster.nodes.find((each) => each.name === name);
  if (node === undefined) {
    const names = cluster.nodes.map((each) => each.name).join(', ') || 'none yet';
    throw new ClusterError(`Cluster ${cluster.name} has no node "${name}"; its nodes are: ${names}.`, {
      code: 'notFound',
      remedy: 'refresh',
    });
  }
  return node;
}

async function pickCluster(operator: LazyOperator, wanted: Wanted): Promise<ClusterSnapshot | undefined> {
  const fitting = operator
    .snapshots()
    .filter(
      (cluster) =>
        (wanted.cluster?.(cluster) ?? true) && (wanted.node === undefined || cluster.nodes.some(wanted.node)),
    );
  if (fitting.length === 0) {
    const isEmpty = operator.snapshots().length === 0;
    void sayNothingFits(isEmpty ? 'There is no cluster yet.' : (wanted.none ?? 'No cluster fits.'), isEmpty);
    return undefined;
  }
  if (fitting.length === 1) {
    return fitting[0];
  }
  const items = fitting.map((cluster) => ({
    label: cluster.name,
    description: `${PROVIDER_NAMES[cluster.provider]} · ${CLUSTER_STATES[cluster.state]}`,
    detail: cluster.summary,
    cluster,
  }));
  return (
    await vscode.window.showQuickPick(items, { ignoreFocusOut: true, title: wanted.question, placeHolder: 'Cluster' })
  )?.cluster;
}

/** Not a failure: there is just nothing to do. */
async function sayNothingFits(message: string, isEmpty: boolean): Promise<void> {
  const create = 'Create Cheap Cluster';
  if ((await vscode.window.showInformationMessage(message, ...(isEmpty ? [create] : []))) === create) {
    await vscode.commands.executeCommand('deis.cluster.create');
  }
}

async function pickNode(
  cluster: ClusterSnapshot,
  wanted: Wanted,
  fits: (node: NodeSnapshot) => boolean,
): Promise<NodeSnapshot | undefined> {
  const items = cluster.nodes.filter(fits).map((node) => ({
    label: node.name,
    description: [NODE_STATES[node.state], node.publicAddress].filter((part) => part !== undefined).join(' · '),
    node,
  }));
  if (items.length === 0) {
    void sayNothingFits(wanted.none ?? `No node of ${cluster.name} fits.`, false);
    return undefined;
  }
  return (
    await vscode.window.showQuickPick(items, {
      ignoreFocusOut: true,
      title: wanted.question,
      placeHolder: `Node of ${cluster.name}`,
    })
  )?.node;
}
