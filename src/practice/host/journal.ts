import type { Cancel, Journal, JournalEntry } from '../kernel';
import { withSuffix } from './systemd/unitName';

/** One entry in the state file: short, because every node keeps some. */
export type StoredEntry = readonly [at: number, unit: string, identifier: string, pid: number, text: string];

const KEPT = 4000;
/** After a restart of the process the latest lines are there again; more would only make the state file heavy. */
const STORED = 200;

interface Parts {
  now(): number;
  pidOf(unit: string): number;
  readonly stored: StoredEntry[];
  changed(): void;
}

/** journald of one node: bounded, oldest first. */
export class HostJournal implements Journal {
  readonly #parts: Parts;
  readonly #followers = new Set<(entry: JournalEntry) => void>();
  #entries: JournalEntry[];

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#entries = parts.stored.map(([at, unit, identifier, pid, text]) => ({ at, unit, identifier, pid, text }));
  }

  append(unit: string, identifier: string, text: string): void {
    this.write(unit, identifier, this.#parts.pidOf(unit), text);
  }

  /** As `append`, for a process that knows its pid. */
  write(unit: string, identifier: string, pid: number, text: string): void {
    const entry: JournalEntry = { at: this.#parts.now(), unit, identifier, pid, text };
    this.#entries.push(entry);
    if (this.#entries.length > KEPT * 1.25) {
      this.#entries = this.#entries.slice(-KEPT);
    }
    const { stored } = this.#parts;
    stored.push([entry.at, unit, identifier, pid, text]);
    if (stored.length > STORED * 1.5) {
      stored.splice(0, stored.length - STORED);
    }
    this.#parts.changed();
    for (const follower of [...this.#followers]) {
      follower(entry);
    }
  }

  read(filter: { unit?: string; lines?: number; sinceMs?: number } = {}): readonly JournalEntry[] {
    const unit = filter.unit === undefined ? undefined : withSuffix(filter.unit);
    const found = this.#entries.filter(
      (entry) => (unit === undefined || entry.unit === unit) && entry.at >= (filter.sinceMs ?? 0),
    );
    return filter.lines === undefined ? found : filter.lines === 0 ? [] : found.slice(-filter.lines);
  }

  follow(filter: { unit?: string }, listener: (entry: JournalEntry) => void): Cancel {
    const unit = filter.unit === undefined ? undefined : withSuffix(filter.unit);
    const follower = (entry: JournalEntry): void => {
      if (unit === undefined || entry.unit === unit) {
        listener(entry);
      }
    };
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
