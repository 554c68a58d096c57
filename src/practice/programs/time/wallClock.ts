import type { ProgramContext } from '../program';

/** What the node takes the time to be; its clock may be wrong. Durations are counted on the time line. */
export const wallClock = ({ timeline, host }: Pick<ProgramContext, 'timeline' | 'host'>): number =>
  timeline.now() + (host.clockOffsetMs ?? 0);
