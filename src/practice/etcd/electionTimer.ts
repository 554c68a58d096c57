import type { Cancel, Host, Kernel } from '../kernel';

/** What a member will do when it has heard of no leader for long enough; at most one thing at a time. */
export class ElectionTimer {
  #disarm: Cancel | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly host: Host,
  ) {}

  /** Nothing happens when it is armed already. */
  arm(ms: number, run: () => void): void {
    if (this.#disarm !== undefined) {
      return;
    }
    const election = new AbortController();
    this.#disarm = () => election.abort();
    this.kernel.ledger.delay('etcd-election', this.host.name, ms, election.signal).then(
      () => {
        this.#disarm = undefined;
        run();
      },
      () => undefined, // Disarmed.
    );
  }

  /** Runs again and again until disarmed. Nobody waits for this: it may go on for as long as a half-cut network lasts. */
  repeat(ms: number, run: () => void): void {
    this.#disarm = this.kernel.timeline.every(ms, run);
  }

  disarm(): void {
    this.#disarm?.();
    this.#disarm = undefined;
  }
}
