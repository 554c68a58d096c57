import type { ServiceResult } from './exitStatus';
import type { RestartPolicy, UnitConfig } from './unitConfig';

/** systemd.service(5), table "Exit causes and the effect of the Restart= settings". */
export function shouldRestart(policy: RestartPolicy, result: ServiceResult): boolean {
  const isAbnormal = result === 'timeout' || result === 'signal' || result === 'oom-kill';
  switch (policy) {
    case 'no':
    case 'on-watchdog':
      return false;
    case 'always':
      return true;
    case 'on-success':
      return result === 'success';
    case 'on-failure':
      return result !== 'success';
    case 'on-abnormal':
      return isAbnormal;
    case 'on-abort':
      return result === 'signal' || result === 'oom-kill';
  }
}

/** At most `StartLimitBurst` starts in `StartLimitInterval`. */
export class StartLimit {
  #starts: number[] = [];

  allows(now: number, config: UnitConfig): boolean {
    if (config.startLimitMs <= 0 || config.startLimitBurst <= 0) {
      return true;
    }
    this.#starts = this.#starts.filter((at) => now - at < config.startLimitMs);
    if (this.#starts.length >= config.startLimitBurst) {
      return false;
    }
    this.#starts.push(now);
    return true;
  }

  reset(): void {
    this.#starts = [];
  }
}
