import type { ClusterSnapshot, NodeSnapshot, NodeVitals } from '../model/snapshot';

const MEMORY_GRAIN_MB = 32;
const DISK_GRAIN_MB = 128;
const toGrain = (mb: number, grain: number): number => Math.round(mb / grain);

const visibleVitals = (vitals: NodeVitals): unknown => ({
  ...vitals,
  memoryAvailableMb: toGrain(vitals.memoryAvailableMb, MEMORY_GRAIN_MB),
  swapUsedMb: toGrain(vitals.swapUsedMb, MEMORY_GRAIN_MB),
  diskFreeMb: toGrain(vitals.diskFreeMb, DISK_GRAIN_MB),
});

/** The age of what answers right now is no news; that of a silent node doesn't move. */
const visibleNode = ({ seenAt, vitals, ...rest }: NodeSnapshot): unknown => ({
  ...rest,
  hasBeenSeen: seenAt !== undefined,
  ...(vitals === undefined ? {} : { vitals: visibleVitals(vitals) }),
});

function visible({ seenAt, nodes, cost, ...rest }: ClusterSnapshot): string {
  const cents = Math.floor(cost.sinceCreation * 100);
  return JSON.stringify({
    ...rest,
    hasBeenSeen: seenAt !== undefined,
    nodes: nodes.map(visibleNode),
    cost: { ...cost, sinceCreation: cents },
  });
}

/** Whether a user would see a difference. Ages, fractions of a cent and the breathing of free memory are none. */
export const isSameToSee = (a: ClusterSnapshot | undefined, b: ClusterSnapshot): boolean =>
  a !== undefined && visible(a) === visible(b);
