import type { ClusterBook } from './clusterBook';
import { ClusterError } from './errors';
import { firewallName, sshKeyName } from './guide/names';
import { clusterTag, type ProviderName } from './model/cluster';
import type { OperationContext } from './operator';
import type { CloudApi, Log, Provider, SecretStore } from './ports';
import { waitUntil } from './plan/poll';
import { clusterSecrets } from './secretKeys';

interface Parts {
  readonly deps: {
    openProvider(name: ProviderName): Promise<Provider>;
    readonly secrets: SecretStore;
    readonly log: Log;
  };
  readonly book: ClusterBook;
}

const PROVIDERS: readonly ProviderName[] = ['practice', 'digitalocean'];

/**
 * A journal that is damaged, or not there at all (made on another computer), names neither provider nor account. The tag has
 * the cluster's id in it, so what carries the tag is ours; that nothing carries it proves nothing, and then the journal stays.
 */
export async function destroyDamaged(
  { deps, book }: Parts,
  id: string,
  context: OperationContext,
  damage: ClusterError,
): Promise<void> {
  for (const name of PROVIDERS) {
    const provider = await open(deps, name);
    if (provider !== undefined && (await destroyByTag(provider, id, context))) {
      await deleteOwnKeys(provider.cloud, id, { ...context, log: deps.log });
      for (const key of clusterSecrets(id)) {
        await deps.secrets.delete(key);
      }
      await book.remove(id);
      return;
    }
  }
  if (damage.code === 'notFound') {
    throw damage;
  }
  throw new ClusterError(
    `${damage.message} No droplet with the tag ${clusterTag(id)} was found in the accounts that can be reached now. If that is ` +
      'the right account, delete the file by hand; otherwise set the right token first.',
    { code: 'journalDamaged', remedy: 'setToken', cause: damage },
  );
}

async function open(deps: Parts['deps'], name: ProviderName): Promise<Provider | undefined> {
  try {
    return await deps.openProvider(name);
  } catch (error) {
    deps.log.warn(`${name} cannot be asked: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** True when something of the cluster was there and is gone now. */
async function destroyByTag({ cloud, clock }: Provider, id: string, context: OperationContext): Promise<boolean> {
  const { signal } = context;
  const tag = clusterTag(id);
  const droplets = await cloud.listDropletsByTag(tag, signal);
  const firewall = (await cloud.listFirewalls(signal)).find(({ name }) => name === firewallName(id));
  if (droplets.length === 0 && firewall === undefined) {
    return false;
  }
  context.report(`Deleting ${droplets.length} droplets`);
  await waitUntil(() => deleteTagged(cloud, tag, signal), {
    ...{ clock, signal },
    timeoutMs: 5 * 60_000,
    onTimeout: () => ({
      message: `Droplets with the tag ${tag} could not be deleted and are still billed.`,
      remedy: 'destroyCluster',
    }),
  });
  if (firewall !== undefined) {
    await cloud.deleteFirewall(firewall.id, signal);
  }
  await cloud.deleteTag(tag, signal);
  return true;
}

/** By the name that only this cluster's own key has. A key costs nothing: that it stays is said, and no failure. */
async function deleteOwnKeys(cloud: CloudApi, id: string, context: OperationContext & { log: Log }): Promise<void> {
  const { signal } = context;
  try {
    for (const key of await cloud.listSshKeys(signal)) {
      if (key.name === sshKeyName(id)) await cloud.deleteSshKey(key.id, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    context.report(`The SSH key ${sshKeyName(id)} may be left in the account`);
    context.log.error(`The SSH key ${sshKeyName(id)} could not be removed from the account`, error);
  }
}

async function deleteTagged(cloud: CloudApi, tag: string, signal: AbortSignal): Promise<true | undefined> {
  const left = await cloud.listDropletsByTag(tag, signal);
  await Promise.all(left.map((droplet) => cloud.deleteDroplet(droplet.id, signal)));
  return left.length === 0 ? true : undefined;
}
