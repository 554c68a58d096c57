import type { EtcdClient, EtcdNode } from '../etcd/api';
import { EtcdError } from '../etcd/errors';
import type { HostInside } from '../host/inside';

const ALREADY_EXISTS = 105;
/** Boot scripts look again after some seconds when etcd cannot tell them. */
const LOOK_AGAIN_MS = 1000;

/** The part of etcd's v2 API that Deis's components use, at their own node's port 4001 (facts/coreos.md §2). */
export class EtcdAccess {
  constructor(
    private readonly inside: HostInside,
    /** Waiting ends with it. */
    private readonly signal: AbortSignal,
  ) {}

  /** The value in this node's own copy; undefined when the key is not there or etcd does not run. */
  peek(key: string): string | undefined {
    return this.#node(key)?.value;
  }

  /** Names of the children of a directory. */
  names(key: string): string[] {
    return (this.#node(key)?.nodes ?? []).map((child) => child.key.slice(child.key.lastIndexOf('/') + 1));
  }

  /** @throws Error when etcd does not run here or has no quorum. */
  async set(key: string, value: string, ttlSeconds?: number): Promise<void> {
    await this.#client().set(key, ttlSeconds === undefined ? { value } : { value, ttlSeconds });
  }

  /** False when it is there already: how the components agree on who goes first. */
  async create(key: string, value: string): Promise<boolean> {
    try {
      await this.#client().set(key, { value, prevExist: false });
      return true;
    } catch (error) {
      if (error instanceof EtcdError && error.code === ALREADY_EXISTS) {
        return false;
      }
      throw error;
    }
  }

  /** Resolves when the key is there; rejects when the container ends first. */
  async waitFor(key: string): Promise<string> {
    await this.waitUntil(key, () => this.peek(key) !== undefined);
    return this.peek(key) ?? '';
  }

  /** Resolves when `holds`, asked after each change below `prefix` and now and then besides. */
  async waitUntil(prefix: string, holds: () => boolean): Promise<void> {
    while (!holds()) {
      await this.#nextChange(prefix);
    }
  }

  #node(key: string): EtcdNode | undefined {
    return this.inside.host.daemon('etcd')?.client.peek(key);
  }

  #client(): EtcdClient {
    const api = this.inside.host.daemon('etcd');
    if (api === undefined) {
      throw new Error('Error:  cannot sync with the cluster using endpoints http://127.0.0.1:4001');
    }
    return api.client;
  }

  #nextChange(prefix: string): Promise<void> {
    const { host, kernel } = this.inside;
    return new Promise((resolve, reject) => {
      const release = (): void => {
        cancelWatch?.();
        cancelBeat();
        this.signal.removeEventListener('abort', ended);
      };
      const done = (): void => {
        release();
        resolve();
      };
      const ended = (): void => {
        release();
        reject(new Error('stopped'));
      };
      const cancelWatch = host.daemon('etcd')?.client.watch(prefix, done);
      const cancelBeat = kernel.timeline.every(LOOK_AGAIN_MS, done);
      if (this.signal.aborted) {
        ended();
      } else {
        this.signal.addEventListener('abort', ended, { once: true });
      }
    });
  }
}
