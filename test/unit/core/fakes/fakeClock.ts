import type { Clock, Deadline } from '../../../../src/core/ports';

interface Waiter {
  readonly due: number;
  readonly run: () => void;
}

/**
 * Time that jumps to the next sleeper as soon as nothing else happens. A deadline never makes it jump while somebody sleeps;
 * alone (a call that hangs for ever) it does, after a moment.
 */
export class FakeClock implements Clock {
  #now = 1_464_000_000_000;
  #sleepers: Waiter[] = [];
  #deadlines: Waiter[] = [];
  #soon: NodeJS.Immediate | undefined;
  #later: NodeJS.Timeout | undefined;
  /** How long each sleep was, in order. */
  readonly slept: number[] = [];

  now(): number {
    return this.#now;
  }

  /** The user's computer slept, or its clock was set. */
  jump(ms: number): void {
    this.#now += ms;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      this.slept.push(ms);
      const onAbort = (): void => {
        this.#sleepers = this.#sleepers.filter((other) => other !== waiter);
        reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'));
      };
      const run = (): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const waiter = { due: this.#now + ms, run };
      this.#sleepers.push(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#schedule();
    });
  }

  deadline(ms: number, signal?: AbortSignal): Deadline {
    const controller = new AbortController();
    let hasPassed = false;
    const waiter = {
      due: this.#now + ms,
      run: (): void => {
        hasPassed = true;
        controller.abort(new DOMException('The deadline has passed.', 'TimeoutError'));
      },
    };
    this.#deadlines.push(waiter);
    const onAbort = (): void => controller.abort(signal?.reason);
    if (signal?.aborted === true) {
      onAbort();
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#schedule();
    return {
      signal: controller.signal,
      get hasPassed() {
        return hasPassed;
      },
      dispose: () => {
        signal?.removeEventListener('abort', onAbort);
        this.#deadlines = this.#deadlines.filter((other) => other !== waiter);
      },
    };
  }

  /** Files are really written between two sleeps; a call that hangs is told from that only by waiting a little. */
  #schedule(): void {
    clearImmediate(this.#soon);
    clearTimeout(this.#later);
    const tick = (): void => {
      this.#advance();
      this.#schedule();
    };
    if (this.#sleepers.length > 0) {
      this.#soon = setImmediate(tick);
    } else if (this.#deadlines.length > 0) {
      this.#later = setTimeout(tick, 30);
    }
  }

  #advance(): void {
    const byDue = (a: Waiter, b: Waiter): number => a.due - b.due;
    const [next] = (this.#sleepers.length > 0 ? this.#sleepers : this.#deadlines).toSorted(byDue);
    if (next === undefined) {
      return;
    }
    this.#now = Math.max(this.#now, next.due);
    const passed = this.#deadlines.filter(
      ({ due }) => due < this.#now || (due === this.#now && this.#sleepers.length === 0),
    );
    this.#deadlines = this.#deadlines.filter((waiter) => !passed.includes(waiter));
    passed.forEach(({ run }) => run());
    if (this.#sleepers.includes(next)) {
      this.#sleepers = this.#sleepers.filter((waiter) => waiter !== next);
      next.run();
    }
  }
}
