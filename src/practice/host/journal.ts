import type { Cancel, Journal, JournalEntry } from '../kernel';
import { withSuffix } from './systemd/unitName';

/** One entry in the state file: short, because every node keeps some. */
export type StoredEntry = readonly [at: number, unit: string, identifier: string, pid: number, text: string];

const KEPT = 4000;
/** After a restart of the process the latest lines are there again; more would only make the state file heavy. */
const STORED = 200;

/** journald's files, in bytes: what is taken of the disk, and what of that is written. */
export interface JournalFiles {
  allocated: number;
  used: number;
}

interface Parts {
  now(): number;
  pidOf(unit: string): number;
  readonly stored: StoredEntry[];
  readonly files: JournalFiles;
  /** Takes more of the disk; false when it is full. */
  grow(bytes: number): boolean;
  changed(): void;
}

/** journald takes disk space eight megabytes at a time (FILE_SIZE_INCREASE): when the disk is full it goes on for as long as they last. */
const STEP = 8 * 1024 * 1024;
/** An entry with its fields and its places in the indices, beside its text. */
const ENTRY_BYTES = 600;
/** The older of two files makes room for the next when the journal has its share of the disk (SystemMaxUse). */
const LARGEST = 256 * 1024 * 1024;
/** Complaints go to the kernel's ring buffer, which needs no disk; more often they would drive everything else out of it. */
const COMPLAINT_MS = 30_000;
const KERNEL = 'kernel';

/** journald of one node: bounded, oldest first. */
export class HostJournal implements Journal {
  readonly #parts: Parts;
  readonly #followers = new Set<(entry: JournalEntry) => void>();
  #entries: JournalEntry[];
  #complainedAt = -Infinity;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#entries = parts.stored.map(([at, unit, identifier, pid, text]) => ({ at, unit, identifier, pid, text }));
  }

  append(unit: string, identifier: string, text: string): void {
    this.write(unit, identifier, this.#parts.pidOf(unit), text);
  }

  /** As `append`, for a process that knows its pid. What finds no room is lost. */
  write(unit: string, identifier: string, pid: number, text: string): void {
    const bytes = ENTRY_BYTES + Buffer.byteLength(text);
    if (identifier === KERNEL || this.#takes(bytes)) {
      this.#keep(unit, identifier, pid, text);
    } else if (this.#parts.now() - this.#complainedAt >= COMPLAINT_MS) {
      this.#complainedAt = this.#parts.now();
      const who = `systemd-journald[${this.#parts.pidOf('systemd-journald.service')}]`;
      this.#keep(
        '',
        KERNEL,
        0,
        `${who}: Failed to write entry (9 items, ${bytes} bytes), ignoring: No space left on device`,
      );
    }
  }

  #takes(bytes: number): boolean {
    const { files } = this.#parts;
    if (files.used + bytes > files.allocated) {
      if (files.allocated >= LARGEST) {
        files.used -= STEP;
      } else if (this.#parts.grow(STEP)) {
        files.allocated += STEP;
      } else {
        return false;
      }
    }
    files.used += bytes;
    return true;
  }

  #keep(unit: string, identifier: string, pid: number, text: string): void {
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
