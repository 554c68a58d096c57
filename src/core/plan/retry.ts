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
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;

export interface RetryContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** What is tried, for the log. */
  readonly what: string;
}

/** Runs it again after what may pass, five times at most, with pauses that double. The provider's clock rules. */
export async function withRetry<T>(attempt: () => Promise<T>, context: RetryContext): Promise<T> {
  for (let tries = 1, waitMs = FIRST_WAIT_MS; ; tries++, waitMs = Math.min(MAX_WAIT_MS, waitMs * 2)) {
    context.signal.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isTransient(error) || tries >= ATTEMPTS) {
        throw error;
      }
      const reason = error instanceof Error ? error.message : String(error);
      context.log.warn(`${context.what}: attempt ${tries} of ${ATTEMPTS} failed: ${reason}`);
      await context.clock.sleep(waitMs, context.signal);
    }
  }
}
