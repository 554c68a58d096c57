import type { ClusterSnapshot } from '../../core/model/snapshot';
import { Target } from '../target';
import { groupIcon } from './icons';
import { Row } from './row';
import { groupUnits, subsystemOf, SUBSYSTEMS, type Subsystem } from './subsystems';
import { tooltip } from './tooltip';
import { tally, worst } from './unitHealth';
import { unitRow } from './unitRows';

export function platformRow(cluster: ClusterSnapshot): Row {
  const groups = groupUnits(cluster, (name) => subsystemOf(name) !== undefined);
  const healths = groups.flatMap((group) => group.healths);
  const isThere = groups.length > 0;
  return new Row({
    id: `${cluster.id}/platform`,
    label: 'Platform',
    description: isThere ? tally(healths) : 'not installed',
    icon: groupIcon('layers', worst(healths)),
    context: 'platform',
    target: new Target(cluster.id),
    tooltip: tooltip(
      'Deis V1 platform',
      [
        ['Units', isThere ? tally(healths) : 'none'],
        ['Domain', cluster.domain],
      ],
      'What turns the nodes into a place where `git push` deploys an app.'.replaceAll('`', ''),
    ),
    ...(isThere ? { children: () => subsystemRows(cluster) } : {}),
  });
}

const subsystemRows = (cluster: ClusterSnapshot): Row[] =>
  SUBSYSTEMS.flatMap((subsystem) => subsystemRow(cluster, subsystem) ?? []);

function subsystemRow(cluster: ClusterSnapshot, subsystem: Subsystem): Row | undefined {
  const groups = groupUnits(cluster, (name) => subsystemOf(name) === subsystem);
  if (groups.length === 0) {
    return undefined;
  }
  const healths = groups.flatMap((group) => group.healths);
  return new Row({
    id: `${cluster.id}/platform/${subsystem.id}`,
    label: subsystem.title,
    description: tally(healths),
    icon: groupIcon(subsystem.icon, worst(healths)),
    context: 'subsystem',
    target: new Target(cluster.id),
    tooltip: tooltip(subsystem.title, [['Units', tally(healths)]], subsystem.meaning),
    children: () => groups.map((group) => unitRow(cluster, group)),
  });
}

/** Everything fleet runs that is not of the platform: swap first of all. */
export function otherUnitsRow(cluster: ClusterSnapshot): Row | undefined {
  const groups = groupUnits(cluster, (name) => subsystemOf(name) === undefined);
  if (groups.length === 0) {
    return undefined;
  }
  const healths = groups.flatMap((group) => group.healths);
  const swap = groups.find((group) => group.name === 'swapon.service');
  const swapping = swap?.healths.filter((health) => health === 'running').length;
  return new Row({
    id: `${cluster.id}/other`,
    label: 'Other units',
    description: swap === undefined ? tally(healths) : `swapon.service ${swapping ?? 0}/${swap.healths.length}`,
    icon: groupIcon('symbol-misc', worst(healths)),
    context: 'otherUnits',
    target: new Target(cluster.id),
    tooltip: tooltip(
      'Other units',
      [['Units', tally(healths)]],
      'swapon.service gives every node swap: without it the platform does not fit into the memory of the smallest droplets.',
    ),
    children: () => groups.map((group) => unitRow(cluster, group)),
  });
}
