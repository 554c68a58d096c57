import { setMaxListeners } from 'node:events';
import { acquireLock, busy, lockedFor, type Activity } from './lock';

interface Running {
  readonly activity: Activity;
  readonly controller: AbortController;
  /** Never rejects. */
  readonly settled: Promise<void>;
}

/** What is under way in this window, one operation a cluster; the lock file keeps other windows out. */
export class Operations {
  readonly #running = new Map<string, Running>();
  readonly #beside = new Map<string, Set<AbortController>>();

  constructor(
    readonly lockFileOf: (clusterId: string) => string,
    readonly onChange: (clusterId: string) => void,
  ) {}

  activityOf(clusterId: string): Activity | undefined {
    return this.#running.get(clusterId)?.activity;
  }

  /** Cancels what runs in this window, and waits until it has let go. */
  async cancel(clusterId: string, reason: string): Promise<void> {
    const cancelled = new DOMException(reason, 'AbortError');
    this.#beside.get(clusterId)?.forEach((controller) => controller.abort(cancelled));
    const running = this.#running.get(clusterId);
    if (running !== undefined) {
      running.controller.abort(cancelled);
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

  /**
   * For what may be done while something else goes on, such as giving a node its power back for which a setup waits. It
   * writes nothing into the journal. @throws ClusterError locked during a destroy
   */
  async beside(clusterId: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    signal.throwIfAborted();
    const file = this.lockFileOf(clusterId);
    if ((this.activityOf(clusterId) ?? (await lockedFor(file))) === 'destroying') {
      throw busy(clusterId, 'destroying');
    }
    const controller = new AbortController();
    const ours = this.#beside.get(clusterId) ?? new Set();
    this.#beside.set(clusterId, ours.add(controller));
    try {
      await work(AbortSignal.any([signal, controller.signal]));
    } finally {
      ours.delete(controller);
    }
  }

  /** The window closes: everything stops where it is, and can be resumed. */
  dispose(): void {
    for (const id of [...this.#running.keys(), ...this.#beside.keys()]) {
      void this.cancel(id, 'The window was closed.');
    }
  }
}
