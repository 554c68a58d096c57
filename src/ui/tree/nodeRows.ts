import type { ClusterSnapshot, NodeSnapshot } from '../../core/model/snapshot';
import { Target } from '../target';
import { ETCD_ROLES, isBilled, NODE_STATES } from '../words';
import { FACT_ICON, groupIcon, NODE_ICONS, PROBLEM_ICON } from './icons';
import { lastSeen } from './lastSeen';
import { Row } from './row';
import { tooltip } from './tooltip';
import { describeUnits, instanceRow } from './unitRows';
import type { Instance } from './unitHealth';

const ETCD_MEANING =
  'etcd is the shared memory of the cluster: each change needs the votes of more than half of its members.';

export function nodesRow(cluster: ClusterSnapshot): Row | undefined {
  const { nodes } = cluster;
  if (nodes.length === 0) {
    return undefined;
  }
  const ready = nodes.filter((node) => node.state === 'ready').length;
  return new Row({
    id: `${cluster.id}/nodes`,
    label: 'Nodes',
    description: `${ready} of ${nodes.length} ready`,
    icon: groupIcon('server', ready === nodes.length || cluster.state === 'creating' ? 'running' : 'starting'),
    context: 'nodes',
    target: new Target(cluster.id),
    tooltip: tooltip('Nodes', [['Ready', `${ready} of ${nodes.length}`]], cluster.summary),
    isExpanded: true,
    children: () => nodes.map((node) => nodeRow(cluster, node)),
  });
}

function nodeRow(cluster: ClusterSnapshot, node: NodeSnapshot): Row {
  const units = cluster.units.filter((unit) => unit.node === node.name);
  const stale = lastSeen(node);
  const role = node.etcd === 'unknown' || node.state === 'off' ? undefined : ETCD_ROLES[node.etcd];
  // A narrow sidebar cuts off what comes last. That a node is ready is in its icon and its spoken label.
  const parts = [
    node.state === 'ready' ? undefined : NODE_STATES[node.state],
    stale === undefined ? undefined : `seen ${stale}`,
    node.publicAddress,
    node.etcd === 'down' && role !== undefined ? `etcd ${role}` : role,
    units.length === 0 ? undefined : describeUnits(units),
  ];
  return new Row({
    // The droplet id outlives everything a node may be called.
    id: `${cluster.id}/node/${node.dropletId === 0 ? node.name : node.dropletId}`,
    label: node.name,
    description: parts.filter((part) => part !== undefined).join(' · '),
    icon: NODE_ICONS[node.state],
    context: `node.${node.state}${isBilled(cluster) ? '' : '.practice'}`,
    target: new Target(cluster.id, node.name),
    tooltip: nodeTooltip(node, units, stale),
    spoken: [`Node ${NODE_STATES[node.state]}`, role === undefined ? undefined : `etcd ${role}`]
      .filter(Boolean)
      .join(', '),
    children: () => [...problemRows(cluster, node), ...factRows(cluster, node), ...unitsOf(cluster, node, units)],
  });
}

function nodeTooltip(
  node: NodeSnapshot,
  units: readonly Instance[],
  stale: string | undefined,
): ReturnType<typeof tooltip> {
  return tooltip(
    node.name,
    [
      ['State', NODE_STATES[node.state]],
      ['Public address', node.publicAddress],
      ['Private address', node.privateAddress],
      ['etcd', ETCD_ROLES[node.etcd]],
      ['Machine id', node.machineId],
      ...vitals(node),
      ['Units', describeUnits(units, String(units.length))],
      ['Droplet', node.dropletId === 0 ? undefined : String(node.dropletId)],
      ['Last answer', stale],
    ],
    node.problem,
    node.state === 'off' ? 'A powered-off droplet is still billed.' : undefined,
    ETCD_MEANING,
  );
}

function vitals(node: NodeSnapshot): (readonly [string, string])[] {
  const { vitals: v } = node;
  if (v === undefined) {
    return [];
  }
  return [
    ['Memory', `${v.memoryAvailableMb} of ${v.memoryTotalMb} MB free`],
    ['Swap', v.swapTotalMb === 0 ? 'none' : `${v.swapUsedMb} of ${v.swapTotalMb} MB used`],
    ['Disk', `${gigabytes(v.diskFreeMb)} of ${gigabytes(v.diskTotalMb)} GB free`],
  ];
}

const gigabytes = (megabytes: number): string => (megabytes / 1024).toFixed(1);

function problemRows(cluster: ClusterSnapshot, node: NodeSnapshot): Row[] {
  if (node.problem === undefined) {
    return [];
  }
  const id = `${cluster.id}/node/${node.name}/problem`;
  return [new Row({ id, label: node.problem, icon: PROBLEM_ICON, tooltip: node.problem, context: 'problem' })];
}

function factRows(cluster: ClusterSnapshot, node: NodeSnapshot): Row[] {
  const facts: (readonly [string, string | undefined])[] = [
    ['Public IP', node.publicAddress],
    ['Private IP', node.privateAddress],
    ['etcd', ETCD_ROLES[node.etcd]],
    ['Machine', node.machineId],
    ...vitals(node),
  ];
  return facts.flatMap(([label, value]) =>
    value === undefined
      ? []
      : [
          new Row({
            id: `${cluster.id}/node/${node.name}/${label}`,
            label,
            description: value,
            icon: FACT_ICON,
            tooltip: label === 'etcd' ? ETCD_MEANING : `${label}: ${value}`,
            context: 'fact',
          }),
        ],
  );
}

function unitsOf(cluster: ClusterSnapshot, node: NodeSnapshot, units: readonly Instance[]): Row[] {
  if (units.length === 0) {
    return [];
  }
  return [
    new Row({
      id: `${cluster.id}/node/${node.name}/units`,
      label: 'Units',
      description: describeUnits(units, String(units.length)),
      icon: FACT_ICON,
      context: 'nodeUnits',
      children: () => units.map((unit) => instanceRow(cluster, unit, unit.name.replace(/\.service$/, ''))),
    }),
  ];
}
