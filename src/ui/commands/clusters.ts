import type { ClusterSnapshot } from '../../core/model/snapshot';

/** A cluster that is neither being made nor on its way out. */
export const isLiving = ({ state }: ClusterSnapshot): boolean => state !== 'creating' && state !== 'destroying';
