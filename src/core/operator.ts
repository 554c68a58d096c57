import type { Account, Region, Size } from './model/cloud';
import type { ClusterSpec, ProviderName } from './model/cluster';
import type { ActiveFault } from './model/fault';
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

/** What the account offers, for the questions before a create: only what has everything the guide needs. */
export interface Choices {
  readonly account: Account;
  /** Available, with private networking and user data (`metadata`). */
  readonly regions: readonly Region[];
  /** Available sizes, cheapest first. */
  readonly sizes: readonly Size[];
}

/** What is still billed in an account, by our clusters: asked of the account itself, not of our files. */
export interface Billed {
  readonly clusterId: string;
  readonly droplets: number;
  readonly hourly: number;
  readonly monthly: number;
}

/** An SSH key the user brought; without one a new RSA key is made. PEM or OpenSSH format, RSA only. */
export interface OwnKey {
  readonly privateKey: string;
  readonly passphrase?: string;
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

  /** Rejects with tokenMissing, tokenRejected… so that the first question is not asked in vain. */
  choices(provider: ProviderName, signal?: AbortSignal): Promise<Choices>;
  /** Read-only: finds every obstacle at once. */
  preview(spec: ClusterSpec, context: OperationContext): Promise<PlanPreview>;
  create(spec: ClusterSpec, context: OperationContext, ownKey?: OwnKey): Promise<ClusterSnapshot>;
  resume(clusterId: string, context: OperationContext): Promise<ClusterSnapshot>;
  destroy(clusterId: string, context: OperationContext): Promise<void>;

  /** Reads the account with a token that is not stored yet. */
  checkToken(token: string, signal?: AbortSignal): Promise<Account>;
  /** What our clusters cost now in this account. */
  listBilled(provider: ProviderName, signal?: AbortSignal): Promise<Billed[]>;

  forecastPowerOff(clusterId: string, nodeName: string): Promise<PowerOffForecast>;
  power(clusterId: string, nodeName: string, verb: PowerVerb, context: OperationContext): Promise<void>;
  registerSwap(clusterId: string, context: OperationContext): Promise<void>;
  platform(clusterId: string, verb: PlatformVerb, context: OperationContext): Promise<void>;
  connect(clusterId: string, nodeName: string, signal?: AbortSignal): Promise<NodeConnection>;

  /** What is broken on purpose, as last seen; `onDidChange` fires when it changes. */
  faults(): readonly ActiveFault[];
  /** `fault` as in `model/fault.ts`. Rejects with invalidInput, notFound, or where nothing can be broken. */
  breakOnPurpose(provider: ProviderName, fault: unknown): Promise<ActiveFault>;
  /** Removes one fault, or all without an id. */
  repair(provider: ProviderName, faultId?: string): Promise<void>;
}
