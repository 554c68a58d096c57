import type { Cancel, ProcessInfo } from '../../kernel';

/** Of processes that are there in every node; others begin where a booted machine is by then. */
const FIRST_PID = 420;

export interface ProcessEntry {
  readonly pid: number;
  readonly remove: Cancel;
}

/** What runs on the node. */
export class ProcessTable {
  readonly #now: () => number;
  readonly #entries = new Map<number, ProcessInfo>();
  #lastPid = FIRST_PID;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(facts: Omit<ProcessInfo, 'pid' | 'startedAt' | 'parentPid'> & { parentPid?: number }): ProcessEntry {
    this.#lastPid += 1;
    const pid = this.#lastPid;
    this.#entries.set(pid, { parentPid: 1, ...facts, pid, startedAt: this.#now() });
    return { pid, remove: () => this.#entries.delete(pid) };
  }

  get lastPid(): number {
    return this.#lastPid;
  }

  get all(): readonly ProcessInfo[] {
    return [...this.#entries.values()];
  }

  ofUnit(unit: string): readonly ProcessInfo[] {
    return this.all.filter((entry) => entry.unit === unit);
  }

  /** After a restart of the practice process pids go on above those that were seen. */
  startAbove(pid: number): void {
    this.#lastPid = Math.max(this.#lastPid, pid);
  }

  /** A container counts from the beginning. */
  startFrom(pid: number): void {
    this.#lastPid = pid;
  }

  clear(): void {
    this.#entries.clear();
    this.#lastPid = FIRST_PID;
  }
}
