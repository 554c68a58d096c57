import type { Cancel } from '../kernel';

/** The seam to etcd for whatever runs on a node: its client, v2 semantics. */

export interface EtcdNode {
  readonly key: string;
  readonly value?: string;
  readonly dir?: true;
  readonly nodes?: readonly EtcdNode[];
  readonly createdIndex: number;
  readonly modifiedIndex: number;
  /** RFC 3339 with nanoseconds. */
  readonly expiration?: string;
  /** Seconds. */
  readonly ttl?: number;
}

export interface EtcdWrite {
  readonly value?: string;
  readonly ttlSeconds?: number;
  readonly dir?: boolean;
  readonly prevExist?: boolean;
  readonly prevValue?: string;
  readonly prevIndex?: number;
  readonly refresh?: boolean;
}

export interface EtcdEvent {
  readonly action: string;
  readonly node: EtcdNode;
  readonly prevNode?: EtcdNode;
}

/**
 * One member's (or proxy's) own view: plain reads come from its own copy and may be stale; writes go through the leader and
 * reject with an EtcdError (code 300 after the time-out) when there is no quorum.
 */
export interface EtcdClient {
  readonly index: number;
  get(key: string, options?: { recursive?: boolean; sorted?: boolean; quorum?: boolean }): Promise<EtcdEvent>;
  /** As `get` without quorum, at once; undefined when the key is not there. */
  peek(key: string): EtcdNode | undefined;
  set(key: string, write: EtcdWrite): Promise<EtcdEvent>;
  createInOrder(key: string, write: EtcdWrite): Promise<EtcdEvent>;
  delete(
    key: string,
    options?: { recursive?: boolean; dir?: boolean; prevValue?: string; prevIndex?: number },
  ): Promise<EtcdEvent>;
  /** Events applied to this member's copy, at or below `prefix`. */
  watch(prefix: string, listener: (event: EtcdEvent) => void): Cancel;
  /** Whether this member sees a leader with a quorum behind it now. */
  readonly hasQuorum: boolean;
}
