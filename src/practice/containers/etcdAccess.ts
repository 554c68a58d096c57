import type { EtcdClient } from '../kernel';
import { EtcdError } from '../etcd/errors';
import type { HostInside } from '../host/inside';

/** The part of etcd's v2 API that Deis's components use, at their own node's port 4001 (facts/coreos.md §2). */
export interface EtcdAccess {
  /** The value in this node's own copy; undefined when the key is not there or etcd does not run. */
  peek(key: string): string | undefined;
  /** Names of the children of a directory. */
  names(key: string): string[];
  /** @throws Error when etcd does not run here or has no quorum. */
  set(key: string, value: string, ttlSeconds?: number): Promise<void>;
  /** False when it is there already: how the components agree on who goes first. */
  create(key: string, value: string): Promise<boolean>;
  /** Resolves when the key is there; rejects when the container ends first. */
  waitFor(key: string): Promise<string>;
  /** Resolves when `holds`, asked after each change below `prefix` and now and then besides. */
  waitUntil(prefix: string, holds: () => boolean): Promise<void>;
}

const ALREADY_EXISTS = 105;
/** Boot scripts look again after some seconds when etcd cannot tell them. */
const LOOK_AGAIN_MS = 1000;

export function createEtcdAccess(inside: HostInside, signal: AbortSignal): EtcdAccess {
  const { host, kernel } = inside;
  const client = (): EtcdClient => {
    const api = host.daemon('etcd');
    if (api === undefined) {
      throw new Error('Error:  cannot sync with the cluster using endpoints http://127.0.0.1:4001');
    }
    return api.client;
  };
  const node = (key: string): ReturnType<EtcdClient['peek']> => host.daemon('etcd')?.client.peek(key);
  const access: EtcdAccess = {
    peek: (key) => node(key)?.value,
    names: (key) => (node(key)?.nodes ?? []).map((child) => child.key.slice(child.key.lastIndexOf('/') + 1)),
    set: async (key, value, ttlSeconds) => {
      await client().set(key, ttlSeconds === undefined ? { value } : { value, ttlSeconds });
    },
    create: async (key, value) => {
      try {
        await client().set(key, { value, prevExist: false });
        return true;
      } catch (error) {
        if (error instanceof EtcdError && error.code === ALREADY_EXISTS) {
          return false;
        }
        throw error;
      }
    },
    waitFor: async (key) => {
      await access.waitUntil(key, () => access.peek(key) !== undefined);
      return access.peek(key) ?? '';
    },
    waitUntil: async (prefix, holds) => {
      while (!holds()) {
        await nextChange(prefix);
      }
    },
  };

  function nextChange(prefix: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        cancelWatch?.();
        cancelBeat();
        signal.removeEventListener('abort', ended);
        resolve();
      };
      const ended = (): void => {
        cancelWatch?.();
        cancelBeat();
        reject(new Error('stopped'));
      };
      const cancelWatch = host.daemon('etcd')?.client.watch(prefix, done);
      const cancelBeat = kernel.timeline.every(LOOK_AGAIN_MS, done);
      if (signal.aborted) {
        ended();
      } else {
        signal.addEventListener('abort', ended, { once: true });
      }
    });
  }
  return access;
}
