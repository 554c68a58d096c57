import type { EtcdClient, EtcdEvent, EtcdWrite } from './api';
import { optionsOf } from './client';
import type { Applied } from './effect';
import { EtcdError } from './errors';
import { History } from './history';
import type { KeySpace } from './http/keys';
import { Store, type DeleteOptions, type GetOptions, type StoreOperation } from './store';
import { emptyStore, type StoreState } from './tree';

/** What is kept of it: plain data, changed in place. */
export interface LoneEtcdState {
  readonly clusterId: string;
  readonly store: StoreState;
  /** How many entries its log has had. */
  entries: number;
  /** The last events, for whoever asks for an index of the past. */
  events: readonly WrittenEvent[];
}

interface WrittenEvent extends Omit<Applied, 'event'> {
  readonly is: EtcdEvent;
}

/** As many events as etcd remembers. */
const KEPT_EVENTS = 1_000;

export const newLoneEtcd = (clusterId: string): LoneEtcdState => ({
  clusterId,
  store: { ...emptyStore(), index: 3 },
  entries: 4,
  events: [],
});

/** An etcd with one member that has nobody to ask: it writes at once, and answers when that is on disk. */
export class LoneEtcd implements KeySpace {
  readonly history = new History();
  readonly #store: Store;

  constructor(
    private readonly state: LoneEtcdState,
    private readonly outside: { now(): number; saved(): Promise<void> },
  ) {
    const written = state.events.map(({ is, ...applied }) => ({ ...applied, event: () => is }));
    const first = written.length < KEPT_EVENTS ? 0 : (written[0]?.index ?? 1) - 1;
    this.history.restore(written, first);
    this.#store = new Store(state.store, (applied) => this.#applied(applied));
  }

  get clusterId(): string {
    return this.state.clusterId;
  }

  get index(): number {
    this.#expire();
    return this.#store.index;
  }

  get raft(): { readonly index: number; readonly term: number } {
    return { index: this.state.entries, term: 2 };
  }

  readonly client: KeySpace['client'] & Pick<EtcdClient, 'set'> = {
    get: (key: string, options: GetOptions = {}) => {
      this.#expire();
      return attempt(() => this.#store.get(key, options, this.now()));
    },
    set: (key: string, write: EtcdWrite) => this.#write({ kind: 'put', key, ...optionsOf(write, this.now()) }),
    createInOrder: (key: string, write: EtcdWrite) =>
      this.#write({ kind: 'post', key, ...optionsOf(write, this.now()) }),
    delete: (key: string, options: DeleteOptions = {}) =>
      this.#write({ kind: 'delete', key, now: this.now(), ...options }),
  };

  now(): number {
    return this.outside.now();
  }

  mayTouch(): boolean {
    return true;
  }

  async #write(operation: StoreOperation): Promise<EtcdEvent> {
    this.#expire();
    this.state.entries += 1;
    const event = this.#store.apply(operation)?.();
    await this.outside.saved();
    if (event === undefined) throw new EtcdError(300, 'etcdserver: no answer', 0);
    return event;
  }

  /** Nobody looks in between: keys go when the next one asks. */
  #expire(): void {
    if (this.#store.hasExpired(this.now())) {
      this.#store.apply({ kind: 'expire', now: this.now() });
    }
  }

  #applied(applied: Applied): void {
    this.history.add(applied);
    const { key, isDirectoryRemoval, index, isQuiet } = applied;
    const written = { key, isDirectoryRemoval, index, isQuiet, is: applied.event() };
    this.state.events = [...this.state.events.slice(1 - KEPT_EVENTS), written];
  }
}

/** An error of the store comes as the answer does. */
function attempt<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(run());
  });
}
