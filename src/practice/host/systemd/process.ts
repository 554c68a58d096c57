import type { Signal } from './exitStatus';
import type { ExitStatus } from './exitStatus';

/** One process a unit started. */
export interface Process {
  readonly pid: number;
  readonly name: string;
  readonly argv: readonly string[];
  /** Resolves when it is gone; never while the node has no power. */
  readonly exited: Promise<ExitStatus>;
  /** Type=notify: resolves when it says READY=1. Others are ready at once. */
  readonly ready: Promise<void>;
  /** KILL ends it at once; the others ask it to end. */
  kill(signal: Signal): void;
}

export interface SpawnRequest {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDirectory: string;
  readonly unit: string;
  /** After a restart of the practice process: it goes on, rather than begins. */
  readonly isResumed: boolean;
}

/** Starts what an Exec line names. */
export type Spawn = (request: SpawnRequest) => Process;
