import * as vscode from 'vscode';
import type { PlatformVerb } from '../../core/operator';
import { withProgress } from '../progress';
import { target } from '../target';
import { isLiving } from './clusters';
import type { Command } from './command';

interface Words {
  readonly question: string;
  readonly doing: string;
  readonly done: string;
  /** Present: asked first, because apps suffer. */
  readonly loss?: { readonly detail: string; readonly button: string };
}

const WORDS: Record<PlatformVerb, Words> = {
  configure: {
    question: 'Which cluster do you want to configure the platform of?',
    doing: 'Configuring the platform',
    done: 'The key and the domain of the platform are set.',
  },
  install: {
    question: 'On which cluster do you want to install the platform?',
    doing: 'Installing the platform',
    done: 'The platform is installed. Next: Start Platform.',
  },
  start: {
    question: 'On which cluster do you want to start the platform?',
    doing: 'Starting the platform',
    done: 'The platform runs: every unit on every node was looked at.',
  },
  stop: {
    question: 'On which cluster do you want to stop the platform?',
    doing: 'Stopping the platform',
    done: 'The platform is stopped.',
    loss: { detail: 'No app can be reached until it is started again. Nothing is deleted.', button: 'Stop Platform' },
  },
  uninstall: {
    question: 'From which cluster do you want to uninstall the platform?',
    doing: 'Uninstalling the platform',
    done: 'The platform is uninstalled; the nodes stay.',
    loss: {
      detail: 'The units are stopped and removed from fleet; no app can be reached. The nodes stay and are billed.',
      button: 'Uninstall Platform',
    },
  },
};

export function platformCommand(verb: PlatformVerb): Command {
  const words = WORDS[verb];
  return async ({ operator }, call) => {
    if (call.by === 'program') {
      call.args.allow('cluster', 'confirmed');
    }
    const found = await target(operator, call, { question: words.question, cluster: isLiving });
    if (found === undefined || (call.by === 'hand' && !(await isWanted(words, found.cluster.name)))) {
      return;
    }
    const { cluster } = found;
    const core = await operator.get();
    await withProgress(`${words.doing} of ${cluster.name}`, (context) => core.platform(cluster.id, verb, context));
    if (call.by === 'hand') {
      void vscode.window.showInformationMessage(`${cluster.name}: ${words.done}`);
    }
  };
}

async function isWanted({ loss }: Words, name: string): Promise<boolean> {
  if (loss === undefined) {
    return true;
  }
  const question = `${loss.button} of ${name}?`;
  return (
    (await vscode.window.showWarningMessage(question, { modal: true, detail: loss.detail }, loss.button)) ===
    loss.button
  );
}
