import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Timeline } from './kernel';

const NAME = 'clock';
/** Somebody who looked may have seen what time it was: after a kill it must not be much earlier again. */
const AFTER_A_LOOK_MS = 1_000;
const UNSEEN_MS = 15_000;

/** What time it is, kept beside the state: it goes on while nothing else changes. */
export class ClockFile {
  readonly #file: string;
  #wasSeen = false;
  #writtenAt = performance.now();
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(folder: string) {
    this.#file = path.join(folder, NAME);
  }

  /** The time of the last write; 0 when there is none that can be read. */
  read(): number {
    try {
      const now = Number(readFileSync(this.#file, 'utf8'));
      return Number.isFinite(now) ? now : 0;
    } catch {
      return 0; // The state file has the time as well, only older.
    }
  }

  keep(timeline: Timeline): void {
    this.#timer = setInterval(() => {
      if (!this.#wasSeen && performance.now() - this.#writtenAt < UNSEEN_MS) return;
      this.#wasSeen = false;
      this.#writtenAt = performance.now();
      this.#writing ??= this.#write(timeline.now()).finally(() => (this.#writing = undefined));
    }, AFTER_A_LOOK_MS);
    this.#timer.unref();
  }

  /** Somebody outside is looking. */
  see(): void {
    this.#wasSeen = true;
  }

  async dispose(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
  }

  async #write(now: number): Promise<void> {
    try {
      await writeFile(`${this.#file}.new`, String(now), { mode: 0o600 });
      await rename(`${this.#file}.new`, this.#file);
    } catch {
      // A full disk is reported where the state itself cannot be saved.
    }
  }
}
