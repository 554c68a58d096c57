import { formatMoney, formatPrice } from '../../core/model/cost';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import { Target } from '../target';
import { CLUSTER_STATES, isBilled, PROVIDER_NAMES, shortHourly } from '../words';
import { CLUSTER_ICONS, COST_ICON, PROBLEM_ICON } from './icons';
import { lastSeen } from './lastSeen';
import { nodesRow } from './nodeRows';
import { otherUnitsRow, platformRow } from './platformRows';
import { Row } from './row';
import { setupRow } from './setupRows';
import { tooltip } from './tooltip';

/** What menus tell the rows by that can be broken on purpose. */
const practice = (cluster: ClusterSnapshot): string => (isBilled(cluster) ? '' : '.practice');

export function clusterRow(cluster: ClusterSnapshot, note?: string): Row {
  const stale = lastSeen(cluster);
  const parts = [CLUSTER_STATES[cluster.state], isBilled(cluster) ? undefined : 'practice', stale && `seen ${stale}`];
  return new Row({
    id: `cluster/${cluster.id}`,
    label: cluster.name,
    description: parts.filter((part) => part !== undefined).join(' · '),
    icon: CLUSTER_ICONS[cluster.state],
    // A problem may be one that resuming the setup solves: the menu offers it then.
    context: `cluster.${cluster.state}${cluster.problem === undefined ? '' : '.problem'}${practice(cluster)}`,
    target: new Target(cluster.id),
    tooltip: tooltip(
      `Cluster ${cluster.name}`,
      [
        ['State', CLUSTER_STATES[cluster.state]],
        ['Provider', PROVIDER_NAMES[cluster.provider]],
        ['Domain', cluster.domain],
        ['Cost', `${formatPrice(cluster.cost)}${isBilled(cluster) ? '' : ' in practice money'}`],
        ['Id', cluster.id],
        ['Last answer', stale],
      ],
      cluster.summary,
      cluster.problem,
    ),
    spoken: `Cluster. ${cluster.summary}`,
    isExpanded: true,
    children: () => clusterChildren(cluster, note),
  });
}

function clusterChildren(cluster: ClusterSnapshot, note: string | undefined): Row[] {
  const isBuilding = cluster.state === 'creating' && cluster.units.length === 0;
  return [
    problemRow(cluster),
    setupRow(cluster, note),
    nodesRow(cluster),
    isBuilding ? undefined : platformRow(cluster),
    otherUnitsRow(cluster),
    costRow(cluster),
  ].filter((row) => row !== undefined);
}

function problemRow(cluster: ClusterSnapshot): Row | undefined {
  const isStopped = cluster.state === 'setupStopped';
  const text = cluster.problem ?? (isStopped ? cluster.summary : undefined);
  if (text === undefined) {
    return undefined;
  }
  return new Row({
    id: `${cluster.id}/problem`,
    label: text,
    icon: PROBLEM_ICON,
    context: 'clusterProblem',
    tooltip: [text, reasonOf(cluster), isStopped ? 'Click to resume the setup.' : 'Click to see the log.']
      .filter((line) => line !== undefined)
      .join('\n'),
    target: new Target(cluster.id),
    command: isStopped
      ? { command: 'deis.cluster.resume', title: 'Resume Setup', arguments: [new Target(cluster.id)] }
      : { command: 'deis.log.show', title: 'Show Log' },
  });
}

/** Why the setup has stopped: what the step that failed says. */
const reasonOf = ({ steps }: ClusterSnapshot): string | undefined =>
  steps.find((step) => step.state === 'failed')?.detail;

function costRow(cluster: ClusterSnapshot): Row {
  const { cost } = cluster;
  const money = isBilled(cluster)
    ? 'Billed by DigitalOcean for every second, also while a node is powered off; ends when the cluster is destroyed.'
    : 'Practice money: what the same droplets would cost. Nothing is billed.';
  const price = `${shortHourly(cost.hourly)} · ${formatMoney(cost.monthly)}/month`;
  return new Row({
    id: `${cluster.id}/cost`,
    label: 'Cost',
    description: `${cost.hourly === 0 ? 'nothing now' : price}${isBilled(cluster) ? '' : ' · practice'}`,
    icon: COST_ICON,
    context: 'cost',
    target: new Target(cluster.id),
    tooltip: tooltip(
      'Cost',
      [
        ['An hour', `$${cost.hourly.toFixed(4)}`],
        ['A month', formatMoney(cost.monthly)],
        ['Since creation', formatMoney(cost.sinceCreation)],
      ],
      money,
    ),
  });
}
