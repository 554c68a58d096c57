import { ClusterError, type Remedy } from '../errors';
import type { Clock } from '../ports';
import { isTransient } from './retry';
import { Stopwatch } from './stopwatch';

export interface PollOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Provider milliseconds. */
  readonly timeoutMs: number;
  readonly firstWaitMs?: number;
  readonly maxWaitMs?: number;
  /** Says what did not come true and what to do next; asked only when time is up. */
  readonly onTimeout: (
    lastError: unknown,
  ) => { message: string; remedy?: Remedy } | Promise<{ message: string; remedy?: Remedy }>;
}

/** After a minute nobody is surprised any more, and the API's rate limit counts. */
const LONG_WAIT_AFTER_MS = 60_000;
const LONG_WAIT_MS = 5_000;

/**
 * Asks again and again, a little less often each time, until there is an answer. What may pass (a node that does not answer
 * yet, an API that is down) is no reason to stop before the time is up; everything else rejects at once.
 */
export async function waitUntil<T>(probe: () => Promise<T | undefined>, options: PollOptions): Promise<T> {
  const { clock, signal, timeoutMs, firstWaitMs = 200, maxWaitMs = 2_000 } = options;
  const stopwatch = new Stopwatch(clock);
  let waitMs = firstWaitMs;
  let lastError: unknown;
  for (;;) {
    signal.throwIfAborted();
    try {
      const answer = await probe();
      if (answer !== undefined) {
        return answer;
      }
      lastError = undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (!isTransient(error)) {
        throw error;
      }
      lastError = error;
    }
    const { elapsedMs } = stopwatch;
    if (elapsedMs >= timeoutMs) {
      const { message, remedy = 'resumeSetup' } = await options.onTimeout(lastError);
      throw new ClusterError(message, { code: 'timedOut', remedy, cause: lastError });
    }
    await clock.sleep(waitMs, signal);
    waitMs = elapsedMs > LONG_WAIT_AFTER_MS ? LONG_WAIT_MS : Math.min(maxWaitMs, waitMs * 1.5);
  }
}
