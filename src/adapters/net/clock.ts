import type { Clock, Deadline } from '../../core/ports';
import { abortReason, allowManyListeners } from './abort';

/**
 * Real milliseconds below which no call over a wire is given up, however fast the provider's time runs: a busy computer that
 * runs five nodes beside an editor needs them for an honest answer.
 */
const LEAST_DEADLINE_MS = 4_000;
/** At speed `max` the provider's time jumps to what is waited for; a wait of ours is then only a breath. */
const BREATH_MS = 5;
/** At speed `max`, with nothing waited for, the practice cloud lets its time run this many times faster than ours. */
const IDLE_SPEED_AT_MAX = 60;
/** setTimeout fires at once for anything longer. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** Real timers for `ms` of provider time. */
interface Pace {
  now(): number;
  waitMs(ms: number): number;
  deadlineMs(ms: number): number;
}

/**
 * Our own time. Waits and deadlines hang on the runtime's monotonic clock, so moving the computer's clock neither cuts a
 * wait short nor stretches it; `now()` follows the computer's clock.
 */
export function createClock(): Clock {
  return clockAt({ now: () => Date.now(), waitMs: (ms) => ms, deadlineMs: (ms) => ms });
}

export interface ScaledClock extends Clock {
  /** Takes over what the provider just announced: its time stands still while its process is off. */
  sync(announced: { speed: number | 'max'; now: number }): void;
}

/** A provider's time that runs faster than ours, such as the practice cloud's. */
export function createScaledClock(monotonicMs: () => number = () => performance.now()): ScaledClock {
  let speed: number | 'max' = 1;
  let base = { real: monotonicMs(), provider: Date.now() };
  const now = (): number => {
    const rate = speed === 'max' ? IDLE_SPEED_AT_MAX : speed;
    return Math.round(base.provider + (monotonicMs() - base.real) * rate);
  };
  return {
    ...clockAt({
      now,
      waitMs: (ms) => (speed === 'max' ? Math.min(ms, BREATH_MS) : ms / speed),
      deadlineMs: (ms) => Math.max(LEAST_DEADLINE_MS, speed === 'max' ? 0 : ms / speed),
    }),
    sync(announced) {
      speed = announced.speed;
      base = { real: monotonicMs(), provider: announced.now };
    },
  };
}

function clockAt(pace: Pace): Clock {
  return {
    now: () => pace.now(),
    sleep: async (ms, signal) => await sleep(pace.waitMs(ms), signal),
    deadline: (ms, signal) => startDeadline(ms === Infinity ? Infinity : pace.deadlineMs(ms), signal),
  };
}

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = startTimer(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    const onAbort = (): void => {
      timer.cancel();
      reject(abortReason(signal));
    };
    allowManyListeners(signal);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function startDeadline(ms: number, signal?: AbortSignal): Deadline {
  const controller = new AbortController();
  let hasPassed = false;
  const timer = startTimer(ms, () => {
    hasPassed = true;
    controller.abort(new DOMException('The deadline has passed.', 'TimeoutError'));
  });
  const onAbort = (): void => {
    timer.cancel();
    controller.abort(signal?.reason);
  };
  if (signal?.aborted === true) {
    onAbort();
  }
  allowManyListeners(signal);
  signal?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    get hasPassed() {
      return hasPassed;
    },
    dispose() {
      timer.cancel();
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

/** Also for more than the 24.8 days one timer can count; `Infinity` never ends. */
function startTimer(ms: number, run: () => void): { cancel(): void } {
  if (ms === Infinity) {
    return { cancel: () => undefined };
  }
  let timer: NodeJS.Timeout;
  const arm = (left: number): void => {
    const step = Math.min(left, LONGEST_TIMER_MS);
    timer = setTimeout(() => (left > step ? arm(left - step) : run()), step);
  };
  arm(Math.max(0, ms));
  return { cancel: () => clearTimeout(timer) };
}
