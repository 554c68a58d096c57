import type { Clock, Deadline } from '../../../../src/core/ports';
import type { UserTime } from '../../../../src/core/watch/rhythm';

interface Alarm {
  readonly at: number;
  ring(): void;
}

/** Time that passes only when the test says so; serves as the user's time and as the provider's clock. */
export class FakeTime implements UserTime, Clock {
  #now = Date.UTC(2026, 10, 23, 8);
  #alarms: Alarm[] = [];
  readonly sleeps: number[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleeps.push(ms);
    return new Promise((resolve) => {
      const alarm = this.#set(ms, resolve);
      signal?.addEventListener(
        'abort',
        () => {
          this.#drop(alarm);
          resolve();
        },
        { once: true },
      );
      if (signal?.aborted === true) {
        this.#drop(alarm);
        resolve();
      }
    });
  }

  deadline(ms: number, signal?: AbortSignal): Deadline {
    const controller = new AbortController();
    let hasPassed = false;
    const alarm = this.#set(ms, () => {
      hasPassed = true;
      controller.abort();
    });
    return {
      signal: signal === undefined ? controller.signal : AbortSignal.any([signal, controller.signal]),
      get hasPassed() {
        return hasPassed;
      },
      dispose: () => this.#drop(alarm),
    };
  }

  /** Lets everything run that can run without time passing. */
  async settle(): Promise<void> {
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await this.settle();
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = Math.max(this.#now, next.at);
      this.#drop(next);
      next.ring();
      await this.settle();
    }
    this.#now = end;
  }

  #next(end: number): Alarm | undefined {
    return this.#alarms.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }

  #set(ms: number, ring: () => void): Alarm {
    const alarm = { at: this.#now + ms, ring };
    this.#alarms.push(alarm);
    return alarm;
  }

  #drop(alarm: Alarm): void {
    this.#alarms = this.#alarms.filter((other) => other !== alarm);
  }
}
