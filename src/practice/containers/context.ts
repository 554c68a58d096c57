import type { ContainerRecord } from '../docker/engine';
import type { Cancel, Host, HttpHandler, Kernel } from '../kernel';
import type { StartOptions } from '../programs/program';
import type { Shell } from '../shell/shell';
import type { HostInside } from '../host/inside';
import type { EtcdAccess } from './etcdAccess';

/** `docker run` without `-d`. */
export interface AttachedClient {
  start(shell: Shell, options: StartOptions, heard: (text: string) => void): Promise<number>;
}

/** What a container's program has to work with. */
export interface ContainerContext {
  readonly inside: HostInside;
  readonly host: Host;
  readonly kernel: Kernel;
  readonly name: string;
  readonly record: ContainerRecord;
  readonly command: readonly string[];
  readonly workingDirectory: string;
  /** Who ran it and looks at it while it runs: its command gets that one's streams. */
  readonly attached: AttachedClient | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** Paths of the node that it was given, as in `docker run -v`. */
  readonly volumes: readonly string[];
  /** It ran before the practice process was restarted: it has booted already. */
  readonly isResumed: boolean;
  /** `docker stop`, the end of its unit, or the loss of power. */
  readonly signal: AbortSignal;
  readonly etcd: EtcdAccess;
  /** A line. */
  readonly log: (text: string) => void;
  /** Output as it comes: for the log and those who follow it. */
  readonly write: (text: string) => void;
  /** For the log alone. */
  readonly keep: (text: string) => void;
  /** Waits through the ledger; rejects when the container is stopped meanwhile. */
  readonly wait: (ms: number) => Promise<void>;
  /** A heartbeat for as long as the container runs. */
  readonly every: (ms: number, run: () => void) => void;
  /** Serves the container's port on the host port it is published under; nothing when it is not published. */
  readonly listen: (containerPort: number, handler: HttpHandler) => void;
  readonly onEnd: (run: Cancel) => void;
  /** It has booted: what depends on it sees it from now on. */
  readonly ready: () => void;
  /** Ends the container by itself. */
  readonly exit: (code: number) => void;
}

/** Resolves with the exit code when the container's main process ends. */
export type Behaviour = (context: ContainerContext) => Promise<number>;

export const untilStopped = (signal: AbortSignal): Promise<number> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve(0);
      return;
    }
    signal.addEventListener('abort', () => resolve(0), { once: true });
  });
