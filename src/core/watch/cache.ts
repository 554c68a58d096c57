import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { Log } from '../ports';
import type { Observation } from './observation';

/** What was last seen of each cluster, so that a new window has a picture at once. Losing it loses nothing. */
export interface Cache {
  load(clusterId: string): Promise<Observation | undefined>;
  save(clusterId: string, seen: Observation): Promise<void>;
  remove(clusterId: string): Promise<void>;
}

const VERSION = 1;
const number = v.number();
const text = v.string();

const droplet = v.object({
  id: number,
  name: text,
  status: v.picklist(['new', 'active', 'off', 'archive', 'gone']),
  hasTag: v.boolean(),
  createdOn: number,
  listedOn: number,
  activeOn: v.exactOptional(number),
  priceHourly: number,
  priceMonthly: number,
  publicAddress: v.exactOptional(text),
  privateAddress: v.exactOptional(text),
});

const node = v.object({
  isAnswering: v.boolean(),
  seenAt: v.exactOptional(number),
  seenOn: v.exactOptional(number),
  failure: v.exactOptional(text),
  machineId: v.exactOptional(text),
  etcd: v.exactOptional(v.object({ isUp: v.boolean(), isLeader: v.boolean(), unhealthyLooks: number })),
  vitals: v.exactOptional(
    v.object({
      memoryTotalMb: number,
      memoryAvailableMb: number,
      swapTotalMb: number,
      swapUsedMb: number,
      diskTotalMb: number,
      diskFreeMb: number,
    }),
  ),
  vitalsAt: v.exactOptional(number),
});

const fleet = v.object({
  machines: v.array(v.object({ id: text, primaryIp: text, metadata: v.record(text, text) })),
  units: v.array(
    v.object({
      name: text,
      desiredState: v.picklist(['inactive', 'loaded', 'launched']),
      isGlobal: v.boolean(),
      requires: v.record(text, v.array(text)),
      hasConflicts: v.boolean(),
    }),
  ),
  instances: v.array(v.object({ name: text, machineId: text, load: text, active: text, sub: text, hash: text })),
  seenAt: number,
  missedLooks: number,
});

const file = v.object({
  version: v.literal(VERSION),
  seen: v.object({
    droplets: v.array(droplet),
    cloudSeenAt: v.exactOptional(number),
    cloudProblem: v.exactOptional(text),
    nodes: v.record(text, node),
    members: v.array(v.object({ id: text, name: text, peerUrls: v.array(text), clientUrls: v.array(text) })),
    fleet: v.exactOptional(fleet),
    isRemembered: v.boolean(),
  }),
});

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

export function createCache(folder: string, log: Log): Cache {
  // An id is made by us; one that could leave the folder is not ours and gets no file.
  const pathOf = (id: string): string | undefined =>
    /^[A-Za-z0-9_-]{1,100}$/.test(id) ? path.join(folder, `${id}.seen.json`) : undefined;
  // One after the other: two windows' worth of writes in one draft, or a write after the removal, would do harm.
  let queue = Promise.resolve();
  const enqueue = (what: string, run: () => Promise<void>): Promise<void> => {
    queue = queue.then(run).catch((error: unknown) => {
      log.debug(`What was last seen could not be ${what}: ${String(error)}`);
    });
    return queue;
  };
  return {
    async load(clusterId) {
      const target = pathOf(clusterId);
      if (target === undefined) {
        return undefined;
      }
      try {
        const { seen } = v.parse(file, JSON.parse(await readFile(target, 'utf8')));
        return { ...seen, isRemembered: true };
      } catch (error) {
        if (!isMissing(error)) {
          log.debug(`What was last seen of ${clusterId} is unreadable and is left out: ${String(error)}`);
        }
        return undefined;
      }
    },
    async save(clusterId, seen) {
      const target = pathOf(clusterId);
      if (target !== undefined) {
        await enqueue('written', async () => {
          await mkdir(folder, { recursive: true });
          const draft = `${target}.${process.pid}.new`;
          await writeFile(draft, JSON.stringify({ version: VERSION, seen }), { mode: 0o600 });
          await rename(draft, target);
        });
      }
    },
    async remove(clusterId) {
      const target = pathOf(clusterId);
      if (target !== undefined) {
        await enqueue('removed', () => rm(target, { force: true }));
      }
    },
  };
}
