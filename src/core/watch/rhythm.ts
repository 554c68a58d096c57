/** This computer's own time: how often to look is a matter of the user's seconds, however fast the provider's clock runs. */
export interface UserTime {
  now(): number;
  /** Resolves early, without an error, when aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const realTime: UserTime = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const finish = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal.addEventListener('abort', finish, { once: true });
    }),
};

const SHORTEST_MS = 1_000;
const LONGEST_MS = 15_000;
const GROWTH = 1.5;
/** Nodes that take long to answer have other things to do: we keep them busy for a third of the time at most. */
const REST = 2;

export interface LookResult {
  readonly hasChanged: boolean;
  /** Something is about to change: a node is being made or boots. */
  readonly isExpecting: boolean;
  /** How long the slowest node took that answered. */
  readonly tookMs: number;
}

/** Looks often while things change and ever less often while they don't. */
export function createRhythm(): { next(look: LookResult): number } {
  let interval = SHORTEST_MS;
  return {
    next({ hasChanged, isExpecting, tookMs }) {
      interval = hasChanged || isExpecting ? SHORTEST_MS : Math.min(LONGEST_MS, interval * GROWTH);
      return Math.min(LONGEST_MS, Math.max(interval, tookMs * REST));
    },
  };
}
