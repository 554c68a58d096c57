import { ClusterError } from '../../core/errors';
import type { ImageRef } from '../../core/model/cloud';
import type { ClusterSpec } from '../../core/model/cluster';
import type { ClusterSnapshot } from '../../core/model/snapshot';
import type { Arguments } from '../automation';
import { checkSpec } from '../../core/guide/specRules';
import { defaultSpec } from './defaults';

/** The argument object of `deis.cluster.create`; what it leaves out takes the guide's value. */
export function readSpec(args: Arguments, clusters: readonly ClusterSnapshot[]): ClusterSpec {
  const names = ['provider', 'prefix', 'region', 'size', 'image', 'instances', 'domain', 'bootstrap'];
  const more = ['routerMeshSize', 'swapSizeMb', 'release', 'installPlatform', 'openPorts', 'confirmed'];
  args.allow(...names, ...more).confirmed('Creating a cluster');
  const fallback = defaultSpec(clusters);
  const spec: ClusterSpec = {
    provider: args.oneOf('provider', ['practice', 'digitalocean'], 'practice'),
    prefix: args.string('prefix', fallback.prefix),
    regionSlug: args.string('region', fallback.regionSlug),
    sizeSlug: args.string('size', fallback.sizeSlug),
    image: readImage(args, fallback.image),
    instances: args.integer('instances', { min: 3, max: 9, fallback: fallback.instances }),
    ...(args.has('domain') ? { domain: args.string('domain') } : {}),
    bootstrap: args.oneOf('bootstrap', ['discovery', 'static'], fallback.bootstrap),
    routerMeshSize: args.integer('routerMeshSize', { min: 1, max: 255, fallback: fallback.routerMeshSize }),
    swapSizeMb: args.integer('swapSizeMb', { min: 0, max: 65_536, fallback: fallback.swapSizeMb }),
    release: args.string('release', fallback.release),
    installPlatform: args.boolean('installPlatform', fallback.installPlatform),
    openPorts: args.boolean('openPorts', fallback.openPorts),
  };
  const wrong = checkSpec(spec).filter((obstacle) => !obstacle.isWarning);
  if (wrong.length > 0) {
    throw new ClusterError(wrong.map(({ message }) => message).join(' '), { code: 'invalidInput' });
  }
  return spec;
}

/** A slug, or the number of a custom image. */
function readImage(args: Arguments, fallback: ImageRef): ImageRef {
  if (!args.has('image')) {
    return fallback;
  }
  return args.isNumber('image')
    ? args.integer('image', { min: 1, max: Number.MAX_SAFE_INTEGER, fallback: 0 })
    : args.string('image');
}
