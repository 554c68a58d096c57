import type { Cancel } from '../kernel';

type Kind = 'reboot' | 'poweroff';

/** `reboot` and `poweroff` inside the node: told to the cloud. */
export class PowerRequests {
  readonly #listeners = new Set<(kind: Kind) => void>();

  listen(listener: (kind: Kind) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(kind: Kind): void {
    for (const listener of [...this.#listeners]) {
      listener(kind);
    }
  }
}
