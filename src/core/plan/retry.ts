import { ClusterError, type ErrorCode } from '../errors';
import type { Clock, Log } from '../ports';

/**
 * What may pass by itself. `outcomeUnknown` is among them because a step that is run again looks for the effect first, and
 * adopts it: nothing is ever repeated blindly.
 */
const TRANSIENT: readonly ErrorCode[] = [
  'rateLimited',
  'cloudUnavailable',
  'outcomeUnknown',
  'discoveryFailed',
  'sshUnreachable',
  'sshClosed',
  'etcdUnavailable',
  'fleetUnavailable',
];

export const isTransient = (error: unknown): boolean => ClusterError.is(error, ...TRANSIENT);

const ATTEMPTS = 5;
/** fleet and etcd come back by themselves, but may need more than a minute: fleet tries again with pauses up to 60 s. */
const PATIENT_ATTEMPTS = 8;
const PATIENT: readonly ErrorCode[] = ['sshUnreachable', 'sshClosed', 'etcdUnavailable', 'fleetUnavailable'];
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;

export interface RetryContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** What is tried, for the log. */
  readonly what: string;
  /** Called before each pause. */
  onPause?(reason: string): void;
}

/** Runs it again after what may pass, a few times, with pauses that double. The provider's clock rules. */
export async function withRetry<T>(attempt: () => Promise<T>, context: RetryContext): Promise<T> {
  for (let tries = 1, waitMs = FIRST_WAIT_MS; ; tries++, waitMs = Math.min(MAX_WAIT_MS, waitMs * 2)) {
    context.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      context.signal.throwIfAborted();
      const attempts = ClusterError.is(error, ...PATIENT) ? PATIENT_ATTEMPTS : ATTEMPTS;
      if (!isTransient(error) || tries >= attempts) {
        throw error;
      }
      const reason = error instanceof Error ? error.message : String(error);
      context.log.warn(`${context.what}: attempt ${tries} of ${attempts} failed: ${reason}`);
      context.onPause?.(reason);
      await context.clock.sleep(waitMs, context.signal);
    }
  }
}
