import type { Timeline } from '../kernel';
import type { CommandResult } from './executionTypes';
import { NOTHING } from './executionTypes';

/** bash's `time`, by the node's clock. */
export class Stopwatch {
  readonly #timeline: Timeline;
  readonly #starts: number[] = [];

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** `start`, later `stop`, or `posix` for `time -p`: then it says how long, and passes on the status of what was measured. */
  press(verb: string | undefined, status: number): CommandResult {
    const now = this.#timeline.now();
    if (verb === 'start') {
      this.#starts.push(now);
      return NOTHING;
    }
    const seconds = (now - (this.#starts.pop() ?? now)) / 1000;
    if (verb === 'posix') {
      return { ...NOTHING, stderr: `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`, exitCode: status };
    }
    const real = `${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s`;
    return { ...NOTHING, stderr: `\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s\n`, exitCode: status };
  }
}
