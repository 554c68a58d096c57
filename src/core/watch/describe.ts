import { accruedCost, addPrices } from '../model/cost';
import type { ClusterSnapshot, CostSnapshot, NodeSnapshot } from '../model/snapshot';
import { describeNodes, strangerRemedy } from './describeNodes';
import { describeUnits } from './describeUnits';
import type { DropletSeen, Observation } from './observation';
import type { TrackedCluster } from './tracked';
import { countQuorum, judge } from './verdict';

/** Makes the picture that is shown out of what the journal knows and what was seen. Pure: the same in, the same out. */
export function describeCluster(cluster: TrackedCluster, seen: Observation, providerNow: number): ClusterSnapshot {
  const nodes = describeNodes(cluster, seen, providerNow);
  const quorum = countQuorum(cluster, nodes, seen);
  const units = describeUnits(seen.fleet, nodes, !quorum.isLost && !seen.isRemembered);
  const verdict = judge({ cluster, nodes, units, quorum, isRemembered: seen.isRemembered });
  const problem = describeProblems(cluster, seen, nodes);
  const seenAt = lastSeen(seen);
  return {
    id: cluster.id,
    name: cluster.name,
    provider: cluster.spec.provider,
    ...verdict,
    ...(cluster.domain === undefined ? {} : { domain: cluster.domain }),
    nodes,
    units: units.rows,
    missingUnits: units.missingUnits,
    missingRows: units.missingRows,
    steps: cluster.steps,
    cost: describeCost(seen.droplets, providerNow),
    ...(seenAt === undefined ? {} : { seenAt }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function lastSeen(seen: Observation): number | undefined {
  const times = [seen.cloudSeenAt, ...Object.values(seen.nodes).map((node) => node.seenAt)].filter(
    (at) => at !== undefined,
  );
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Powered off is billed like powered on; gone is not. */
export function describeCost(droplets: readonly DropletSeen[], providerNow: number): CostSnapshot {
  const priceOf = (droplet: DropletSeen): { hourly: number; monthly: number } => ({
    hourly: droplet.priceHourly,
    monthly: droplet.priceMonthly,
  });
  const sinceCreation = droplets
    .map((droplet) =>
      accruedCost(priceOf(droplet), droplet.createdOn, droplet.status === 'gone' ? droplet.listedOn : providerNow),
    )
    .reduce((sum, cost) => sum + cost, 0);
  return { ...addPrices(droplets.filter(({ status }) => status !== 'gone').map(priceOf)), sinceCreation };
}

function describeProblems(
  cluster: TrackedCluster,
  seen: Observation,
  nodes: readonly NodeSnapshot[],
): string | undefined {
  const problems = [cluster.problem, seen.cloudProblem];
  const journalled = new Set(cluster.nodes.map((node) => node.dropletId));
  const strangers = nodes.filter((node) => !journalled.has(node.dropletId));
  if (strangers.length > 0 && cluster.activity === undefined) {
    const names = strangers.map((node) => node.name).join(', ');
    problems.push(`Billed, but not in the records of this cluster: ${names}. ${strangerRemedy(cluster)}`);
  }
  const gone = nodes.filter(({ state }) => state === 'gone');
  if (gone.length > 0 && cluster.activity !== 'destroying') {
    problems.push(`No longer at the provider: ${gone.map((node) => node.name).join(', ')}.`);
  }
  const texts = problems.filter((text) => text !== undefined);
  return texts.length === 0 ? undefined : texts.join(' ');
}
