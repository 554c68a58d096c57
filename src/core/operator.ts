import type { ClusterSpec } from './model/cluster';
import type { ClusterSnapshot } from './model/snapshot';
import type { Remedy } from './errors';
import type { Disposable, NodeConnection } from './ports';

/** What a long operation is given: how to stop, and where to say how far it is. */
export interface OperationContext {
  readonly signal: AbortSignal;
  /** One short sentence; `fraction` of the whole, 0 to 1, where it is known. */
  report(message: string, fraction?: number): void;
}

export interface Obstacle {
  readonly message: string;
  readonly remedy?: Remedy;
  /** A warning is shown and may be accepted; an obstacle stops the plan. */
  readonly isWarning: boolean;
}

/** What will be done, before anything is: read-only to make. `markdown` is the document shown to the user. */
export interface PlanPreview {
  readonly obstacles: readonly Obstacle[];
  readonly markdown: string;
  readonly hourly: number;
  readonly monthly: number;
}

/** What a power-off would do to quorum, in numbers and in one sentence. */
export interface PowerOffForecast {
  readonly membersUpAfter: number;
  readonly members: number;
  /** How many more may fail afterwards; negative: quorum would be lost. */
  readonly remainingTolerance: number;
  readonly breaksQuorum: boolean;
  readonly sentence: string;
}

export type PlatformVerb = 'configure' | 'install' | 'start' | 'stop' | 'uninstall';
export type PowerVerb = 'power_off' | 'power_on' | 'reboot';

/**
 * Everything the user can ask for, in one place; implemented by `core/clusters.ts` and called by commands only.
 * Every operation is safe to repeat, rejects with a ClusterError (or the signal's reason) and leaves a journal to resume from.
 */
export interface Operator extends Disposable {
  /** What is known now, newest first; plain JSON. */
  snapshots(): readonly ClusterSnapshot[];
  onDidChange(listener: () => void): Disposable;
  /** Polls while somebody looks; dispose the handle when nobody does. */
  watch(): Disposable;
  refresh(clusterId?: string): Promise<void>;

  preview(spec: ClusterSpec, context: OperationContext): Promise<PlanPreview>;
  create(spec: ClusterSpec, context: OperationContext): Promise<ClusterSnapshot>;
  resume(clusterId: string, context: OperationContext): Promise<ClusterSnapshot>;
  destroy(clusterId: string, context: OperationContext): Promise<void>;

  forecastPowerOff(clusterId: string, nodeName: string): Promise<PowerOffForecast>;
  power(clusterId: string, nodeName: string, verb: PowerVerb, context: OperationContext): Promise<void>;
  registerSwap(clusterId: string, context: OperationContext): Promise<void>;
  platform(clusterId: string, verb: PlatformVerb, context: OperationContext): Promise<void>;
  connect(clusterId: string, nodeName: string, signal?: AbortSignal): Promise<NodeConnection>;
}
