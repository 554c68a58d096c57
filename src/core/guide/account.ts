import { ClusterError } from '../errors';
import type { Run } from '../plan/step';

/**
 * @throws ClusterError wrongAccount: with another account's token, five droplets that are alive and billed would look gone,
 * and new ones would appear where nobody looks for them.
 */
export async function ensureSameAccount(run: Run): Promise<void> {
  const { uuid, email } = await run.provider.cloud.getAccount(run.signal);
  if (uuid !== run.journal.data.accountUuid) {
    throw new ClusterError(
      `Cluster ${run.clusterId} belongs to another account than the token that is set now (${email}). Nothing was changed. ` +
        'Set the token of the account in which the cluster was created.',
      { code: 'wrongAccount', remedy: 'setToken' },
    );
  }
}

/** Every call that changes something in the cloud goes through here: right account first, and not after a cancel. */
export async function effect<T>(run: Run, act: (signal: AbortSignal) => Promise<T>): Promise<T> {
  await ensureSameAccount(run);
  run.signal.throwIfAborted();
  return await act(run.signal);
}
