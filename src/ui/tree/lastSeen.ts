import { age } from '../words';

/** Younger than this is "now": a few polls may be under way. */
const FRESH_MS = 45_000;

/** `3 min ago` for what has not answered lately; undefined for what is fresh or was never seen. */
export function lastSeen(thing: { readonly seenAt?: number }, now = Date.now()): string | undefined {
  if (thing.seenAt === undefined || now - thing.seenAt < FRESH_MS) {
    return undefined;
  }
  return `${age(now - thing.seenAt)} ago`;
}
