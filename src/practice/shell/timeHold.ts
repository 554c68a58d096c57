import type { Cancel, Timeline } from '../kernel';

/** While the interpreter works time must not jump; while a program of the node waits it may. */
export class TimeHold {
  readonly #timeline: Timeline;
  #release: Cancel | undefined;
  #outside = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  begin(): void {
    this.#release ??= this.#timeline.hold();
  }

  end(): void {
    this.#release?.();
    this.#release = undefined;
  }

  async outside<T>(run: () => Promise<T>): Promise<T> {
    this.#outside += 1;
    this.end();
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
