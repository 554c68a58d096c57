import { EtcdError } from './errors';
import type { StoreOperation } from './store';

const COUNTERS = ['gets', 'sets', 'delete', 'update', 'create', 'compareAndSwap', 'compareAndDelete'] as const;
type Counter = (typeof COUNTERS)[number];

/** The numbers of /v2/stats/store. */
export class StoreStatistics {
  readonly #success = new Map<Counter, number>();
  readonly #fail = new Map<Counter, number>();
  #expired = 0;

  count<T>(operation: StoreOperation, run: () => T): T {
    const counter = counterOf(operation);
    try {
      const result = run();
      this.#add(this.#success, counter);
      return result;
    } catch (error) {
      if (error instanceof EtcdError) {
        this.#add(this.#fail, counter);
      }
      throw error;
    }
  }

  describe(watchers: number): Record<string, number> {
    const counts = COUNTERS.flatMap((name) => [
      [`${name}Success`, this.#success.get(name) ?? 0] as const,
      [`${name}Fail`, this.#fail.get(name) ?? 0] as const,
    ]);
    return { ...Object.fromEntries(counts), expireCount: this.#expired, watchers };
  }

  #add(counts: Map<Counter, number>, counter: Counter | undefined): void {
    if (counter === undefined) {
      this.#expired += 1;
    } else {
      counts.set(counter, (counts.get(counter) ?? 0) + 1);
    }
  }
}

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
      return operation.prevIndex === undefined && operation.prevValue === undefined ? 'delete' : 'compareAndDelete';
    case 'put':
      if (operation.prevIndex !== undefined || operation.prevValue !== undefined) {
        return 'compareAndSwap';
      }
      return operation.prevExist === undefined ? 'sets' : operation.prevExist ? 'update' : 'create';
  }
}
