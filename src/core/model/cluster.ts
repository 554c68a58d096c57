import type { ImageRef } from './cloud';

/** Where droplets come from. */
export type ProviderName = 'digitalocean' | 'practice';

/** How etcd finds its members: the guide's discovery URL, or addresses written over SSH after creation. */
export type Bootstrap = 'discovery' | 'static';

/** What the user asked for; fixed when the cluster is created. */
export interface ClusterSpec {
  readonly provider: ProviderName;
  /** Droplets are called `<prefix>-1` … `<prefix>-N`. */
  readonly prefix: string;
  readonly regionSlug: string;
  readonly sizeSlug: string;
  readonly image: ImageRef;
  /** 3 to 9. */
  readonly instances: number;
  /** Absent: the dashed sslip.io name of the first node's public address. */
  readonly domain?: string;
  readonly bootstrap: Bootstrap;
  readonly routerMeshSize: number;
  readonly swapSizeMb: number;
  /** Of the Deis platform and of its `deisctl`, such as 1.13.4. */
  readonly release: string;
  readonly installPlatform: boolean;
  /** Open 80, 443 and 2222 to the world once the platform runs. Whoever registers first becomes its administrator. */
  readonly openPorts: boolean;
}

/** A droplet that belongs to the cluster, as far as needed to reach it. */
export interface ClusterNode {
  readonly name: string;
  readonly dropletId: number;
  readonly publicAddress?: string;
  readonly privateAddress?: string;
}

export const clusterTag = (clusterId: string): string => `deis-cluster:${clusterId}`;
