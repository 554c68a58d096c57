import { createHash } from 'node:crypto';
import type { Cancel, Kernel } from '../kernel';

/** From a change in etcd to the reconciliation it triggers: on a busy node some tens of milliseconds. */
const WATCH_MS = { least: 5, most: 40 };
/**
 * While fleet reconciles it does not watch: what happens meanwhile is seen at the next tick only (registry/event.go opens a new
 * watch after each event). With this, deisctl's install, start and stop take as long as in the recorded traces.
 */
const BLIND_MS = 1_500;
const BLIND_PER_TASK_MS = 60;

export interface ReconcilerParts {
  readonly kernel: Kernel;
  /** `deis-1 agent`, for the ledger. */
  readonly subject: string;
  readonly intervalMs: number;
  /** Whether the registry can be asked now; while it can't, this tries again at every tick. */
  canRun(): boolean;
  /** Whether a reconciliation now would do anything. */
  hasWork(): boolean;
  /** Reconciles and tells how many tasks it did. */
  run(): number;
}

/** Runs at fixed intervals and on events, as fleet's periodic reconciler does; ticks that would do nothing are not run at all. */
export class Reconciler {
  #lastRun: number;
  #blindUntil = 0;
  #isChecking = false;
  #isStopped = false;
  #event: Cancel | undefined;
  #tick: AbortController | undefined;
  #retry: Cancel | undefined;

  constructor(private readonly parts: ReconcilerParts) {
    this.#lastRun = parts.kernel.timeline.now();
  }

  /**
   * Once at the start, whatever there is. The watch that is opened beside this first reconciliation misses nothing (pkg/reconcile.go):
   * who comes back begins at once what it is given meanwhile (the recorded power-off/timeline-recovery-boot-all).
   */
  start(): void {
    this.#run();
    this.#blindUntil = 0;
  }

  stop(): void {
    this.#isStopped = true;
    this.#event?.();
    this.#tick?.abort();
    this.#retry?.();
  }

  /** Something changed. `isEvent`: of the kind fleet watches for; anything else waits for the tick. */
  changed(isEvent: boolean): void {
    const { timeline } = this.parts.kernel;
    if (this.#isStopped) {
      return;
    }
    if (isEvent && this.#event === undefined && timeline.now() >= this.#blindUntil) {
      this.#event = timeline.after(this.#watchDelay(), () => this.#run());
    }
    if (!this.#isChecking) {
      this.#isChecking = true;
      queueMicrotask(() => {
        this.#isChecking = false;
        this.#armTick();
      });
    }
  }

  #armTick(): void {
    if (this.#isStopped || this.#tick !== undefined || this.#event !== undefined) {
      return;
    }
    if (!this.parts.canRun()) {
      this.#tryLater();
      return;
    }
    if (!this.parts.hasWork()) {
      return;
    }
    const tick = new AbortController();
    this.#tick = tick;
    const { kernel, subject } = this.parts;
    kernel.ledger.delay('fleet-tick', subject, this.#untilTick(), tick.signal).then(
      () => this.#run(),
      () => undefined, // Stopped, or an event came first.
    );
  }

  /** A heartbeat, not a wait: without a quorum nothing comes of it, however long that lasts. */
  #tryLater(): void {
    this.#retry ??= this.parts.kernel.timeline.every(this.parts.intervalMs, () => {
      if (this.parts.canRun()) {
        this.#retry?.();
        this.#retry = undefined;
        this.#run();
      }
    });
  }

  /** Another for each node and each time, the same in each run. */
  #watchDelay(): number {
    const now = this.parts.kernel.timeline.now();
    const mixed = createHash('sha1').update(`${this.parts.subject} ${now}`).digest().readUInt16LE(0);
    return WATCH_MS.least + (mixed % (WATCH_MS.most - WATCH_MS.least + 1));
  }

  #untilTick(): number {
    const { kernel, intervalMs } = this.parts;
    const since = kernel.timeline.now() - this.#lastRun;
    return intervalMs - (since % intervalMs);
  }

  #run(): void {
    this.#event?.();
    this.#event = undefined;
    this.#tick?.abort();
    this.#tick = undefined;
    if (this.#isStopped) {
      return;
    }
    const now = this.parts.kernel.timeline.now();
    this.#lastRun = now;
    if (!this.parts.canRun()) {
      this.#tryLater();
      return;
    }
    const tasks = this.parts.run();
    this.#blindUntil = now + BLIND_MS + tasks * BLIND_PER_TASK_MS;
  }
}
