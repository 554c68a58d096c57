import { setMaxListeners } from 'node:events';
import { acquireLock, type Activity } from './lock';

interface Running {
  readonly activity: Activity;
  readonly controller: AbortController;
  /** Never rejects. */
  readonly settled: Promise<void>;
}

/** What is under way in this window, one operation a cluster; the lock file keeps other windows out. */
export class Operations {
  readonly #running = new Map<string, Running>();

  constructor(
    readonly lockFileOf: (clusterId: string) => string,
    readonly onChange: (clusterId: string) => void,
  ) {}

  activityOf(clusterId: string): Activity | undefined {
    return this.#running.get(clusterId)?.activity;
  }

  /** Cancels what runs in this window, and waits until it has let go. */
  async cancel(clusterId: string, reason: string): Promise<void> {
    const running = this.#running.get(clusterId);
    if (running !== undefined) {
      running.controller.abort(new DOMException(reason, 'AbortError'));
      await running.settled;
    }
  }

  /** @throws ClusterError locked while anything else works on the cluster, in whatever window */
  async run<T>(
    clusterId: string,
    options: { readonly activity: Activity; readonly signal: AbortSignal },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    options.signal.throwIfAborted();
    const lock = await acquireLock(this.lockFileOf(clusterId), clusterId, options.activity);
    const controller = new AbortController();
    let settle: () => void = () => undefined;
    const settled = new Promise<void>((resolve) => (settle = resolve));
    this.#running.set(clusterId, { activity: options.activity, controller, settled });
    this.onChange(clusterId);
    try {
      const signal = AbortSignal.any([options.signal, controller.signal]);
      // Dozens of calls hang on it at once: nine nodes, and eight ports of each looked at from outside.
      setMaxListeners(0, signal);
      return await work(signal);
    } finally {
      this.#running.delete(clusterId);
      await lock.release();
      settle();
      this.onChange(clusterId);
    }
  }

  /** The window closes: everything stops where it is, and can be resumed. */
  dispose(): void {
    for (const { controller } of this.#running.values()) {
      controller.abort(new DOMException('The window was closed.', 'AbortError'));
    }
  }
}
