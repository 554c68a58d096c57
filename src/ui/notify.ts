import * as vscode from 'vscode';
import { ClusterError, isCancelled, type Remedy } from '../core/errors';
import type { Log } from '../core/ports';
import type { Target } from './target';

interface Button {
  readonly title: string;
  readonly command: string;
}

/** What the user can do about a failure: one button each. */
export const REMEDIES: Record<Remedy, Button> = {
  setToken: { title: 'Set DigitalOcean Token', command: 'deis.token.set' },
  resumeSetup: { title: 'Resume Setup', command: 'deis.cluster.resume' },
  destroyCluster: { title: 'Destroy Cluster', command: 'deis.cluster.destroy' },
  showLog: { title: 'Show Log', command: 'deis.log.show' },
  openSettings: { title: 'Open Settings', command: 'workbench.action.openSettings' },
  powerOnNode: { title: 'Power on node', command: 'deis.node.powerOn' },
  refresh: { title: 'Refresh', command: 'deis.refresh' },
  configurePlatform: { title: 'Configure Platform', command: 'deis.platform.configure' },
};

/** Runs a remedy as if it had been clicked on the thing that failed. */
export async function runRemedy(remedy: Remedy, target?: Target): Promise<void> {
  await (remedy === 'openSettings' ? openSettings() : vscode.commands.executeCommand(REMEDIES[remedy].command, target));
}

/** With VS Code's server elsewhere, settings of machine scope are on a page of their own. */
async function openSettings(): Promise<void> {
  const query = '@ext:deis-cheap-cluster.deis-cheap-cluster';
  const isRemote = vscode.env.remoteName !== undefined;
  await vscode.commands.executeCommand(`workbench.action.${isRemote ? 'openRemoteSettings' : 'openSettings'}`, {
    query,
  });
}

/**
 * Shows a failure once, with its own remedy, what else leads on (`others`) and the log. Not awaited by commands: a notification
 * may stay for hours.
 */
export async function reportError(
  error: unknown,
  log: Log,
  target?: Target,
  others: readonly Remedy[] = [],
): Promise<void> {
  if (isCancelled(error)) {
    return; // The user asked for it; say nothing.
  }
  log.error('A command failed', error);
  const foreseen = ClusterError.is(error) ? error : undefined;
  const message = foreseen?.message ?? 'Something unexpected went wrong. The log has the details.';
  const own: readonly Remedy[] = foreseen?.remedy === undefined ? [] : [foreseen.remedy];
  const remedies = [...new Set<Remedy>([...own, ...others, 'showLog'])];
  const chosen = await vscode.window.showErrorMessage(message, ...remedies.map((each) => REMEDIES[each].title));
  const remedy = remedies.find((each) => REMEDIES[each].title === chosen);
  if (remedy !== undefined) {
    await runRemedy(remedy, remedy === 'showLog' ? undefined : target);
  }
}
