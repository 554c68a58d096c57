import * as vscode from 'vscode';
import type { NodeSnapshot } from '../../core/model/snapshot';
import type { PowerOffForecast, PowerVerb } from '../../core/operator';
import { withProgress } from '../progress';
import { target, type Found } from '../target';
import { isBilled } from '../words';
import type { Command } from './command';
import { confirmLoss } from './confirmLoss';
import { isUp } from './nodes';

interface Words {
  /** Title of the button and of the question. */
  readonly verb: string;
  /** "Powering off" deis-3. */
  readonly doing: string;
  readonly question: string;
  readonly fits: (node: NodeSnapshot) => boolean;
  readonly none: string;
  /** What is read before the node goes away; without it nothing goes away and nothing is asked. */
  readonly warning?: (cluster: Found['cluster'], forecast: PowerOffForecast) => string;
  /** Said at the end where the tree alone does not show that it happened. */
  readonly done?: string;
}

const WORDS: Readonly<Record<PowerVerb, Words>> = {
  power_off: {
    ...{ verb: 'Power Off', doing: 'Powering off', question: 'Which node do you want to power off?' },
    ...{ fits: isUp, none: 'No node is up.', warning: warnOfPowerOff },
  },
  reboot: {
    ...{ verb: 'Reboot', doing: 'Rebooting', question: 'Which node do you want to reboot?' },
    ...{ fits: isUp, none: 'No node is up.', done: 'has rebooted' },
    // Meanwhile its etcd member is away, as with a power-off, only for a shorter time.
    warning: (_cluster, { sentence }) =>
      `While it boots: ${sentence}\n\nIts units start again on it or on other nodes.`,
  },
  power_on: {
    ...{ verb: 'Power On', doing: 'Powering on', question: 'Which node do you want to power on?' },
    ...{ fits: ({ state }) => state === 'off', none: 'No node is powered off.' },
  },
};

function warnOfPowerOff(cluster: Found['cluster'], { sentence, breaksQuorum }: PowerOffForecast): string {
  const billed = isBilled(cluster)
    ? 'A powered-off droplet is still billed.'
    : 'As with a real droplet, billing goes on while it is off (practice money).';
  const healing = breaksQuorum ? [] : ['Its units move to other nodes within a minute.'];
  return [sentence, ...healing, billed].join('\n\n');
}

export function powerCommand(action: PowerVerb): Command {
  const { verb, doing, question, fits, none, warning, done } = WORDS[action];
  return async ({ operator }, call) => {
    if (call.by === 'program') {
      const args = call.args.allow('cluster', 'node', 'confirmed');
      if (warning !== undefined) args.confirmed(`${doing} a node`);
    }
    const found = await target(operator, call, { question, node: fits, none });
    if (found?.node === undefined) return;
    const { cluster, node } = found;
    const core = await operator.get();
    if (call.by === 'hand' && warning !== undefined) {
      const forecast = await core.forecastPowerOff(cluster.id, node.name);
      const detail = warning(cluster, forecast);
      if (!(await confirmLoss({ node: node.name, verb, detail, forecast }))) return;
    }
    await withProgress(`${doing} ${node.name}`, (context) => core.power(cluster.id, node.name, action, context));
    if (call.by === 'hand' && done !== undefined) {
      void vscode.window.showInformationMessage(`${node.name} ${done}.`);
    }
  };
}
