import { Refusal } from '../cloud/refusal';
import type { Timeline } from '../kernel';

/** DigitalOcean's limits for one token (openapi, "Rate Limit"): an hour, a burst, and one of its own for listing keys. */
const HOUR = { limit: 5000, windowMs: 3_600_000 };
const BURST = { limit: 250, windowMs: 60_000 };
const KEYS = { limit: 10, windowMs: 60_000 };

/** Moments of the latest requests, oldest first. */
class Window {
  #times: number[] = [];
  #start = 0;

  constructor(private readonly rule: { limit: number; windowMs: number }) {}

  /** Forgets what has left the window. */
  count(now: number): number {
    while ((this.#times[this.#start] ?? Infinity) <= now - this.rule.windowMs) this.#start += 1;
    if (this.#start > 1000) {
      this.#times = this.#times.slice(this.#start);
      this.#start = 0;
    }
    return this.#times.length - this.#start;
  }

  add(now: number): void {
    this.#times.push(now);
  }

  /** When the oldest request leaves the window. */
  freesAt(now: number): number {
    return (this.#times[this.#start] ?? now) + this.rule.windowMs;
  }

  isFull(now: number): boolean {
    return this.count(now) >= this.rule.limit;
  }
}

interface TokenWindows {
  readonly hour: Window;
  readonly burst: Window;
  readonly keys: Window;
  /** Somebody who was refused waits. */
  isAwaited: boolean;
}

/** Counts requests by token, each leaving its window by itself. Time is the provider's. */
export class RateLimits {
  readonly #tokens = new Map<string, TokenWindows>();

  constructor(private readonly timeline: Timeline) {}

  /** Counts the request and gives the headers of its reply; throws the refusal when there were too many. */
  take(token: string, isKeyList: boolean): Readonly<Record<string, string>> {
    const now = this.timeline.now();
    const windows = this.#windows(token);
    const full = [windows.hour, windows.burst, ...(isKeyList ? [windows.keys] : [])].find((one) => one.isFull(now));
    if (full !== undefined) {
      const waitS = Math.max(1, Math.ceil((full.freesAt(now) - now) / 1000));
      this.#expect(windows, waitS * 1000);
      throw new Refusal(429, 'too_many_requests', 'API Rate limit exceeded.', {
        ...this.#headers(windows.hour, now, 0),
        'retry-after': String(waitS),
      });
    }
    windows.hour.add(now);
    windows.burst.add(now);
    if (isKeyList) windows.keys.add(now);
    return this.#headers(windows.hour, now, HOUR.limit - windows.hour.count(now));
  }

  /** Who is refused waits for the moment at which it may ask again: with `--speed max` that is what time jumps to. */
  #expect(windows: TokenWindows, waitMs: number): void {
    if (windows.isAwaited) return;
    windows.isAwaited = true;
    this.timeline.after(waitMs, () => (windows.isAwaited = false));
  }

  #headers(hour: Window, now: number, remaining: number): Record<string, string> {
    return {
      'ratelimit-limit': String(HOUR.limit),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(Math.ceil(hour.freesAt(now) / 1000)),
    };
  }

  #windows(token: string): TokenWindows {
    const known = this.#tokens.get(token);
    if (known !== undefined) return known;
    const made = { hour: new Window(HOUR), burst: new Window(BURST), keys: new Window(KEYS), isAwaited: false };
    this.#tokens.set(token, made);
    return made;
  }
}
