import type { Log, Provider, SecretStore } from '../ports';
import type { JournalFile } from './journalFile';

/** What the user may change about the guide without changing the guide. */
export interface GuideSettings {
  /** Where the nodes get deisctl from; `http://deis.io/deisctl/install.sh` in 2016. */
  readonly installerUrl: string;
}

/** What a step works with. Everything that decides is in here, so that a step is a plain function of it. */
export interface Run {
  readonly clusterId: string;
  readonly provider: Provider;
  readonly journal: JournalFile;
  readonly secrets: SecretStore;
  readonly settings: GuideSettings;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** How far the running step is, in a few words: "3 of 5 answer". */
  report(detail: string): void;
}

/**
 * One idempotent piece of the guide. The engine asks `observe`; only when it does not hold already, `apply` makes it so and
 * `verify` proves it from outside. Any of them may be cut off at any point and run again from the start.
 */
export interface Step {
  readonly id: string;
  readonly title: string;
  /** Does it hold already? Reads only; what it learns (an id, an address) it may write into the journal. */
  observe(run: Run): Promise<boolean>;
  apply(run: Run): Promise<void>;
  /** Rejects when what was applied does not hold. */
  verify(run: Run): Promise<void>;
}
