import type { Timeline } from '../kernel';
import { Waits } from './waits';

/** A heartbeat is tried four times within a third of its life (server/monitor.go). */
const TRIES = 4;

export interface MonitorParts {
  readonly timeline: Timeline;
  readonly ttlSeconds: number;
  /** Writes that this machine lives; for how long etcd then lets its client wait, `Infinity` when it has no quorum. */
  readonly beat: () => number;
  /** After that fleet's etcd client gives up, whatever etcd may yet carry out. */
  readonly requestTimeoutMs: number;
  /** No heartbeat was confirmed in time. */
  readonly failed: () => void;
}

/** The heartbeat of fleetd, every half of its life. All is done within one call: heartbeats run many in a row. */
export class Monitor {
  readonly #parts: MonitorParts;
  readonly #waits: Waits;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
    this.#waits = new Waits(parts.timeline);
    this.#waits.own(parts.timeline.every(parts.ttlSeconds * 500, () => this.#try(parts.timeline.now())));
  }

  stop(): void {
    this.#waits.end();
  }

  #try(since: number): void {
    const { beat, requestTimeoutMs, timeline, ttlSeconds } = this.#parts;
    const waitMs = beat();
    if (waitMs <= requestTimeoutMs) {
      return;
    }
    const limitMs = (ttlSeconds * 1_000) / 3;
    // Without a quorum etcd is not even asked: the pauses alone are what the recorded time lines show.
    const pause = limitMs / TRIES + (waitMs === Infinity ? 0 : requestTimeoutMs);
    const left = since + limitMs - timeline.now();
    if (left > pause) {
      this.#waits.later(pause, () => this.#try(since));
    } else {
      this.#waits.later(Math.max(1, left), () => {
        this.stop();
        this.#parts.failed();
      });
    }
  }
}
