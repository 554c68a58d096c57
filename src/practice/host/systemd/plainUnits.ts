import type { JobResult } from './service';
import { startedWords, stoppedWords, SUB_STATES } from './sockets';
import type { Unit } from './unit';

/** The kernel's swap; each answers why it would not, undefined when it did. */
export interface SwapSwitch {
  on(path: string): string | undefined;
  off(path: string): string | undefined;
}

interface Parts {
  readonly swap: SwapSwitch;
  readonly log: (unit: string, text: string) => void;
}

/** Units that are no services: nothing runs for them, they are just there; swap is turned on with its unit. */
export class PlainUnits {
  constructor(private readonly parts: Parts) {}

  start(unit: Unit): JobResult {
    const { kind } = unit.config.name;
    if (kind === 'swap') {
      return this.#startSwap(unit, unit.config.what ?? '');
    }
    unit.set('active', SUB_STATES[kind] ?? 'active');
    this.parts.log(unit.name, startedWords(unit));
    return 'done';
  }

  /** False when it must stay as it is. */
  stop(unit: Unit): boolean {
    const problem = unit.config.name.kind === 'swap' ? this.parts.swap.off(unit.config.what ?? '') : undefined;
    if (problem !== undefined) {
      this.parts.log(unit.name, `swapoff: ${problem}`);
      return false;
    }
    unit.set('inactive', 'dead');
    this.parts.log(
      unit.name,
      unit.config.name.kind === 'swap' ? `Deactivated swap ${unit.title}.` : stoppedWords(unit),
    );
    return true;
  }

  /** systemd runs swapon for it (systemd.swap(5)); the words are systemd 229's. */
  #startSwap(unit: Unit, path: string): JobResult {
    const { log, swap } = this.parts;
    const problem = swap.on(path);
    if (problem === undefined) {
      unit.result = 'success';
      unit.set('active', 'active');
      log(unit.name, `Activated swap ${unit.title}.`);
      return 'done';
    }
    log(unit.name, `swapon: ${problem}`);
    log(unit.name, `${unit.name}: Swap process exited, code=exited status=255`);
    log(unit.name, `Failed to activate swap ${unit.title}.`);
    log(unit.name, `${unit.name}: Unit entered failed state.`);
    unit.result = 'exit-code';
    unit.set('failed', 'failed');
    return 'failed';
  }
}
