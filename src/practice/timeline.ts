import type { Cancel, Timeline } from './kernel';
import { EventQueue, type TimedEvent } from './eventQueue';

/** How fast time runs under `--speed max` while nobody waits for anything, or while work of ours holds it. */
const IDLE_SPEED = 60;
/** A longer silence of the event loop than this was the machine asleep: it does not count. */
const LONGEST_PAUSE_MS = 5_000;
const TICK_MS = 1_000;
/**
 * Turns of the event loop without anything new before time jumps, so that all that happens at one moment has happened; for as many
 * it stands still after something that was waited for, so that what comes of it begins at that very moment.
 */
const SETTLED_TURNS = 3;
/** Heartbeats run so many to a turn. */
const BATCH = 100;
/**
 * How far time may jump without a word from outside. A unit that restarts for ever is always waited for; it must neither burn a
 * processor nor run up the bill of a year while nobody looks.
 */
const LONGEST_JUMP_MS = 30 * 60_000;

/**
 * Virtual time. What is due runs in order and `now()` never passes something that has not run yet, so a chain of waits is exactly
 * as long as their sum, however late the event loop is.
 */
export class VirtualTimeline implements Timeline {
  readonly #queue = new EventQueue();
  readonly #rate: number;
  #anchorReal: number;
  #anchorVirtual: number;
  /** The moment of the last thing that ran: time never goes back behind it. */
  #floor: number;
  #order = 0;
  #held = 0;
  /** Changes whenever something new was asked for. */
  #activity = 0;
  #settledTurns = 0;
  #seenActivity = 0;
  #jumpsEnd: number;
  /** Turns for which time still stands at the floor. */
  #standingTurns = 0;
  #turn: NodeJS.Immediate | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isDisposed = false;

  constructor(
    readonly speed: number,
    start: number,
    private readonly realNow: () => number = () => performance.now(),
  ) {
    this.#rate = Number.isFinite(speed) ? speed : IDLE_SPEED;
    this.#anchorReal = realNow();
    this.#anchorVirtual = start;
    this.#floor = start;
    this.#jumpsEnd = start + LONGEST_JUMP_MS;
    this.#arm();
  }

  now(): number {
    if (this.#standingTurns > 0) return this.#floor;
    const flow = this.#flow();
    const next = this.#queue.peek();
    const reached = next !== undefined && next.at < flow ? next.at : flow;
    return Math.max(this.#floor, Math.floor(reached));
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (): void => {
        // The caller's own reason, whatever it is.
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
        reject(signal?.reason);
      };
      if (signal?.aborted === true) {
        fail();
        return;
      }
      const abort = (): void => {
        cancel();
        fail();
      };
      const cancel = this.after(ms, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  after(ms: number, run: () => void): Cancel {
    return this.#add(this.now() + Math.max(0, Math.ceil(ms)), run, true);
  }

  every(ms: number, run: () => void): Cancel {
    const beat = Math.max(1, Math.ceil(ms));
    // One event for all beats: there are thousands a second, of many clusters.
    const event: TimedEvent = {
      ...{ at: 0, order: 0, isAwaited: false, isOver: true },
      run: () => {
        this.#enqueue(event, event.at + beat);
        run();
      },
    };
    this.#enqueue(event, this.now() + beat);
    return () => this.#queue.cancel(event);
  }

  hold(): Cancel {
    this.#held += 1;
    this.#activity += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#held -= 1;
      this.#activity += 1;
      this.#arm();
    };
  }

  /** Keeps time from jumping for some turns of the event loop: data is on its way inside the process. */
  settle(turns: number): void {
    const release = this.hold();
    const wait = (left: number): void => {
      if (left === 0) release();
      else setImmediate(wait, left - 1);
    };
    wait(turns);
  }

  /** Somebody outside is using the cloud: time may go on jumping. */
  touch(): void {
    this.#activity += 1;
    this.#jumpsEnd = this.now() + LONGEST_JUMP_MS;
    this.#arm();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#disarm();
  }

  #add(at: number, run: () => void, isAwaited: boolean): Cancel {
    const event: TimedEvent = { at, order: 0, run, isAwaited, isOver: true };
    this.#enqueue(event, at);
    return () => {
      this.#queue.cancel(event);
    };
  }

  /** Not in the queue, or not any more. */
  #enqueue(event: TimedEvent, at: number): void {
    event.at = at;
    event.order = this.#order += 1;
    event.isOver = false;
    this.#queue.add(event);
    this.#activity += 1;
    this.#arm();
  }

  #flow(): number {
    const passed = Math.min(this.realNow() - this.#anchorReal, LONGEST_PAUSE_MS);
    return this.#anchorVirtual + passed * this.#rate;
  }

  #anchor(virtual: number): void {
    this.#anchorReal = this.realNow();
    this.#anchorVirtual = virtual;
  }

  get #canJump(): boolean {
    return !Number.isFinite(this.speed) && this.#held === 0 && this.#queue.awaited > 0 && this.#floor < this.#jumpsEnd;
  }

  /** Sees to it that the next thing runs in time: at once by an immediate, later by a timer. */
  #arm(): void {
    if (this.#isRunning || this.#isDisposed || this.#turn !== undefined) return;
    const next = this.#queue.peek();
    const dueIn = next === undefined ? Infinity : (next.at - this.#flow()) / this.#rate;
    this.#disarm();
    if (dueIn <= 0 || this.#canJump || this.#standingTurns > 0) {
      this.#turn = setImmediate(() => {
        this.#turn = undefined;
        this.#runTurn();
      });
      return;
    }
    // The tick keeps the anchor fresh, so that a machine that wakes from sleep finds time where it was.
    this.#timer = setTimeout(() => this.#runTurn(), Math.min(Math.ceil(dueIn), TICK_MS));
    if (this.#queue.awaited === 0) this.#timer.unref();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    this.#timer = undefined;
    this.#turn = undefined;
  }

  #runTurn(): void {
    this.#anchor(this.#flow());
    this.#isRunning = true;
    try {
      if (this.#standingTurns > 0) this.#standingTurns -= 1;
      else if (this.#canJump && this.#hasSettled()) this.#runNext();
      else this.#runDue();
    } finally {
      this.#isRunning = false;
      this.#arm();
    }
  }

  #hasSettled(): boolean {
    this.#settledTurns = this.#activity === this.#seenActivity ? this.#settledTurns + 1 : 0;
    this.#seenActivity = this.#activity;
    return this.#settledTurns >= SETTLED_TURNS;
  }

  /** Everything that is due, but after something that is waited for the event loop first sees what comes of it. */
  #runDue(): void {
    for (let count = 0; count < BATCH; count += 1) {
      const next = this.#queue.peek();
      if (next === undefined || next.at > this.#anchorVirtual) return;
      this.#run(next);
      if (next.isAwaited) return;
    }
  }

  /** Jumps to what comes next: heartbeats on the way, then what is waited for. */
  #runNext(): void {
    for (let count = 0; count < BATCH && this.#queue.awaited > 0; count += 1) {
      const next = this.#queue.peek();
      if (next === undefined) return;
      if (next.at > this.#anchorVirtual) this.#anchor(next.at);
      this.#run(next);
      if (next.isAwaited) {
        this.#settledTurns = 0;
        return;
      }
    }
  }

  #run(event: TimedEvent): void {
    this.#queue.take();
    this.#floor = Math.max(this.#floor, event.at);
    if (event.isAwaited) this.#standingTurns = SETTLED_TURNS;
    event.run();
  }
}
