import type { Resources } from '../../kernel';

/** From here on the pages of programs that run are thrown out and read back all the time. */
const THRASHING = 0.5;
/** How long a program stands still when everything it touches has to come from the disk first. */
const LONGEST_MS = 12_000;

/**
 * For how long a daemon is not heard of before it gets on. With swap it is the cold pages that are out, and whoever answers has
 * what it needs; without, only the text of programs can be thrown out, everybody's at once.
 */
export function stallMs(resources: Resources): number {
  if (resources.swapTotalMb > 0) {
    return 0;
  }
  const { pressure } = resources;
  return pressure > THRASHING ? ((pressure - THRASHING) / (1 - THRASHING)) * LONGEST_MS : 0;
}
