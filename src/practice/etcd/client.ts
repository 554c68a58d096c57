import type { Cancel } from '../kernel';
import type { EtcdClient, EtcdEvent, EtcdNode, EtcdWrite } from './api';
import { EtcdError, unauthorised } from './errors';
import { mayTouch, type KeyAccess } from './auth/access';
import type { Member } from './member';
import type { PutOptions, StoreOperation } from './store';

interface GetOptions {
  readonly recursive?: boolean;
  readonly sorted?: boolean;
  readonly quorum?: boolean;
}

interface DeleteOptions {
  readonly recursive?: boolean;
  readonly dir?: boolean;
  readonly prevValue?: string;
  readonly prevIndex?: number;
}

/** A write as it stands in the log: with the instant at which it runs out. */
export function optionsOf({ ttlSeconds, ...rest }: EtcdWrite, time: number): PutOptions & { readonly now: number } {
  const now = Math.floor(time);
  const expiresAt = ttlSeconds === undefined ? undefined : instantOf(now + ttlSeconds * 1_000);
  return expiresAt === undefined ? { ...rest, now } : { ...rest, now, expiresAt };
}

/** Nanoseconds in 64 bits reach to 2262, in milliseconds; what lies beyond comes out far in the past. */
const LAST_INSTANT = 2 ** 63 / 1e6;
/** An end before this is none (v2store, `minExpireTime`). */
const FIRST_INSTANT = Date.UTC(2000, 0, 1);

function instantOf(ms: number): number | undefined {
  const wrapped = ms > LAST_INSTANT ? ms - 2 * LAST_INSTANT : ms;
  return wrapped < FIRST_INSTANT ? undefined : wrapped;
}

/** Whether whoever asks may touch a key. */
export type Access = (member: Member, asked: KeyAccess) => boolean;

const asGuest: Access = (member, asked) => mayTouch(member, undefined, asked);

/** A member's own view of the keys: plain reads from its copy, writes through the leader. */
export class MemberClient implements EtcdClient {
  constructor(
    private readonly member: Member,
    private readonly access: Access = asGuest,
  ) {}

  get index(): number {
    return this.member.store.index;
  }

  get hasQuorum(): boolean {
    return this.member.hasQuorum;
  }

  async get(key: string, options: GetOptions = {}): Promise<EtcdEvent> {
    this.#check(key, false, options.recursive);
    const now = this.#now();
    if (options.quorum === true) {
      return await this.#propose({ kind: 'get', key, now, ...options });
    }
    return this.member.machine.read({ kind: 'get', key, now, ...options });
  }

  peek(key: string): EtcdNode | undefined {
    return this.#isAllowed(key, false) ? this.member.store.peek(key, this.#now()) : undefined;
  }

  async set(key: string, write: EtcdWrite): Promise<EtcdEvent> {
    this.#check(key, true);
    return await this.#propose({ kind: 'put', key, ...this.#options(write) });
  }

  async createInOrder(key: string, write: EtcdWrite): Promise<EtcdEvent> {
    this.#check(key, true);
    return await this.#propose({ kind: 'post', key, ...this.#options(write) });
  }

  async delete(key: string, options: DeleteOptions = {}): Promise<EtcdEvent> {
    this.#check(key, true, options.recursive);
    return await this.#propose({ kind: 'delete', key, now: this.#now(), ...options });
  }

  /** Told after the write that caused it is over, in order. */
  watch(prefix: string, listener: (event: EtcdEvent) => void): Cancel {
    let isOn = true;
    const cancel = this.member.history.watch(prefix, true, (event) => {
      queueMicrotask(() => {
        if (isOn) {
          listener(event);
        }
      });
    });
    return () => {
      isOn = false;
      cancel();
    };
  }

  /** @throws EtcdError 110 */
  #check(key: string, isWrite: boolean, isRecursive = false): void {
    if (!this.#isAllowed(key, isWrite, isRecursive)) {
      throw unauthorised();
    }
  }

  #isAllowed(key: string, isWrite: boolean, isRecursive = false): boolean {
    return this.access(this.member, { key, isWrite, isRecursive });
  }

  async #propose(operation: StoreOperation): Promise<EtcdEvent> {
    const event = await this.member.propose({ kind: 'store', operation });
    if (event === undefined) {
      throw new EtcdError(300, 'etcdserver: no answer', 0);
    }
    return event;
  }

  #options(write: EtcdWrite): PutOptions & { readonly now: number } {
    return optionsOf(write, this.#now());
  }

  #now(): number {
    return this.member.kernel.timeline.now();
  }
}

/** A proxy keeps nothing: each question goes to the first member that can be heard. */
export class ProxyClient implements EtcdClient {
  readonly #watches = new Set<Cancel>();

  constructor(private readonly findMember: () => Member | undefined) {}

  get index(): number {
    return this.findMember()?.store.index ?? 0;
  }

  get hasQuorum(): boolean {
    return this.findMember()?.hasQuorum ?? false;
  }

  async get(key: string, options?: GetOptions): Promise<EtcdEvent> {
    return await this.#through().get(key, options);
  }

  peek(key: string): EtcdNode | undefined {
    const member = this.findMember();
    return member === undefined ? undefined : new MemberClient(member).peek(key);
  }

  async set(key: string, write: EtcdWrite): Promise<EtcdEvent> {
    return await this.#through().set(key, write);
  }

  async createInOrder(key: string, write: EtcdWrite): Promise<EtcdEvent> {
    return await this.#through().createInOrder(key, write);
  }

  async delete(key: string, options?: DeleteOptions): Promise<EtcdEvent> {
    return await this.#through().delete(key, options);
  }

  /** Follows the first member; `moved` says when another took its place. */
  watch(prefix: string, listener: (event: EtcdEvent) => void): Cancel {
    let member = this.findMember();
    let cancel = member === undefined ? undefined : new MemberClient(member).watch(prefix, listener);
    const move = (): void => {
      const next = this.findMember();
      if (next !== member) {
        cancel?.();
        member = next;
        cancel = next === undefined ? undefined : new MemberClient(next).watch(prefix, listener);
      }
    };
    this.#watches.add(move);
    return () => {
      this.#watches.delete(move);
      cancel?.();
    };
  }

  moved(): void {
    for (const move of this.#watches) {
      move();
    }
  }

  #through(): MemberClient {
    const member = this.findMember();
    if (member === undefined) {
      throw new EtcdError(300, 'proxy: zero endpoints currently available', 0);
    }
    return new MemberClient(member);
  }
}
