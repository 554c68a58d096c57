import type { ActiveFault } from './fault';
import type { ProviderName } from './cluster';
import type { UnitInstance } from './units';

/** Plain JSON of everything the tree shows; part of the public automation surface (apiVersion 1). */
export type ClusterState =
  | 'creating'
  | 'setupStopped'
  | 'healthy'
  | 'degraded'
  | 'atRisk'
  | 'noQuorum'
  | 'unreachable'
  | 'destroying'
  | 'unknown';

export type NodeState = 'missing' | 'new' | 'booting' | 'ready' | 'unreachable' | 'off' | 'gone';

export interface NodeVitals {
  readonly memoryTotalMb: number;
  readonly memoryAvailableMb: number;
  readonly swapTotalMb: number;
  readonly swapUsedMb: number;
  readonly diskTotalMb: number;
  readonly diskFreeMb: number;
}

export interface NodeSnapshot {
  readonly name: string;
  readonly dropletId: number;
  readonly state: NodeState;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
  readonly etcd: 'leader' | 'follower' | 'member' | 'proxy' | 'down' | 'unknown';
  readonly machineId?: string;
  readonly vitals?: NodeVitals;
  /** Milliseconds since the epoch when the node last answered; absent: never. */
  readonly seenAt?: number;
  /** One sentence, when something is wrong. */
  readonly problem?: string;
}

export interface StepSnapshot {
  readonly id: string;
  readonly title: string;
  readonly state: 'pending' | 'running' | 'done' | 'failed';
  readonly detail?: string;
}

export interface CostSnapshot {
  readonly hourly: number;
  readonly monthly: number;
  readonly sinceCreation: number;
}

export interface ClusterSnapshot {
  readonly id: string;
  readonly name: string;
  readonly provider: ProviderName;
  readonly state: ClusterState;
  /** The sentence beside the state, such as "4 of 5 etcd members are up; 1 more may fail". */
  readonly summary: string;
  readonly domain?: string;
  readonly nodes: readonly NodeSnapshot[];
  readonly units: readonly (UnitInstance & {
    readonly node?: string;
    readonly isGlobal: boolean;
    readonly isStale: boolean;
  })[];
  /** Units that are asked for and have no row at all (nothing fits, or not yet). */
  readonly missingUnits: readonly string[];
  /** Machines on which a global unit ought to run and has no row, though it has rows elsewhere. */
  readonly missingRows?: readonly { readonly name: string; readonly machineId: string; readonly node?: string }[];
  readonly steps: readonly StepSnapshot[];
  readonly cost: CostSnapshot;
  /** What is broken on purpose and concerns it; absent: nothing is. */
  readonly faults?: readonly ActiveFault[];
  readonly seenAt?: number;
  readonly problem?: string;
}
