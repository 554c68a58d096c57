import type { ClusterSnapshot, NodeVitals } from '../model/snapshot';

/**
 * `drift`: memory, disk or the bill moved by as much as a user would care to see. `change`: anything else moved, so that it
 * is worth looking again soon. The age of what answers now is neither.
 */
export type Difference = 'same' | 'drift' | 'change';

const GRAIN_MB: NodeVitals = {
  memoryTotalMb: 1,
  memoryAvailableMb: 32,
  swapTotalMb: 1,
  swapUsedMb: 32,
  diskTotalMb: 1,
  diskFreeMb: 128,
};

export function compareToSee(a: ClusterSnapshot, b: ClusterSnapshot): Difference {
  if (lasting(a) !== lasting(b)) {
    return 'change';
  }
  const hasDrifted = b.nodes.some((node, i) => differ(a.nodes[i]?.vitals, node.vitals)) || cents(a) !== cents(b);
  return hasDrifted ? 'drift' : 'same';
}

const cents = ({ cost }: ClusterSnapshot): number => Math.floor(cost.sinceCreation * 100);

/** Against what was last told, not against the last look: many small steps make a large one. */
function differ(a: NodeVitals | undefined, b: NodeVitals | undefined): boolean {
  if (a === undefined || b === undefined) {
    return a !== b;
  }
  const names = Object.keys(GRAIN_MB) as (keyof NodeVitals)[]; // The keys of an object of exactly this type.
  return names.some((name) => Math.abs(a[name] - b[name]) >= GRAIN_MB[name]);
}

function lasting({ seenAt, nodes, cost, ...rest }: ClusterSnapshot): string {
  return JSON.stringify({
    ...rest,
    hasBeenSeen: seenAt !== undefined,
    nodes: nodes.map((node) => ({ ...node, seenAt: node.seenAt !== undefined, vitals: undefined })),
    price: [cost.hourly, cost.monthly],
  });
}
