import * as vscode from 'vscode';
import type { ClusterSnapshot } from '../../src/core/model/snapshot';
import type { Api } from '../../src/extension';

/** The extension as another extension sees it. */
export async function activate(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>('deis-cheap-cluster.deis-cheap-cluster');
  if (extension === undefined) throw new Error('The extension is not installed.');
  return await extension.activate();
}

/** Calls a command as a program does: with an argument object, so that nothing is asked. */
export async function call(command: string, args: object): Promise<unknown> {
  return await vscode.commands.executeCommand(command, args);
}

export async function set(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('deis').update(key, value, vscode.ConfigurationTarget.Global);
}

/** Resolves with the snapshot as soon as it is as wanted; the test's own time-out is the limit. */
export async function until(
  api: Api,
  clusterId: string,
  isAsWanted: (cluster: ClusterSnapshot) => boolean,
): Promise<ClusterSnapshot> {
  return await new Promise((resolve) => {
    const look = (): void => {
      const cluster = api.snapshot().find(({ id }) => id === clusterId);
      if (cluster !== undefined && isAsWanted(cluster)) {
        subscription.dispose();
        resolve(cluster);
      }
    };
    const subscription = api.onDidChange(look);
    look();
  });
}

/** What a call rejects with; fails when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`Rejected with something that is no error: ${String(error)}`);
  }
  throw new Error('The call was expected to be refused, and was not.');
}
