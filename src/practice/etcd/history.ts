import type { Cancel } from '../kernel';
import type { EtcdEvent } from './api';
import { EtcdError } from './errors';
import type { Applied } from './effect';
import { isHiddenBelow } from './tree';

/** etcd remembers this many events for those who ask for an index of the past (v2store, `EventHistory`). */
const CAPACITY = 1_000;

interface Watcher {
  readonly path: string;
  readonly isRecursive: boolean;
  notify(event: EtcdEvent, index: number): void;
}

/** The last events of one member's copy, and those who wait for the next. */
export class History {
  #events: Applied[] = [];
  /** The first index of which it can tell; below that it has forgotten. */
  #start: number;
  #watchers = new Set<Watcher>();

  /** Without an index it remembers from the very first event on. */
  constructor(index = 0) {
    this.#start = index + 1;
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  add(applied: Applied): void {
    this.#events.push(applied);
    this.#start = Math.max(this.#start, this.#events.at(-CAPACITY)?.index ?? 0);
    if (this.#events.length > 2 * CAPACITY) {
      this.#events = this.#events.slice(-CAPACITY);
    }
    if (applied.isQuiet) {
      return;
    }
    for (const watcher of this.#watchers) {
      if (concerns(watcher, applied)) {
        watcher.notify(applied.event(), applied.index);
      }
    }
  }

  /** Members stand in the store too, where no client sees them: what happens to them takes a place among the events. */
  skip(index: number): void {
    const event = (): EtcdEvent => ({ action: 'set', node: { key: '/', modifiedIndex: index, createdIndex: index } });
    this.add({ key: '/', isDirectoryRemoval: false, index, isQuiet: true, event });
  }

  /** Events that were written down, from the one after `index` on. */
  restore(events: readonly Applied[], index: number): void {
    this.#events = [...events];
    this.#start = index + 1;
  }

  /** The same past, with nobody who waits. */
  copy(): History {
    const copy = new History();
    copy.take(this);
    return copy;
  }

  /** Takes over another one's past. */
  take(other: History): void {
    this.#events = [...other.#events];
    this.#start = other.#start;
  }

  watch(path: string, isRecursive: boolean, notify: (event: EtcdEvent, index: number) => void): Cancel {
    const watcher = { path, isRecursive, notify };
    this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /**
   * The first remembered event at or after `index` that concerns the path.
   * @throws EtcdError 401 when that index is forgotten.
   */
  since(path: string, isRecursive: boolean, index: number, currentIndex: number): Applied | undefined {
    if (index < this.#start) {
      const cause = `the requested history has been cleared [${this.#start}/${index}]`;
      throw new EtcdError(401, cause, currentIndex);
    }
    const isIt = (applied: Applied): boolean =>
      !applied.isQuiet && applied.index >= index && concernedOnce({ path, isRecursive }, applied);
    return this.#events.find(isIt);
  }
}

/** Of the past etcd tells what is hidden too, and takes a removed `/ab` for one above `/abc` (v2store, `EventHistory.scan`). */
function concernedOnce(watch: { readonly path: string; readonly isRecursive: boolean }, applied: Applied): boolean {
  const { key } = applied;
  const base = watch.path === '/' ? '/' : `${watch.path}/`;
  return (
    key === watch.path ||
    (watch.isRecursive && key.startsWith(base)) ||
    (applied.isDirectoryRemoval && watch.path.startsWith(key))
  );
}

function concerns(watch: { readonly path: string; readonly isRecursive: boolean }, applied: Applied): boolean {
  const { key } = applied;
  if (key === watch.path) {
    return true;
  }
  const base = watch.path === '/' ? '/' : `${watch.path}/`;
  if (key.startsWith(base)) {
    return watch.isRecursive && !isHiddenBelow(watch.path, key);
  }
  // A directory that goes takes what is below with it, and those who watch below are told.
  return applied.isDirectoryRemoval && watch.path.startsWith(`${key}/`);
}
