import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { ClusterError } from '../errors';
import { processBirth } from './processBirth';

const ownerSchema = v.object({
  pid: v.number(),
  host: v.string(),
  /** Tells a process from a later one with the same number, where the system says so. */
  birth: v.optional(v.string()),
  nonce: v.string(),
  /** What the owner does: for other windows to show, and for the sentence that refuses them. */
  activity: v.picklist(['creating', 'destroying', 'working']),
});
type Owner = v.InferOutput<typeof ownerSchema>;
export type Activity = Owner['activity'];

const SENTENCES: Record<Activity, string> = {
  creating: 'it is being set up',
  destroying: 'it is being destroyed',
  working: 'something is being done to it',
};

/** Nonces of the locks that this very process holds: its own number is no proof that it still does. */
const held = new Set<string>();

export interface Lock {
  release(): Promise<void>;
}

/**
 * One operation a cluster at a time, across windows and processes: `<id>.lock` beside the journal. A lock of a process that
 * is dead is taken over. @throws ClusterError locked, with who holds it
 */
export async function acquireLock(file: string, clusterId: string, activity: Activity): Promise<Lock> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const birth = await processBirth(process.pid);
  const nonce = randomBytes(8).toString('hex');
  const owner: Owner = {
    pid: process.pid,
    host: os.hostname(),
    nonce,
    activity,
    ...(birth === undefined ? {} : { birth }),
  };
  const mine = `${file}.${nonce}`;
  await writeFile(mine, JSON.stringify(owner), { mode: 0o600 });
  held.add(nonce);
  try {
    await place(mine, file, clusterId);
  } catch (error) {
    held.delete(nonce);
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
  return {
    release: async () => {
      // Held until it is gone: nobody may take it for stale while we remove it.
      if (held.has(nonce) && (await readOwner(file))?.nonce === nonce) {
        await rm(file, { force: true });
      }
      held.delete(nonce);
    },
  };
}

/** What is being done under the lock now, in whatever window. */
export async function lockedFor(file: string): Promise<Activity | undefined> {
  const owner = await readOwner(file);
  return owner !== undefined && (await isAlive(owner)) ? owner.activity : undefined;
}

async function place(mine: string, file: string, clusterId: string): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    try {
      await link(mine, file); // Fails when the name exists; never replaces.
      return;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) {
        throw error;
      }
    }
    const text = await readText(file);
    const owner = text === undefined ? undefined : parseOwner(text);
    if (owner !== undefined && (await isAlive(owner))) {
      throw busy(clusterId, owner.activity, owner.pid);
    }
    if (text !== undefined) {
      await removeStale(mine, { file, text }, clusterId);
    }
  }
  throw busy(clusterId);
}

/**
 * Only who holds the lock on the lock may remove it, and only if it is still the one that was found dead: another may have
 * removed that one meanwhile, and a living one be in its place.
 */
async function removeStale(mine: string, dead: { file: string; text: string }, clusterId: string): Promise<void> {
  const guard = `${dead.file}.stale`;
  await place(mine, guard, clusterId);
  try {
    if ((await readText(dead.file)) === dead.text) {
      await rm(dead.file, { force: true });
    }
  } finally {
    await rm(guard, { force: true });
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

export const busy = (clusterId: string, activity?: Activity, pid?: number): ClusterError =>
  new ClusterError(
    `Cluster ${clusterId} is busy: ${activity === undefined ? 'another window works on it' : SENTENCES[activity]}` +
      `${pid === undefined ? '' : `, in process ${pid}`}. Wait for it, or cancel it in its own window, and try again.`,
    { code: 'locked', remedy: 'refresh' },
  );

async function readOwner(file: string): Promise<Owner | undefined> {
  const text = await readText(file);
  return text === undefined ? undefined : parseOwner(text);
}

/** Undefined: there is none. */
async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    return hasCode(error, 'ENOENT') ? undefined : '';
  }
}

/** Undefined when it was half written by a process that died: stale. */
function parseOwner(text: string): Owner | undefined {
  try {
    const result = v.safeParse(ownerSchema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  if (owner.host !== os.hostname()) {
    return true; // A home folder shared between computers: we cannot look, so we must not take it.
  }
  if (owner.pid === process.pid) {
    return held.has(owner.nonce);
  }
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  const birth = await processBirth(owner.pid);
  return birth === undefined || owner.birth === undefined || birth === owner.birth;
}
