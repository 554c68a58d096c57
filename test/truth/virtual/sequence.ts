import type { VirtualLab, VirtualLabOptions } from '../../integration/virtual/virtualLab';
import type { Comparator } from '../compare';
import type { Replay } from './replay';

/** Who is who while nodes die: the recording's deis-2 asks, and those who die do so in the recorded order. */
export interface Outage {
  readonly lab: VirtualLab;
  observer: string;
  readonly victims: string[];
  /** When the quorum went, by the cluster's own clock. */
  lostAt?: number;
}

/** One recorded time line of a cluster: what comes before it, and what happens at its zero. */
export interface Step {
  readonly title: string;
  /** Of the recording, without its ending. */
  readonly file: string;
  replay(outage: Outage): Promise<Replay>;
  /** What the recorder asked the same node when it was over, by the row's file. */
  readonly after?: Readonly<Record<string, Comparator>>;
}

/** A folder's time lines, one after the other on one cluster. */
export interface Sequence {
  readonly folder: string;
  readonly fleet: VirtualLabOptions['fleet'];
  readonly begin: (lab: VirtualLab) => Promise<Outage>;
  readonly steps: readonly Step[];
}
