import type { ClusterNode, ClusterSpec } from '../model/cluster';
import type { ClusterSnapshot, StepSnapshot } from '../model/snapshot';
import type { Disposable, NodeConnection } from '../ports';

/** What the journal knows of a cluster; given to `track` anew with each change. */
export interface TrackedCluster {
  readonly id: string;
  readonly name: string;
  readonly spec: ClusterSpec;
  readonly nodes: readonly ClusterNode[];
  readonly steps: readonly StepSnapshot[];
  /** What is being done to it right now in some window. */
  readonly activity?: 'creating' | 'destroying';
  readonly domain?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly problem?: string;
  /** Whose droplets these are: in another account "not there" means nothing. Absent: not checked. */
  readonly accountUuid?: string;
  connect(nodeName: string, signal?: AbortSignal): Promise<NodeConnection>;
}

/** The observed state of all clusters, live while somebody watches. */
export interface Observer extends Disposable {
  track(cluster: TrackedCluster): void;
  /** Forgets the cluster and what was last seen of it. */
  untrack(id: string): void;
  /** Newest cluster first. */
  snapshots(): readonly ClusterSnapshot[];
  /** Called only when something changed that a user would see. */
  onDidChange(listener: () => void): Disposable;
  /** Polls until the last handle is disposed. */
  watch(): Disposable;
  /** Looks at everything now; resolves when all that answers readily has answered, after five seconds at most. */
  refresh(clusterId?: string): Promise<void>;
}
