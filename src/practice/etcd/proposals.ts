import { stallMs } from '../host/resources/stall';
import type { Host, Kernel } from '../kernel';
import type { EtcdEvent } from './api';
import { EtcdError, PROPOSAL_TIMEOUT_MS, timedOut } from './errors';
import { MergedLog } from './mergedLog';

interface Sender {
  knowsLeader(): boolean;
  send(sequence: number): void;
}

interface Waiter {
  resolve(event: EtcdEvent | undefined): void;
  reject(error: unknown): void;
}

/** What a member proposed and waits for: until it has applied it, or until the time for it is over. */
export class Proposals {
  readonly #pending = new Map<number, Waiter>();
  readonly #leaderWaiters = new Set<() => void>();
  /** Starts at the hour of the start, so that no entry of an earlier life is taken for one of this. */
  #sequence: number;
  readonly #log: MergedLog;
  /** How many were given up. */
  failed = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly host: Host,
    log: (text: string) => void,
  ) {
    this.#sequence = kernel.timeline.now() * 1_000;
    this.#log = new MergedLog(kernel, log);
  }

  /**
   * Sends a proposal, after a leader is known. A proposal that gets lost on the way is told by nobody but the time-out.
   * @throws EtcdError 300 when it was not committed in time, or whatever the store says to it
   */
  async run(member: Sender): Promise<EtcdEvent | undefined> {
    try {
      return await this.#run(member);
    } catch (error) {
      if (error instanceof EtcdError && error.code === 300) {
        this.failed += 1;
        this.#log.say(`got unexpected response error (${error.cause})`);
      }
      throw error;
    }
  }

  async #run(member: Sender): Promise<EtcdEvent | undefined> {
    const { timeline } = this.kernel;
    const deadline = timeline.now() + PROPOSAL_TIMEOUT_MS;
    const stall = stallMs(this.host.resources);
    if (stall > 0) {
      await this.#stall(stall);
    }
    // With a leader everything happens in this very call: heartbeats run many in a row, and none may find the one before undone.
    if (!member.knowsLeader()) {
      await this.#leaderOr(deadline);
      if (!member.knowsLeader()) {
        throw timedOut();
      }
    }
    const sequence = (this.#sequence += 1);
    const answer = new Promise<EtcdEvent | undefined>((resolve, reject) => {
      this.#pending.set(sequence, { resolve, reject });
    });
    member.send(sequence);
    if (!this.#pending.has(sequence)) {
      return await answer;
    }
    const cancel = timeline.after(deadline - timeline.now(), () => {
      this.take(sequence)?.reject(timedOut());
    });
    return await answer.finally(cancel);
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Whoever waits for this entry, to be told what became of it. */
  take(sequence: number): Waiter | undefined {
    const waiter = this.#pending.get(sequence);
    this.#pending.delete(sequence);
    return waiter;
  }

  leaderFound(): void {
    for (const settle of [...this.#leaderWaiters]) {
      settle();
    }
  }

  /** The node thrashes: what is written comes late, or too late for whoever asked. */
  async #stall(ms: number): Promise<void> {
    await this.kernel.ledger.delay('thrashing', this.host.name, Math.min(ms, PROPOSAL_TIMEOUT_MS));
    if (ms >= PROPOSAL_TIMEOUT_MS) {
      throw timedOut();
    }
  }

  async #leaderOr(deadline: number): Promise<void> {
    const { timeline } = this.kernel;
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        cancel();
        this.#leaderWaiters.delete(settle);
        resolve();
      };
      const cancel = timeline.after(deadline - timeline.now(), settle);
      this.#leaderWaiters.add(settle);
    });
  }
}
