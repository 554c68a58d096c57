import { ClusterError } from '../errors';
import type { Account, Droplet, Image, Region, Size } from '../model/cloud';
import type { ClusterSpec } from '../model/cluster';
import type { OperationContext } from '../operator';
import type { Provider } from '../ports';

/** An answer of the account, or why there is none. */
export type Answer<T> = { readonly value: T } | { readonly failure: ClusterError };

/** Everything that the preflight wants to know of the account; reading it changes nothing there. */
export interface Survey {
  readonly account: Answer<Account>;
  readonly dropletCount: Answer<number>;
  readonly namesakes: Answer<readonly Droplet[]>;
  readonly regions: Answer<readonly Region[]>;
  readonly sizes: Answer<readonly Size[]>;
  readonly image: Answer<Image | undefined>;
  readonly mayWrite: Answer<unknown>;
  readonly discovery: Answer<unknown>;
}

/** No cluster has this tag, since ids end in five random characters; deleting it only shows whether we might. */
const PROBE_TAG = 'deis-cluster:preflight-probe';

/** Asks everything at once. Without a usable token the rest is not asked: each answer would be the same. */
export async function surveyAccount(provider: Provider, spec: ClusterSpec, context: OperationContext): Promise<Survey> {
  const { cloud, discovery } = provider;
  const { signal } = context;
  context.report('Checking the account');
  const account = await answer(signal, cloud.getAccount(signal));
  if ('failure' in account) {
    const skipped = { failure: account.failure };
    return {
      account,
      dropletCount: skipped,
      namesakes: skipped,
      regions: skipped,
      sizes: skipped,
      image: skipped,
      mayWrite: skipped,
      discovery: await answer(signal, spec.bootstrap === 'discovery' ? discovery.check?.(signal) : undefined),
    };
  }
  context.report('Checking the region, the size and the image');
  const names = Array.from({ length: Math.min(spec.instances, 20) }, (_, i) => `${spec.prefix}-${i + 1}`);
  const listNamesakes = async (): Promise<Droplet[]> =>
    (await Promise.all(names.map((name) => cloud.listDropletsByName(name, signal)))).flat();
  const [dropletCount, namesakes, regions, sizes, image, mayWrite, service] = await Promise.all([
    answer(signal, cloud.countDroplets(signal)),
    answer(signal, spec.prefix === '' ? [] : listNamesakes()),
    answer(signal, cloud.listRegions(signal)),
    answer(signal, cloud.listSizes(signal)),
    answer(signal, cloud.getImage(spec.image, signal)),
    answer(signal, cloud.deleteTag(PROBE_TAG, signal)),
    answer(signal, spec.bootstrap === 'discovery' ? discovery.check?.(signal) : undefined),
  ]);
  return { account, dropletCount, namesakes, regions, sizes, image, mayWrite, discovery: service };
}

async function answer<T>(signal: AbortSignal, question: Promise<T> | T): Promise<Answer<T>> {
  try {
    return { value: await question };
  } catch (error) {
    signal.throwIfAborted();
    if (ClusterError.is(error)) {
      return { failure: error };
    }
    throw error;
  }
}
