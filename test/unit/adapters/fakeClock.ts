import type { Clock } from '../../../src/core/ports';
import { createClock } from '../../../src/adapters/net/clock';

/** Sleeps take no time and are written down; deadlines are real. */
export function fakeClock(): Clock & { readonly waitsMs: number[] } {
  const real = createClock();
  const waitsMs: number[] = [];
  return {
    waitsMs,
    now: () => 1_700_000_000_000,
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      waitsMs.push(ms);
      return Promise.resolve();
    },
    deadline: (ms, signal) => real.deadline(ms, signal),
  };
}
