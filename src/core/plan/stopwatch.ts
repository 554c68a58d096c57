import type { Clock } from '../ports';

/** More than this between two looks is a computer that slept, or a clock that was set: it does not count as waiting. */
const LONGEST_STEP_MS = 60_000;

/**
 * Measures waiting by the provider's clock, and survives a laptop's sleep and a clock that is set back or forward: a deadline
 * must not pass because nobody was there to look. It is right as long as it is read at least every minute.
 */
export class Stopwatch {
  #elapsed = 0;
  #last: number;

  constructor(readonly clock: Clock) {
    this.#last = clock.now();
  }

  get elapsedMs(): number {
    const now = this.clock.now();
    this.#elapsed += Math.min(Math.max(0, now - this.#last), LONGEST_STEP_MS);
    this.#last = now;
    return this.#elapsed;
  }

  reset(): void {
    this.#elapsed = 0;
    this.#last = this.clock.now();
  }
}
