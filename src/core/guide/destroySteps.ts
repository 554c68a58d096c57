import { clusterTag } from '../model/cluster';
import { ClusterError } from '../errors';
import { waitUntil } from '../plan/poll';
import type { Run, Step } from '../plan/step';
import { clusterSecrets } from '../secretKeys';
import { effect, ensureSameAccount } from './account';
import { mayStillAppear } from './droplets';
import { findFirewall } from './firewall';

const TIMEOUT_MS = 5 * 60_000;
/** A delete takes a moment to show, and so may a create that was under way. */
const SECOND_LOOK_MS = 3_000;

/** What is still there: droplets with our tag, and droplets of the journal that do not answer 404. */
async function remaining(run: Run): Promise<number[]> {
  const { cloud } = run.provider;
  const listed = await cloud.listDropletsByTag(clusterTag(run.clusterId), run.signal);
  const ids = new Set(listed.map(({ id }) => id));
  const journalled = run.journal.data.nodes.flatMap(({ dropletId }) => dropletId ?? []);
  await Promise.all(
    journalled.map(async (id) => {
      if (!ids.has(id) && (await cloud.getDroplet(id, run.signal)) !== undefined) {
        ids.add(id);
      }
    }),
  );
  // Asked after the look: in another account everything would look gone, whenever the token was changed.
  await ensureSameAccount(run);
  return [...ids];
}

/** The right account says so: what is gone in another one says nothing about ours. */
async function isGone(run: Run, found: unknown): Promise<boolean> {
  if (found !== undefined && found !== false) {
    return false;
  }
  await ensureSameAccount(run);
  return true;
}

/** Every droplet is deleted by its id; done is when the account itself says that none is left, twice. */
const deleteDroplets: Step = {
  id: 'deleteDroplets',
  title: 'Delete the droplets',

  observe: () => Promise.resolve(false),

  async apply(run) {
    let failures: unknown[] = [];
    await waitUntil(
      async () => {
        const ids = await remaining(run);
        if (ids.length === 0) {
          return mayStillAppear(run) ? undefined : true;
        }
        run.report(`${ids.length} left`);
        failures = await deleteAll(run, ids);
        return failures.length > 0 && failures.every((error) => ClusterError.is(error, 'tokenForbidden'))
          ? true
          : undefined;
      },
      {
        clock: run.provider.clock,
        signal: run.signal,
        timeoutMs: TIMEOUT_MS,
        firstWaitMs: 500,
        onTimeout: () => ({ message: 'The droplets could not be deleted.', remedy: 'destroyCluster' }),
      },
    ).catch(async (error: unknown) => {
      run.signal.throwIfAborted();
      throw ClusterError.is(error, 'timedOut') ? await stillBilled(run, failures[0] ?? error) : error;
    });
    if (failures.length > 0 && (await remaining(run)).length > 0) {
      throw await stillBilled(run, failures[0]);
    }
  },

  async verify(run) {
    await run.provider.clock.sleep(SECOND_LOOK_MS, run.signal);
    if ((await remaining(run)).length > 0) {
      throw await stillBilled(run);
    }
  },
};

async function deleteAll(run: Run, ids: readonly number[]): Promise<unknown[]> {
  await ensureSameAccount(run);
  const results = await Promise.allSettled(ids.map((id) => run.provider.cloud.deleteDroplet(id, run.signal)));
  run.signal.throwIfAborted();
  return results.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
}

/** Names what goes on costing money, from what the account says now. */
async function stillBilled(run: Run, cause?: unknown): Promise<ClusterError> {
  const ids = await remaining(run);
  const listed = await run.provider.cloud.listDropletsByTag(clusterTag(run.clusterId), run.signal);
  const hourly = listed.reduce((sum, { priceHourly }) => sum + priceHourly, 0);
  const names = ids.map((id) => listed.find((droplet) => droplet.id === id)?.name ?? `droplet ${id}`);
  const reason = cause instanceof Error ? ` (${cause.message})` : '';
  return new ClusterError(
    `${names.join(', ')} could not be deleted${reason} and ${names.length === 1 ? 'is' : 'are'} still billed` +
      `${hourly > 0 ? `, $${hourly.toFixed(4)} an hour in all` : ''}. Destroy the cluster again, or delete them in DigitalOcean's panel.`,
    { code: 'stillBilled', remedy: 'destroyCluster', cause },
  );
}

const deleteFirewall: Step = {
  id: 'deleteFirewall',
  title: 'Delete the cloud firewall',
  observe: async (run) => await isGone(run, await findFirewall(run)),
  async apply(run) {
    const firewall = await findFirewall(run);
    if (firewall !== undefined) {
      await effect(run, (signal) => run.provider.cloud.deleteFirewall(firewall.id, signal));
    }
  },
  verify: () => Promise.resolve(),
};

const deleteTag: Step = {
  id: 'deleteTag',
  title: 'Delete the tag',
  observe: async (run) => await isGone(run, await run.provider.cloud.hasTag(clusterTag(run.clusterId), run.signal)),
  apply: (run) => effect(run, (signal) => run.provider.cloud.deleteTag(clusterTag(run.clusterId), signal)),
  verify: () => Promise.resolve(),
};

const deleteSshKey: Step = {
  id: 'deleteSshKey',
  title: 'Remove our SSH key from the account',
  async observe(run) {
    const { sshKey } = run.journal.data;
    // A key that was there before us stays.
    return (
      sshKey?.isOurs !== true || (await isGone(run, await run.provider.cloud.getSshKey(sshKey.fingerprint, run.signal)))
    );
  },
  async apply(run) {
    const { sshKey } = run.journal.data;
    const key = sshKey === undefined ? undefined : await run.provider.cloud.getSshKey(sshKey.fingerprint, run.signal);
    if (key !== undefined) {
      await effect(run, (signal) => run.provider.cloud.deleteSshKey(key.id, signal));
    }
  },
  verify: () => Promise.resolve(),
};

const forgetSecrets: Step = {
  id: 'forgetSecrets',
  title: 'Forget the secrets',
  observe: () => Promise.resolve(false),
  async apply(run) {
    for (const key of clusterSecrets(run.clusterId)) {
      await run.secrets.delete(key);
    }
  },
  verify: () => Promise.resolve(),
};

/** Needs neither the SSH key nor a node that answers. The journal itself goes last, and is not a step: it holds the steps. */
export const destroyPlan = (): Step[] => [deleteDroplets, deleteFirewall, deleteTag, deleteSshKey, forgetSecrets];
