import { EtcdError, type EtcdErrorCode } from './errors';
import type { StoreOperation } from './store';

const COUNTERS = ['gets', 'sets', 'delete', 'update', 'create', 'compareAndSwap', 'compareAndDelete'] as const;
type Counter = (typeof COUNTERS)[number];

/** The numbers of /v2/stats/store. */
export class StoreStatistics {
  readonly #success = new Map<Counter, number>();
  readonly #fail = new Map<Counter, number>();
  /** Reads of this copy alone: unlike all else they are not counted anew when a member reads its log again. */
  readonly #reads = { success: 0, fail: 0 };
  #expired = 0;

  constructor(before?: StoreStatistics) {
    if (before !== undefined) {
      this.#success = new Map(before.#success);
      this.#fail = new Map(before.#fail);
      this.#expired = before.#expired;
    }
  }

  count<T>(operation: StoreOperation, run: () => T): T {
    const counter = counterOf(operation);
    try {
      const result = run();
      this.#add(this.#success, counter);
      return result;
    } catch (error) {
      if (error instanceof EtcdError) {
        const isMiscounted = counter !== undefined && MISCOUNTED[counter]?.includes(error.code) === true;
        this.#add(isMiscounted ? this.#success : this.#fail, counter);
        if (counter === 'create' && error.code === 104) {
          this.#add(this.#fail, 'sets'); // Counted again where the directories are made (v2store, `internalCreate`).
        }
      }
      throw error;
    }
  }

  countRead<T>(run: () => T): T {
    try {
      const result = run();
      this.#reads.success += 1;
      return result;
    } catch (error) {
      this.#reads.fail += 1;
      throw error;
    }
  }

  /** Members stand in the store too: what happens to them is counted like what happens to keys. */
  countMembership(kind: 'addMember' | 'publish' | 'updateMember' | 'removeMember'): void {
    const counters = { addMember: 'create', publish: 'sets', updateMember: 'update', removeMember: 'delete' } as const;
    this.#add(this.#success, counters[kind]);
  }

  describe(watchers: number): Record<string, number> {
    const counts = COUNTERS.flatMap((name) => [
      [`${name}Success`, this.#success.get(name) ?? 0] as const,
      [`${name}Fail`, this.#fail.get(name) ?? 0] as const,
    ]);
    const numbers = Object.fromEntries(counts);
    numbers['getsSuccess'] = (numbers['getsSuccess'] ?? 0) + this.#reads.success;
    numbers['getsFail'] = (numbers['getsFail'] ?? 0) + this.#reads.fail;
    return { ...numbers, expireCount: this.#expired, watchers };
  }

  #add(counts: Map<Counter, number>, counter: Counter | undefined): void {
    if (counter === undefined) {
      this.#expired += 1;
    } else {
      counts.set(counter, (counts.get(counter) ?? 0) + 1);
    }
  }
}

/** Errors that etcd returns without having put them where its counter looks (v2store, `Update`, `CompareAndDelete`…). */
const MISCOUNTED: Partial<Record<Counter, readonly EtcdErrorCode[]>> = {
  update: [102, 107],
  compareAndDelete: [101, 102],
  compareAndSwap: [107],
  delete: [107],
};

const compares = (write: { readonly prevIndex?: number; readonly prevValue?: string }): boolean =>
  (write.prevIndex ?? 0) > 0 || (write.prevValue ?? '') !== '';

function counterOf(operation: StoreOperation): Counter | undefined {
  switch (operation.kind) {
    case 'expire':
    case 'extend':
      return undefined;
    case 'get':
      return 'gets';
    case 'post':
      return 'create';
    case 'delete':
      return compares(operation) ? 'compareAndDelete' : 'delete';
    case 'put':
      if (operation.prevExist === false) {
        return 'create';
      }
      if (compares(operation)) {
        return 'compareAndSwap';
      }
      return operation.prevExist === true ? 'update' : 'sets';
  }
}
