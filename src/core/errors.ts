/** Why something failed, for the program to branch on. Texts are for people and are never matched. */
export type ErrorCode =
  | 'tokenMissing'
  | 'tokenRejected'
  | 'tokenForbidden'
  | 'wrongAccount'
  | 'rateLimited'
  | 'cloudRefused'
  | 'cloudUnavailable'
  | 'outcomeUnknown'
  | 'notFound'
  | 'badReply'
  | 'preflightFailed'
  | 'discoveryFailed'
  | 'invalidInput'
  | 'sshUnreachable'
  | 'sshAuthFailed'
  | 'sshClosed'
  | 'hostKeyChanged'
  | 'secretMissing'
  | 'keyUnusable'
  | 'commandFailed'
  | 'etcdUnavailable'
  | 'quorumLost'
  | 'fleetUnavailable'
  | 'unitFailed'
  | 'diskTooSmall'
  | 'timedOut'
  | 'locked'
  | 'journalDamaged'
  | 'practiceUnavailable'
  | 'stillBilled';

/** What the user can do about it. The UI turns each into one button; core stays free of vscode. */
export type Remedy =
  | 'setToken'
  | 'resumeSetup'
  | 'destroyCluster'
  | 'showLog'
  | 'openSettings'
  | 'powerOnNode'
  | 'refresh'
  | 'configurePlatform';

export interface ErrorFacts {
  readonly code: ErrorCode;
  readonly remedy?: Remedy;
  readonly cause?: unknown;
}

/** A failure we foresaw. `message` is one sentence or two for the user: what failed, on what, what to do next. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: ErrorCode;
  readonly remedy: Remedy;

  constructor(message: string, facts: ErrorFacts) {
    super(message, { cause: facts.cause });
    this.code = facts.code;
    this.remedy = facts.remedy ?? 'showLog';
  }

  static is(error: unknown, ...codes: ErrorCode[]): error is ClusterError {
    // By name, not by class: the window and the engine are two bundles, each with its own copy of this class.
    if (!(error instanceof Error) || error.name !== 'ClusterError' || !('code' in error)) {
      return false;
    }
    return codes.length === 0 || codes.some((code) => code === error.code);
  }
}

/** True for what a cancelled operation rejects with (AbortSignal's reason, or VS Code's CancellationError). */
export function isCancelled(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled');
}
