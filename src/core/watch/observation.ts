import type { DropletStatus } from '../model/cloud';
import type { NodeVitals } from '../model/snapshot';
import type { DesiredState, FleetMachine, UnitInstance } from '../model/units';
import type { EtcdMember } from '../ports';

/**
 * What was seen of one cluster, with its age: plain JSON, so that the cache file is this and nothing else. Times called
 * `…At` are of this computer; times called `…On` are the provider's, which the practice cloud runs faster.
 */
export interface Observation {
  readonly droplets: readonly DropletSeen[];
  readonly cloudSeenAt?: number;
  readonly cloudProblem?: string;
  /** By droplet id. */
  readonly nodes: Readonly<Record<string, NodeSeen>>;
  /** The configured etcd members, as last read. */
  readonly members: readonly EtcdMember[];
  readonly fleet?: FleetSeen;
  /** From an earlier window, or of a first look that is not through yet: shown, but no verdict is based on it. */
  readonly isRemembered: boolean;
}

export interface DropletSeen {
  readonly id: number;
  readonly name: string;
  readonly status: DropletStatus | 'gone';
  readonly hasTag: boolean;
  readonly createdOn: number;
  /** When the cloud last listed it: a droplet that is gone costs nothing from then on. */
  readonly listedOn: number;
  /** Since when it has been active without a break; a droplet that boots has some minutes to answer. */
  readonly activeOn?: number;
  readonly priceHourly: number;
  readonly priceMonthly: number;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
}

export interface NodeSeen {
  readonly isAnswering: boolean;
  readonly seenAt?: number;
  readonly seenOn?: number;
  /** Why it does not answer, in one sentence. */
  readonly failure?: string;
  readonly machineId?: string;
  readonly etcd?: EtcdSeen;
  readonly vitals?: NodeVitals;
  readonly vitalsAt?: number;
}

export interface EtcdSeen {
  /** Answers at all. */
  readonly isUp: boolean;
  readonly isLeader: boolean;
  /** How many looks in a row it said it has no quorum; an election takes about two seconds. 0: it has quorum. */
  readonly unhealthyLooks: number;
}

export interface UnitSeen {
  readonly name: string;
  readonly desiredState: DesiredState;
  readonly isGlobal: boolean;
  /** A global unit runs where each of these keys has one of the values. */
  readonly requires: Readonly<Record<string, readonly string[]>>;
  /** Some other unit may keep it off a machine, so a row less is no fault. */
  readonly hasConflicts: boolean;
}

export interface FleetSeen {
  readonly machines: readonly FleetMachine[];
  readonly units: readonly UnitSeen[];
  readonly instances: readonly UnitInstance[];
  readonly seenAt: number;
  /** Looks since then that could not read it. */
  readonly missedLooks: number;
}

export const NOTHING_SEEN: Observation = { droplets: [], nodes: {}, members: [], isRemembered: true };

/** One slow look is no news; two are. */
export const isOutdated = (fleet: FleetSeen): boolean => fleet.missedLooks >= 2;
