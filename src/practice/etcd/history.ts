import type { Cancel, EtcdEvent } from '../kernel';
import { EtcdError } from './errors';
import type { Applied } from './store';
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
  #watchers = new Set<Watcher>();

  get watcherCount(): number {
    return this.#watchers.size;
  }

  add(applied: Applied): void {
    if (applied.isQuiet) {
      return;
    }
    this.#events.push(applied);
    if (this.#events.length > 2 * CAPACITY) {
      this.#events = this.#events.slice(-CAPACITY);
    }
    for (const watcher of this.#watchers) {
      if (concerns(watcher, applied)) {
        watcher.notify(applied.event(), applied.index);
      }
    }
  }

  /** Everything is as a stranger left it: after a snapshot the old events say nothing any more. */
  clear(): void {
    this.#events = [];
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
    const kept = this.#events.slice(-CAPACITY);
    const oldest = kept[0]?.index ?? currentIndex + 1;
    if (index < oldest && kept.length > 0 && oldest > 1) {
      const cause = `the requested history has been cleared [${oldest}/${index}]`;
      throw new EtcdError(401, cause, currentIndex);
    }
    return kept.find((applied) => applied.index >= index && concerns({ path, isRecursive }, applied));
  }
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
