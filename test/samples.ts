import type { EngineSettings } from '../src/core/engine';
import type { ClusterSpec } from '../src/core/model/cluster';

/** The guide's own cluster, as the questions of a create have it preselected. */
export const SPEC: ClusterSpec = {
  provider: 'digitalocean',
  prefix: 'deis',
  regionSlug: 'nyc3',
  sizeSlug: '512mb',
  image: 'coreos-stable',
  instances: 5,
  bootstrap: 'discovery',
  routerMeshSize: 5,
  swapSizeMb: 4096,
  release: '1.13.4',
  installPlatform: true,
  openPorts: true,
};

export const PRACTICE_SPEC: ClusterSpec = { ...SPEC, provider: 'practice' };

/** The defaults of package.json. */
export const SETTINGS: EngineSettings = {
  apiUrl: 'https://api.digitalocean.com',
  discoveryUrl: 'https://discovery.etcd.io',
  installerUrl: 'http://deis.io/deisctl/install.sh',
  practiceSpeed: 60,
  practiceCatalogue: '2016',
};
