import { clusterTag } from '../model/cluster';
import type { Droplet } from '../model/cloud';
import type { Run } from '../plan/step';
import { effect } from './account';

/** How long a droplet may stay invisible after the call that made it (the API answers 404 and leaves it out of lists). */
const INVISIBLE_MS = 60_000;

/**
 * Our droplets, by tag; those of the right names are in the journal when this returns. Droplets that the list does not show
 * yet are asked for by their ids.
 */
export async function findDroplets(run: Run): Promise<Map<string, Droplet>> {
  const listed = await run.provider.cloud.listDropletsByTag(clusterTag(run.clusterId), run.signal);
  const byName = new Map<string, Droplet>();
  for (const droplet of listed.toSorted((a, b) => a.id - b.id)) {
    if (!byName.has(droplet.name)) {
      byName.set(droplet.name, droplet);
    }
  }
  await Promise.all(
    run.journal.data.nodes.map(async ({ name, dropletId }) => {
      const seen = byName.get(name);
      if (dropletId !== undefined && seen?.id !== dropletId) {
        const droplet =
          listed.find(({ id }) => id === dropletId) ?? (await run.provider.cloud.getDroplet(dropletId, run.signal));
        if (droplet !== undefined) {
          byName.set(name, droplet);
        }
      }
    }),
  );
  await adoptDroplets(run, byName);
  return byName;
}

/** Their ids and addresses go into the journal; nothing is written when nothing is new. */
export async function adoptDroplets(run: Run, byName: ReadonlyMap<string, Droplet>): Promise<void> {
  const isNew = run.journal.data.nodes.some(({ name, dropletId, publicAddress, privateAddress }) => {
    const droplet = byName.get(name);
    return (
      droplet !== undefined &&
      (droplet.id !== dropletId ||
        (droplet.publicAddress !== undefined && droplet.publicAddress !== publicAddress) ||
        (droplet.privateAddress !== undefined && droplet.privateAddress !== privateAddress))
    );
  });
  if (!isNew) {
    return;
  }
  await run.journal.change((journal) => {
    journal.nodes = journal.nodes.map((node) => {
      const droplet = byName.get(node.name);
      if (droplet === undefined) {
        return node;
      }
      const { publicAddress = node.publicAddress, privateAddress = node.privateAddress } = droplet;
      return {
        name: node.name,
        dropletId: droplet.id,
        // Another droplet has other host keys.
        hostKeys: node.dropletId === undefined || node.dropletId === droplet.id ? node.hostKeys : [],
        ...(publicAddress === undefined ? {} : { publicAddress }),
        ...(privateAddress === undefined ? {} : { privateAddress }),
      };
    });
  });
}

/** Droplets with our tag beyond the one of each name: the effect of a reply that was lost. They are ours, and would be billed. */
export async function deleteDoubles(run: Run): Promise<void> {
  const listed = await run.provider.cloud.listDropletsByTag(clusterTag(run.clusterId), run.signal);
  const kept = new Set(run.journal.data.nodes.map(({ dropletId }) => dropletId));
  for (const { id, name } of listed) {
    if (!kept.has(id)) {
      run.log.warn(`${run.clusterId}: droplet ${id} (${name}) is one too many and is deleted`);
      await effect(run, (signal) => run.provider.cloud.deleteDroplet(id, signal));
    }
  }
}

/** True while droplets may still turn up that a call made whose reply never came. */
export function mayStillAppear(run: Run): boolean {
  const { dropletsRequestedAt } = run.journal.data;
  if (dropletsRequestedAt === undefined) {
    return false;
  }
  const ageMs = run.provider.clock.now() - dropletsRequestedAt;
  return ageMs >= 0 && ageMs < INVISIBLE_MS;
}
