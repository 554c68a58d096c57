import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';

const LOCK = 'process.lock';
const FACTS = 'process.json';
/** A process that holds the lock this long must have its address in the folder. */
const STARTING_MS = 30_000;

/** Another practice cloud is using the folder. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
}

interface Facts {
  readonly pid: number;
  readonly api: string;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readFacts(folder: string): Facts | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path.join(folder, FACTS), 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('api' in value)) return undefined;
    const { pid, api } = value;
    return typeof pid === 'number' && typeof api === 'string' ? { pid, api } : undefined;
  } catch {
    return undefined;
  }
}

/** Only a refused connection proves that nobody is there: process ids are used again after a restart of the machine. */
function isListening(api: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(api).port), '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function isHeld(folder: string, pid: number): Promise<boolean> {
  if (!Number.isInteger(pid) || pid <= 0) return isYoung(folder);
  if (!isAlive(pid)) return false;
  const facts = readFacts(folder);
  return facts?.pid === pid ? await isListening(facts.api) : isYoung(folder);
}

function isYoung(folder: string): boolean {
  try {
    return Date.now() - statSync(path.join(folder, LOCK)).mtimeMs < STARTING_MS;
  } catch {
    return false;
  }
}

function tryLock(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** One process per state folder. What a process that was killed left behind is moved away. */
export class ProcessLock {
  private constructor(private readonly folder: string) {}

  static async acquire(folder: string): Promise<ProcessLock> {
    const file = path.join(folder, LOCK);
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (tryLock(file)) return new ProcessLock(folder);
      const holder = readHolder(file);
      if (holder !== undefined && (await isHeld(folder, holder))) {
        const where = readFacts(folder)?.api;
        throw new FolderInUse(
          `A practice cloud already runs on ${folder} (process ${holder}${where === undefined ? '' : `, ${where}`}): use that one, end it, or choose another folder with --state.`,
        );
      }
      // Renaming succeeds for one of several that find it at once; the others try again.
      const aside = `${file}.${process.pid}`;
      try {
        renameSync(file, aside);
        rmSync(aside, { force: true });
      } catch {
        continue;
      }
    }
    throw new FolderInUse(`Several practice clouds start on ${folder} at this moment: try again.`);
  }

  /** Says where this process listens, to whoever looks for it. */
  publish(api: string): void {
    const file = path.join(this.folder, FACTS);
    writeFileSync(`${file}.new`, JSON.stringify({ pid: process.pid, api }), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  release(): void {
    rmSync(path.join(this.folder, FACTS), { force: true });
    rmSync(path.join(this.folder, LOCK), { force: true });
  }
}

function readHolder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // it has just been released
  }
}
