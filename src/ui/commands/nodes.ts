import type { NodeSnapshot } from '../../core/model/snapshot';

/** A node that has power, whether or not it answers just now. */
export const isUp = ({ state }: NodeSnapshot): boolean =>
  state === 'ready' || state === 'booting' || state === 'unreachable';
