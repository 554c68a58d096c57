import type { ActiveFault } from '../../core/model/fault';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import { describeFault } from '../faults/faultWords';
import { count } from '../words';
import { FAULT_ICON, FAULTS_ICON } from './icons';
import { Row } from './row';
import { tooltip } from './tooltip';

/** What is broken on purpose in the practice cloud: above the clusters, since a fault of the API is of none of them. */
export function faultsRow(faults: readonly ActiveFault[], clusters: readonly ClusterSnapshot[]): Row | undefined {
  if (faults.length === 0) {
    return undefined;
  }
  const nameOf = nodeNamer(clusters);
  return new Row({
    id: 'faults',
    label: 'Broken on purpose',
    description: count(faults.length, 'thing'),
    icon: FAULTS_ICON,
    context: 'faults',
    tooltip:
      'What you, another window or a program has broken in the practice cloud. It stays so until it is repaired.',
    isExpanded: true,
    children: () => faults.map((active) => faultRow(active, nameOf)),
  });
}

function faultRow(active: ActiveFault, nameOf: (dropletId: number) => string): Row {
  const { label, description, meaning } = describeFault(active, nameOf);
  return new Row({
    id: `fault/${active.id}`,
    label,
    description,
    icon: FAULT_ICON,
    context: 'fault',
    tooltip: tooltip(label, [['Which', description === '' ? undefined : description]], meaning),
    spoken: 'Broken on purpose',
    faultId: active.id,
  });
}

/** A droplet that no cluster of this window has is called by its number. */
export const nodeNamer =
  (clusters: readonly ClusterSnapshot[]) =>
  (dropletId: number): string =>
    clusters.flatMap(({ nodes }) => nodes).find((node) => node.dropletId === dropletId)?.name ?? `droplet ${dropletId}`;
