import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';
import { BulkFolder } from './bulkFiles';
import type { StateFile } from './kernel';

const FORMAT = 1;
const NAME = 'state.json';
/** Changes nobody waits for are gathered this long, and longer when writing takes long. */
const GATHER_MS = 40;
/** Of the time at most one part in so many goes into writing what nobody waits for. */
const WRITING_SHARE = 8;
/** A disk that was full may have room again, though nothing has changed since. */
const RETRY_MS = 2_000;

/** Inside a text it would have backslashes. */
const BULK_NAME = /"bulk":"(\d+)"/g;

interface Stored {
  readonly format: number;
  readonly sections: Record<string, object>;
}

function isStored(value: unknown): value is Stored {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === FORMAT &&
    'sections' in value &&
    typeof value.sections === 'object' &&
    value.sections !== null &&
    Object.values(value.sections).every((section) => typeof section === 'object' && section !== null)
  );
}

/** What was stored, or nothing, with a sentence about a file that could not be read and was kept aside. */
function load(file: string): { sections: Record<string, object>; notice?: string } {
  if (!existsSync(file)) return { sections: {} };
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isStored(value)) return { sections: value.sections };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(file, aside);
  return {
    sections: {},
    notice: `The practice cloud's state was damaged and starts empty; the old file is kept as ${aside}.`,
  };
}

/** One JSON file in a folder of its own: written to a neighbour, synced, then moved into place. */
export class JsonStateFile implements StateFile {
  /** Said once at the start when the file could not be read. */
  readonly notice: string | undefined;
  readonly bulk: BulkFolder;
  readonly #file: string;
  readonly #sections: Map<string, object>;
  readonly #written = new Map<string, string>();
  /** By section, the long contents that it names. */
  readonly #named = new Map<string, readonly string[]>();
  readonly #dirty = new Set<string>();
  readonly #beforeSave = new Map<string, () => void>();
  #version = 0;
  #savedVersion = 0;
  #saving: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastTookMs = 0;
  #isFailing = false;
  #isDisposed = false;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#file = path.join(folder, NAME);
    this.bulk = new BulkFolder(folder);
    const { sections, notice } = load(this.#file);
    this.#sections = new Map(Object.entries(sections));
    this.notice = notice;
    for (const name of this.#sections.keys()) this.#dirty.add(name);
  }

  section<T extends object>(name: string, initial: () => T): T {
    const known = this.#sections.get(name);
    // We wrote it ourselves, in the format that `load` has checked.
    if (known !== undefined) return known as T;
    const made = initial();
    this.#sections.set(name, made);
    this.changed(name);
    return made;
  }

  sectionNames(): string[] {
    return [...this.#sections.keys()];
  }

  changed(section?: string): void {
    this.#version += 1;
    for (const name of section === undefined ? this.#sections.keys() : [section]) this.#dirty.add(name);
    this.#saveIn(Math.max(GATHER_MS, this.#lastTookMs * WRITING_SHARE));
  }

  remove(section: string): void {
    if (!this.#sections.delete(section)) return;
    this.#written.delete(section);
    this.#named.delete(section);
    this.changed(section);
  }

  /** Brings a section up to date before each write: time itself is part of the state. */
  beforeSave(section: string, run: () => void): void {
    this.#beforeSave.set(section, run);
  }

  async saved(): Promise<void> {
    const wanted = this.#version;
    while (this.#savedVersion < wanted) {
      this.#saving ??= this.#save().finally(() => {
        this.#saving = undefined;
      });
      await this.#saving;
    }
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#version += 1;
    await this.saved();
    clearTimeout(this.#timer);
  }

  async #save(): Promise<void> {
    // Whatever asks in the same turn of the event loop goes into the same write.
    await new Promise(setImmediate);
    const version = this.#version;
    const started = performance.now();
    try {
      await this.#write();
    } catch (error) {
      this.#report(error);
      this.#saveIn(RETRY_MS);
      throw error;
    }
    this.#isFailing = false;
    this.#savedVersion = version;
    this.#lastTookMs = performance.now() - started;
  }

  async #write(): Promise<void> {
    const temporary = `${this.#file}.new`;
    const text = this.#render();
    const unused = this.#unusedBulk();
    await this.bulk.sync();
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#file);
    this.bulk.remove(unused);
  }

  /** As of the text that is about to be written. A damaged state that was kept aside may name all there are. */
  #unusedBulk(): string[] {
    return this.bulk.size === 0 || this.notice !== undefined
      ? []
      : this.bulk.unused(new Set([...this.#named.values()].flat()));
  }

  #render(): string {
    for (const [section, run] of this.#beforeSave) {
      run();
      this.#dirty.add(section);
    }
    for (const name of this.#dirty) {
      const section = this.#sections.get(name);
      if (section !== undefined) this.#keepText(name, JSON.stringify(section));
    }
    this.#dirty.clear();
    const sections = [...this.#written].map(([name, text]) => `${JSON.stringify(name)}:${text}`);
    return `{"format":${FORMAT},"sections":{${sections.join(',\n')}}}\n`;
  }

  #keepText(section: string, text: string): void {
    this.#written.set(section, text);
    if (this.bulk.size > 0)
      this.#named.set(
        section,
        [...text.matchAll(BULK_NAME)].map(([, name = '']) => name),
      );
  }

  /** What still changes after the last save is of a cloud that has ended. */
  #saveIn(ms: number): void {
    if (this.#isDisposed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.saved().catch(() => undefined); // said, and tried again, by #save
    }, ms);
  }

  /** Once for each spell of failing, not with every try. */
  #report(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`The practice cloud could not save its state to ${this.#file}: ${why}\n`);
  }
}
