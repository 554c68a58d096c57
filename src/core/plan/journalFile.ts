import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { ClusterError } from '../errors';
import { syncFolder, writeFileAtomically } from './atomicFile';
import { journalSchema, type Journal } from './journal';

/** One cluster's journal on disk. Changes that come while one is being written share the next write. */
export class JournalFile {
  #data: Journal;
  #writing: Promise<void> = Promise.resolve();
  /** The write that has not begun yet: it will take everything that is changed until it does. */
  #waiting: Promise<void> | undefined;

  constructor(
    readonly file: string,
    data: Journal,
    readonly onChange: (journal: Journal) => void = () => undefined,
  ) {
    this.#data = data;
  }

  get data(): Readonly<Journal> {
    return this.#data;
  }

  /** Resolves when the change is on disk: await it before the effect that it announces. */
  async change(edit: (journal: Journal) => void): Promise<void> {
    const next = structuredClone(this.#data);
    edit(next);
    this.#data = next;
    this.#waiting ??= this.#writing.then(() => this.#write());
    await this.#waiting;
    this.onChange(next);
  }

  #write(): Promise<void> {
    this.#waiting = undefined;
    const write = writeFileAtomically(this.file, `${JSON.stringify(this.#data, undefined, 2)}\n`);
    // A failed write is reported to who asked for it; the next one is tried all the same.
    this.#writing = write.catch(() => undefined);
    return write;
  }

  /** The cluster is gone, and so is its journal. */
  async remove(): Promise<void> {
    await this.#waiting;
    await this.#writing;
    await rm(this.file, { force: true });
    await syncFolder(path.dirname(this.file));
  }
}

/** Where journals are: `<storage>/clusters/<id>.json`. */
export class JournalFolder {
  readonly folder: string;

  constructor(storageFolder: string) {
    this.folder = path.join(storageFolder, 'clusters');
  }

  fileOf(clusterId: string): string {
    return path.join(this.folder, `${clusterId}.json`);
  }

  async make(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
  }

  async ids(): Promise<string[]> {
    const names = await readdir(this.folder);
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
  }

  /** @throws ClusterError journalDamaged, notFound */
  async read(clusterId: string): Promise<Journal> {
    const file = this.fileOf(clusterId);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        throw new ClusterError(`There is no cluster ${clusterId} here: its journal ${file} does not exist.`, {
          code: 'notFound',
          remedy: 'refresh',
        });
      }
      throw damaged(clusterId, file, 'it cannot be read', error);
    }
    return parseJournal(clusterId, file, text);
  }
}

function parseJournal(clusterId: string, file: string, text: string): Journal {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(clusterId, file, 'it is not JSON', error);
  }
  const result = v.safeParse(journalSchema, value);
  if (!result.success) {
    const issue = result.issues[0];
    throw damaged(clusterId, file, `${v.getDotPath(issue) ?? 'it'}: ${issue.message}`);
  }
  if (result.output.id !== clusterId) {
    throw damaged(clusterId, file, `it is the journal of ${result.output.id}`);
  }
  return result.output;
}

/** Never dropped silently: droplets may be behind it. */
const damaged = (clusterId: string, file: string, detail: string, cause?: unknown): ClusterError =>
  new ClusterError(
    `The journal of cluster ${clusterId} is damaged (${detail}): ${file}. Put back a copy of the file, or run Destroy ` +
      `Cluster, which finds the droplets by their tag deis-cluster:${clusterId}.`,
    { code: 'journalDamaged', remedy: 'destroyCluster', cause },
  );
