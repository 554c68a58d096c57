import type { Timeline } from '../../kernel';
import type { Spawn } from './process';
import type { Unit } from './unit';

/** What a service needs of the node around it. */
export interface ServiceContext {
  readonly timeline: Timeline;
  readonly spawn: Spawn;
  /** Aborted when the plug is pulled: then nothing more is said or changed. */
  power(): AbortSignal;
  /** Waits through the ledger. */
  delay(kind: string, unit: Unit, ms: number, signal: AbortSignal): Promise<void>;
  /** A line of systemd's own about a unit. */
  log(unit: Unit, text: string): void;
  newInvocationId(): string;
  readFile(path: string): string | undefined;
  /** The automatic restart goes through the job queue, so that it carries dependent units along. */
  restartJob(unit: Unit): void;
  /** The unit ended for good (no restart to come): transient units are collected, bound units stopped. */
  ended(unit: Unit): void;
}
