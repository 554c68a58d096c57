import type { Kernel } from '../kernel';

/** How long etcd holds back what it has just said, and then for how long it says that it did (pkg/logutil, `merge_logger.go`). */
const HELD_MS = 1_500;

/** Says a line once and counts it while it comes again and again. */
export class MergedLog {
  readonly #held = new Map<string, number>();

  constructor(
    private readonly kernel: Kernel,
    private readonly log: (text: string) => void,
  ) {}

  say(text: string): void {
    const count = this.#held.get(text);
    if (count !== undefined) {
      this.#held.set(text, count + 1);
      return;
    }
    this.log(text);
    this.#hold(text);
  }

  #hold(text: string): void {
    this.#held.set(text, 0);
    this.kernel.timeline.after(HELD_MS, () => {
      const count = this.#held.get(text) ?? 0;
      this.#held.delete(text);
      if (count > 0) {
        this.log(`${text} [merged ${count} repeated lines in ${HELD_MS / 1_000}s]`);
        this.#hold(text);
      }
    });
  }
}
