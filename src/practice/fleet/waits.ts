import type { Cancel, Timeline } from '../kernel';

/** What is under way until it is ended, all at once. */
export class Waits {
  readonly #cancels = new Set<Cancel>();

  constructor(private readonly timeline: Timeline) {}

  own(cancel: Cancel): void {
    this.#cancels.add(cancel);
  }

  /** A wait that nobody waits for: without a quorum it goes on for ever, and time must not race because of it. */
  later(ms: number, run: () => void): void {
    const cancel = this.timeline.every(ms, () => {
      cancel();
      this.#cancels.delete(cancel);
      run();
    });
    this.#cancels.add(cancel);
  }

  end(): void {
    for (const cancel of [...this.#cancels]) {
      cancel();
    }
    this.#cancels.clear();
  }
}
