import * as vscode from 'vscode';
import type { ClusterSnapshot } from './core/model/snapshot';
import { createServices } from './services';
import { registerCommands } from './ui/commands';
import { registerContextKeys } from './ui/contextKeys';
import { registerPlanDocument } from './ui/planDocument';
import { ClusterStatusBar } from './ui/statusBar';

/** What other extensions and tests get from `activate()`: plain JSON of everything the tree shows. */
export interface Api {
  readonly apiVersion: 1;
  snapshot(): ClusterSnapshot[];
  readonly onDidChange: vscode.Event<void>;
}

export function activate(context: vscode.ExtensionContext): Api {
  try {
    return start(context);
  } catch (error) {
    // VS Code shows nothing when an activation throws.
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(`Deis: Cheap Cluster could not start: ${reason}`);
    throw error;
  }
}

function start(context: vscode.ExtensionContext): Api {
  const services = createServices(context);
  const { operator, log } = services;
  const statusBar = new ClusterStatusBar(operator);
  context.subscriptions.push(
    registerCommands(services),
    registerPlanDocument(context.workspaceState),
    registerContextKeys(services),
    statusBar,
  );
  // Not awaited: what stands in the journals must not hold up the window.
  void statusBar.remind().catch((error: unknown) => log.error('The clusters could not be read', error));
  return {
    apiVersion: 1,
    snapshot: () => structuredClone([...operator.snapshots()]),
    onDidChange: operator.onDidChange,
  };
}
