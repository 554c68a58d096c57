import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BulkFile, BulkStore } from './kernel';

const FOLDER = 'files';
/** What is copied at a time when a file that others share is changed. */
const PIECE = 1024 * 1024;

/**
 * Long contents of the nodes' files, each a file of its own beside the state file, which only names it: neither memory nor every
 * later save of the state has to hold them.
 */
export class BulkFolder implements BulkStore {
  readonly #folder: string;
  readonly #files = new Map<string, StoredBulk>();
  readonly #unsynced = new Set<StoredBulk>();
  #last = 0;

  constructor(stateFolder: string) {
    this.#folder = path.join(stateFolder, FOLDER);
    for (const name of namesIn(this.#folder)) {
      this.#files.set(name, this.#bulk(name));
      this.#last = Math.max(this.#last, Number(name));
    }
  }

  get size(): number {
    return this.#files.size;
  }

  create(): BulkFile {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#last += 1;
    const name = String(this.#last);
    const file = this.#bulk(name);
    closeSync(openSync(file.path, 'w', 0o600));
    this.#files.set(name, file);
    return file;
  }

  find(name: string): BulkFile | undefined {
    return this.#files.get(name);
  }

  /** What was written so far is on disk afterwards: before the state that names it. */
  async sync(): Promise<void> {
    const files = [...this.#unsynced];
    this.#unsynced.clear();
    await Promise.all(files.filter(({ name }) => this.#files.has(name)).map((file) => file.sync()));
  }

  /** Those that neither the state names nor a session has open. */
  unused(named: ReadonlySet<string>): string[] {
    return [...this.#files.values()].filter(({ name, isOpen }) => !named.has(name) && !isOpen).map(({ name }) => name);
  }

  remove(names: readonly string[]): void {
    for (const file of names.map((name) => this.#files.get(name)).filter((one) => one?.isOpen === false)) {
      this.#files.delete(file?.name ?? '');
      rmSync(file?.path ?? '', { force: true });
    }
  }

  #bulk(name: string): StoredBulk {
    return new StoredBulk(name, path.join(this.#folder, name), (file) => this.#unsynced.add(file));
  }
}

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return []; // Nobody has written a long file yet.
  }
};

const synced = promisify(fdatasync);

class StoredBulk implements BulkFile {
  #descriptor: number | undefined;
  #users = 0;

  constructor(
    readonly name: string,
    readonly path: string,
    private readonly changed: (file: StoredBulk) => void,
  ) {}

  get isOpen(): boolean {
    return this.#users > 0;
  }

  get size(): number {
    return this.#use((descriptor) => fstatSync(descriptor).size);
  }

  open(): void {
    this.#users += 1;
  }

  close(): void {
    this.#users -= 1;
    if (this.#users === 0 && this.#descriptor !== undefined) {
      closeSync(this.#descriptor);
      this.#descriptor = undefined;
    }
  }

  read(offset: number, length: number): Buffer {
    return this.#use((descriptor) => {
      const bytes = Buffer.allocUnsafe(length);
      let done = 0;
      while (done < length) {
        const count = readSync(descriptor, bytes, done, length - done, offset + done);
        if (count === 0) {
          break;
        }
        done += count;
      }
      return bytes.subarray(0, done);
    });
  }

  write(bytes: Uint8Array, offset: number): void {
    this.#use((descriptor) => {
      for (let done = 0; done < bytes.length;) {
        done += writeSync(descriptor, bytes, done, bytes.length - done, offset + done);
      }
    });
    this.changed(this);
  }

  copyTo(target: BulkFile, length: number): void {
    this.#use(() => {
      for (let offset = 0; offset < length; offset += PIECE) {
        target.write(this.read(offset, Math.min(PIECE, length - offset)), offset);
      }
    });
  }

  truncate(length: number): void {
    this.#use((descriptor) => ftruncateSync(descriptor, length));
    this.changed(this);
  }

  async sync(): Promise<void> {
    this.open();
    try {
      await synced(this.#opened());
    } finally {
      this.close();
    }
  }

  #use<T>(work: (descriptor: number) => T): T {
    this.open();
    try {
      return work(this.#opened());
    } finally {
      this.close();
    }
  }

  #opened(): number {
    this.#descriptor ??= openSync(this.path, 'r+');
    return this.#descriptor;
  }
}
