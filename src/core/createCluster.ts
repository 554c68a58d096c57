import type { ClusterBook } from './clusterBook';
import { ClusterError } from './errors';
import { generateHostKey } from './guide/hostKey';
import { newClusterId } from './guide/names';
import { runPreflight } from './guide/preflight';
import { convertPrivateKey, generatePrivateKey, type OpenSshReader } from './guide/privateKey';
import type { ClusterSpec } from './model/cluster';
import type { OperationContext, OwnKey } from './operator';
import type { Provider, SecretStore } from './ports';
import { newJournal } from './plan/journal';
import { bootstrapHostKeySecret, privateKeySecret } from './secretKeys';

interface Start {
  readonly deps: { readonly secrets: SecretStore; readonly readOpenSshKey?: OpenSshReader };
  readonly book: ClusterBook;
  readonly provider: Provider;
  readonly existingNames: readonly string[];
}

/** Everything before the first effect: obstacles, keys, and the journal. Resolves with the id of the new cluster. */
export async function startCluster(
  { deps, book, provider, existingNames }: Start,
  spec: ClusterSpec,
  context: OperationContext,
  ownKey?: OwnKey,
): Promise<string> {
  context.report('Checking the account', 0);
  // The keys are made while the account is looked at.
  const [account, obstacles, privateKey, hostKey] = await Promise.all([
    provider.cloud.getAccount(context.signal),
    runPreflight(provider, spec, { existingNames }, context),
    ownKey === undefined ? generatePrivateKey() : convertPrivateKey(ownKey, deps.readOpenSshKey),
    generateHostKey(),
  ]);
  const serious = obstacles.filter(({ isWarning }) => !isWarning);
  if (serious.length > 0) {
    throw new ClusterError(serious.map(({ message }) => message).join(' '), {
      code: 'preflightFailed',
      remedy: serious[0]?.remedy ?? 'showLog',
    });
  }
  context.signal.throwIfAborted();
  const id = newClusterId(spec.prefix);
  await deps.secrets.store(privateKeySecret(id), privateKey);
  await deps.secrets.store(bootstrapHostKeySecret(id), hostKey.privateFile);
  const facts = { accountUuid: account.uuid, createdAt: provider.clock.now() };
  await book.create({ ...newJournal(id, spec, facts), bootstrapHostKey: hostKey.publicLine });
  return id;
}
