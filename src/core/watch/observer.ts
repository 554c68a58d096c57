import type { ProviderName } from '../model/cluster';
import type { Log, Provider } from '../ports';
import { createCache } from './cache';
import { ClusterWatch } from './clusterWatch';
import { realTime, type UserTime } from './rhythm';
import type { Observer } from './tracked';

export interface ObserverDeps {
  readonly providers: (name: ProviderName) => Promise<Provider>;
  readonly log: Log;
  readonly cacheFolder: string;
  /** For tests; the default is this computer's time. */
  readonly time?: UserTime;
}

/** The observed state of every tracked cluster. Nothing is asked of anybody unless somebody watches or asks for it. */
export function createObserver(deps: ObserverDeps): Observer {
  const cache = createCache(deps.cacheFolder, deps.log);
  const watches = new Map<string, ClusterWatch>();
  const listeners = new Set<() => void>();
  const watchers = new Set<object>();
  const notify = (): void => listeners.forEach((listener) => listener());

  return {
    track(cluster) {
      const known = watches.get(cluster.id);
      if (known !== undefined) {
        known.track(cluster);
        return;
      }
      const watch = new ClusterWatch(
        {
          providers: deps.providers,
          cache,
          time: deps.time ?? realTime,
          log: deps.log,
          onDidChange: notify,
        },
        cluster,
      );
      watches.set(cluster.id, watch);
      if (watchers.size > 0) {
        watch.start();
      }
      notify();
    },
    untrack(id) {
      const watch = watches.get(id);
      if (watch !== undefined) {
        watch.dispose();
        watches.delete(id);
        void cache.remove(id);
        notify();
      }
    },
    snapshots: () =>
      [...watches.values()].sort((a, b) => b.cluster.createdAt - a.cluster.createdAt).map((watch) => watch.snapshot),
    onDidChange(listener) {
      const entry = (): void => listener();
      listeners.add(entry);
      return { dispose: () => listeners.delete(entry) };
    },
    watch() {
      const handle = {};
      watchers.add(handle);
      watches.forEach((watch) => watch.start());
      return {
        dispose() {
          watchers.delete(handle);
          if (watchers.size === 0) {
            watches.forEach((watch) => watch.stop());
          }
        },
      };
    },
    async refresh(clusterId) {
      const chosen = [...watches.values()].filter(({ cluster }) => clusterId === undefined || cluster.id === clusterId);
      await Promise.all(chosen.map((watch) => watch.refresh()));
    },
    dispose() {
      watches.forEach((watch) => watch.dispose());
      watches.clear();
      listeners.clear();
      watchers.clear();
    },
  };
}
