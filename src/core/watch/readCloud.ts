import { ClusterError } from '../errors';
import { clusterTag } from '../model/cluster';
import type { Droplet } from '../model/cloud';
import type { Provider } from '../ports';
import type { DropletSeen } from './observation';
import type { TrackedCluster } from './tracked';

/** One list call for the whole cluster; a droplet that is missing from it is asked for by its id before it counts as gone. */
export async function readCloud(
  provider: Provider,
  cluster: TrackedCluster,
  before: readonly DropletSeen[],
  signal: AbortSignal,
): Promise<DropletSeen[]> {
  const now = provider.clock.now();
  const tag = clusterTag(cluster.id);
  const listed = await provider.cloud.listDropletsByTag(tag, signal);
  const known = new Map(before.map((droplet) => [droplet.id, droplet]));
  const found = new Map(listed.map((droplet) => [droplet.id, see(droplet, true, known.get(droplet.id), now)]));

  const absent = absentIds(cluster, before).filter((id) => !found.has(id));
  if (absent.length > 0) {
    await checkAccount(provider, cluster, signal);
  }
  for (const id of absent) {
    const droplet = await provider.cloud.getDroplet(id, signal);
    const last = known.get(id);
    if (droplet !== undefined) {
      // A list that leaves it out says nothing of its tag; the droplet itself does.
      found.set(id, see(droplet, droplet.tags.includes(tag), last, now));
    } else if (last !== undefined) {
      found.set(id, { ...last, status: 'gone' });
    } else {
      found.set(id, neverSeen(cluster, id, now));
    }
  }
  const settled = before.filter(({ id, status }) => status === 'gone' && !found.has(id));
  return [...found.values(), ...settled];
}

/** The ids that ought to be listed. What answered 404 once is not asked for again, except in mid-create: there it means "not yet". */
function absentIds(cluster: TrackedCluster, before: readonly DropletSeen[]): number[] {
  const ids = new Set([...cluster.nodes.map((node) => node.dropletId), ...before.map((droplet) => droplet.id)]);
  if (cluster.activity !== 'creating') {
    before.filter(({ status }) => status === 'gone').forEach(({ id }) => ids.delete(id));
  }
  return [...ids];
}

/** With a token of another account every droplet would look gone. */
async function checkAccount(provider: Provider, cluster: TrackedCluster, signal: AbortSignal): Promise<void> {
  if (cluster.accountUuid === undefined) {
    return;
  }
  const account = await provider.cloud.getAccount(signal);
  if (account.uuid !== cluster.accountUuid) {
    throw new ClusterError(
      `The stored token belongs to the account ${account.email}, and ${cluster.name} was created in another one: its droplets can't be seen, but they are billed there.`,
      { code: 'wrongAccount', remedy: 'setToken' },
    );
  }
}

function see(droplet: Droplet, hasTag: boolean, last: DropletSeen | undefined, now: number): DropletSeen {
  const createdOn = Date.parse(droplet.createdAt);
  const activeOn = droplet.status !== 'active' ? undefined : last?.status === 'active' ? (last.activeOn ?? now) : now;
  return {
    id: droplet.id,
    name: droplet.name,
    status: droplet.status,
    hasTag,
    createdOn: Number.isNaN(createdOn) ? now : createdOn,
    listedOn: now,
    priceHourly: droplet.priceHourly,
    priceMonthly: droplet.priceMonthly,
    ...(activeOn === undefined ? {} : { activeOn }),
    ...(droplet.publicAddress === undefined ? {} : { publicAddress: droplet.publicAddress }),
    ...(droplet.privateAddress === undefined ? {} : { privateAddress: droplet.privateAddress }),
  };
}

/** In the journal, but never seen by us and not there now: its price is not known any more. */
function neverSeen(cluster: TrackedCluster, id: number, now: number): DropletSeen {
  const name = cluster.nodes.find((node) => node.dropletId === id)?.name ?? String(id);
  return { id, name, status: 'gone', hasTag: false, createdOn: now, listedOn: now, priceHourly: 0, priceMonthly: 0 };
}
