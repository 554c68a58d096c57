/** Something that will happen at a moment of virtual time. */
export interface TimedEvent {
  at: number;
  /** Of two events at one moment the one asked for first comes first. */
  order: number;
  readonly run: () => void;
  /** False for a heartbeat: nobody waits for it. */
  readonly isAwaited: boolean;
  /** It has been taken out or cancelled: cancelling it means nothing any more. */
  isOver: boolean;
}

function isBefore(a: TimedEvent, b: TimedEvent): boolean {
  return a.at === b.at ? a.order < b.order : a.at < b.at;
}

/** A binary heap; cancelled events stay until they come up or until they are the greater part. */
export class EventQueue {
  #events: TimedEvent[] = [];
  #cancelled = 0;
  #awaited = 0;

  /** How many events somebody waits for. */
  get awaited(): number {
    return this.#awaited;
  }

  peek(): TimedEvent | undefined {
    while (this.#events[0]?.isOver === true) {
      this.#removeFirst();
      this.#cancelled -= 1;
    }
    return this.#events[0];
  }

  add(event: TimedEvent): void {
    this.#events.push(event);
    if (event.isAwaited) this.#awaited += 1;
    this.#rise(this.#events.length - 1);
  }

  /** Takes the first event out. */
  take(): TimedEvent | undefined {
    const first = this.peek();
    if (first === undefined) return undefined;
    this.#removeFirst();
    first.isOver = true;
    if (first.isAwaited) this.#awaited -= 1;
    return first;
  }

  cancel(event: TimedEvent): void {
    if (event.isOver) return;
    event.isOver = true;
    this.#cancelled += 1;
    if (event.isAwaited) this.#awaited -= 1;
    if (this.#cancelled > 64 && this.#cancelled > this.#events.length / 2) this.#compact();
  }

  #compact(): void {
    this.#events = this.#events.filter((event) => !event.isOver).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }

  #removeFirst(): void {
    const last = this.#events.pop();
    if (last === undefined || this.#events.length === 0) return;
    this.#events[0] = last;
    this.#sink();
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const [a, b] = [this.#events[left], this.#events[right]];
      if (a === undefined) return;
      const child = b !== undefined && isBefore(b, a) ? right : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(lower: number, upper: number): boolean {
    const [a, b] = [this.#events[lower], this.#events[upper]];
    if (a === undefined || b === undefined || !isBefore(a, b)) return false;
    this.#events[lower] = b;
    this.#events[upper] = a;
    return true;
  }
}
