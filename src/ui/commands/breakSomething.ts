import * as vscode from 'vscode';
import type { ActiveFault, Fault } from '../../core/model/fault';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import {
  askForApi,
  askForSplit,
  askHowLong,
  askWhat,
  faultOfNode,
  forecastSplit,
  takesMemberAway,
} from '../faults/askForFault';
import { describeFault } from '../faults/faultWords';
import { target } from '../target';
import { nodeNamer } from '../tree/faultRows';
import { isBilled } from '../words';
import type { Services } from '../../services';
import type { Call } from '../target';
import type { Command } from './command';
import { confirmLoss, confirmSplit } from './confirmLoss';

/** Breaks something in the practice cloud on purpose: by hand from questions, by a program as it is told. */
export const breakSomething: Command = async (services, call) => {
  const { operator } = services;
  const core = await operator.get();
  if (call.by === 'program') {
    const args = call.args.allow('cluster', 'fault', 'confirmed');
    args.confirmed('Breaking something');
    // A cluster is named by who wants to be sure that none of real droplets is meant.
    const found = args.has('cluster') ? await target(operator, call, { question: '' }) : undefined;
    return await core.breakOnPurpose(found?.cluster.provider ?? 'practice', args.value('fault'));
  }
  const fault = await askForFault(services, call);
  if (fault === undefined) return undefined;
  const active = await core.breakOnPurpose('practice', fault);
  await core.refresh();
  void offerRepair(services, active);
  return active;
};

const isPractice = (cluster: ClusterSnapshot): boolean => !isBilled(cluster);

async function askForFault(services: Services, call: Call & { by: 'hand' }): Promise<Fault | undefined> {
  const kind = await askWhat(call.target?.nodeName !== undefined);
  if (kind === undefined) return undefined;
  if (kind.startsWith('api-')) return await askForApi(kind);
  const fault = kind === 'network-split' ? await splitNetwork(services, call) : await breakNode(services, call, kind);
  return fault && (await askHowLong(fault));
}

const NONE = 'There is no cluster in the practice cloud.';

async function breakNode({ operator }: Services, call: Call, kind: Fault['kind']): Promise<Fault | undefined> {
  const found = await target(operator, call, {
    question: 'Which node is to break?',
    cluster: isPractice,
    node: ({ state }) => state !== 'gone' && state !== 'missing',
    none: NONE,
  });
  if (found?.node === undefined) return undefined;
  const { cluster, node } = found;
  if (takesMemberAway(kind)) {
    const forecast = await (await operator.get()).forecastPowerOff(cluster.id, node.name);
    const question = { node: node.name, verb: 'Break', detail: forecast.sentence, forecast };
    if (forecast.breaksQuorum && !(await confirmLoss(question))) return undefined;
  }
  return faultOfNode(kind, node);
}

async function splitNetwork({ operator }: Services, call: Call): Promise<Fault | undefined> {
  const found = await target(operator, call, {
    question: 'The network of which cluster is to split?',
    cluster: isPractice,
    none: NONE,
  });
  const fault = found && (await askForSplit(found.cluster));
  if (found === undefined || fault?.kind !== 'network-split') return undefined;
  const { sentence, isLost } = forecastSplit(fault, found.cluster);
  return !isLost || (await confirmSplit(found.cluster.name, sentence)) ? fault : undefined;
}

async function offerRepair({ operator }: Services, active: ActiveFault): Promise<void> {
  const { label, meaning } = describeFault(active, nodeNamer(operator.snapshots()));
  const repair = 'Repair';
  if ((await vscode.window.showInformationMessage(`${label}. ${meaning}`, repair)) === repair) {
    await vscode.commands.executeCommand('deis.practice.repair', { fault: active.id });
  }
}
