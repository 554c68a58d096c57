import type { ClusterSpec } from '../../core/model/cluster';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import { readSetting } from '../settings';
import { freePrefix } from './freePrefix';

/** The guide's values, for everything that nobody said otherwise. */
export function defaultSpec(clusters: readonly ClusterSnapshot[]): Omit<ClusterSpec, 'provider'> {
  return {
    prefix: freePrefix(readSetting('prefix'), clusters),
    regionSlug: 'nyc3',
    sizeSlug: '512mb',
    image: readSetting('image'),
    instances: 5,
    bootstrap: readSetting('bootstrap.method'),
    routerMeshSize: readSetting('routerMeshSize'),
    swapSizeMb: readSetting('swapSizeMb'),
    release: readSetting('deisctl.release'),
    installPlatform: true,
    openPorts: true,
  };
}
