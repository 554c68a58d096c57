import { readdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Log, SecretStore } from './core/ports';
import { Redactor } from './core/redact';
import { LazyOperator } from './ui/lazyOperator';
import { createLog } from './ui/log';
import { createSecretStore } from './ui/secrets';
import { readEngineSettings } from './ui/settings';
import { ClusterTree } from './ui/tree/clusterTree';

/** What commands are given. */
export interface Services {
  readonly operator: LazyOperator;
  readonly tree: ClusterTree;
  readonly log: Log;
  readonly channel: vscode.LogOutputChannel;
  readonly secrets: SecretStore;
  readonly context: vscode.ExtensionContext;
}

/** Settings + secrets -> adapters -> core -> ui. Everything made here is disposed with the extension. */
export function createServices(context: vscode.ExtensionContext): Services {
  const channel = vscode.window.createOutputChannel('Deis: Cheap Cluster', { log: true });
  const redactor = new Redactor();
  const log = createLog(channel, redactor);
  const secrets = createSecretStore(context.secrets, redactor);
  const storagePath = context.globalStorageUri.fsPath;
  const operator = new LazyOperator(
    async () => {
      // Relative to the bundle: dist/engine.js beside dist/extension.js.
      const { createEngine } = await import('./engine.js');
      return await createEngine({
        storagePath,
        practiceMain: context.asAbsolutePath(path.join('dist', 'practice', 'main.mjs')),
        settings: readEngineSettings,
        secrets,
        log,
      });
    },
    async () => await hasJournals(path.join(storagePath, 'clusters')),
  );
  const tree = new ClusterTree(operator, log);
  context.subscriptions.push(channel, operator, tree);
  return { operator, tree, log, channel, secrets, context };
}

/** A journal is `clusters/<id>.json`; without one there is nothing to load the engine for. */
async function hasJournals(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).some((name) => name.endsWith('.json'));
  } catch {
    return false; // No folder yet: no cluster was ever made.
  }
}
