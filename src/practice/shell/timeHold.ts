import type { Cancel, Timeline } from '../kernel';

/** While the interpreter works time must not jump; while a program of the node waits it may. */
export class TimeHold {
  readonly #timeline: Pick<Timeline, 'hold'>;
  #release: Cancel | undefined;
  #outside = 0;
  #isOver = false;

  constructor(timeline: Pick<Timeline, 'hold'>) {
    this.#timeline = timeline;
  }

  begin(): void {
    if (!this.#isOver) {
      this.#release ??= this.#timeline.hold();
    }
  }

  /** For good: what was interrupted may come back from `outside` later, and must not hold time for ever. */
  end(): void {
    this.#isOver = true;
    this.#letGo();
  }

  #letGo(): void {
    this.#release?.();
    this.#release = undefined;
  }

  async outside<T>(run: () => Promise<T>): Promise<T> {
    this.#outside += 1;
    this.#letGo();
    try {
      return await run();
    } finally {
      this.#outside -= 1;
      if (this.#outside === 0) {
        this.begin();
      }
    }
  }
}
