import type { ClusterSnapshot } from '../../core/model/snapshot';

/** `deis`, or `deis2`, `deis3` … while droplets of those names exist. */
export function freePrefix(wanted: string, clusters: readonly Pick<ClusterSnapshot, 'id' | 'nodes'>[]): string {
  // A cluster's id is its prefix and a random suffix; its droplets are called prefix-1, prefix-2 …
  const taken = new Set(
    clusters
      .flatMap(({ id, nodes }) => [id, ...nodes.map(({ name }) => name)])
      .map((name) => name.replace(/-[^-]*$/, '')),
  );
  for (let n = 2, name = wanted; ; name = `${wanted}${n++}`) {
    if (!taken.has(name)) {
      return name;
    }
  }
}
