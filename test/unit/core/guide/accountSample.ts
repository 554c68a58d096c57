import type { Account, Image, Region, Size } from '../../../../src/core/model/cloud';
import type { ClusterSpec } from '../../../../src/core/model/cluster';
import type { OperationContext } from '../../../../src/core/operator';
import type { CloudApi, Provider } from '../../../../src/core/ports';
import { SPEC as GUIDE_SPEC } from '../../../samples';

/** The guide's own cluster in a size that this account can have. */
export const SPEC: ClusterSpec = { ...GUIDE_SPEC, sizeSlug: 's-1vcpu-1gb' };

export const ACCOUNT: Account = {
  uuid: 'a',
  email: 'me@example.com',
  status: 'active',
  statusMessage: '',
  isEmailVerified: true,
  dropletLimit: 10,
};
const size = (slug: string, diskGb: number, priceMonthly: number, change: Partial<Size> = {}): Size => ({
  slug,
  memoryMb: 1024,
  vcpus: 1,
  diskGb,
  priceMonthly,
  priceHourly: priceMonthly / 672,
  isAvailable: true,
  regionSlugs: ['nyc3', 'ams3'],
  ...change,
});
export const SIZES = [
  size('s-1vcpu-512mb-10gb', 10, 4, { memoryMb: 512 }),
  size('s-1vcpu-1gb', 25, 6),
  size('s-1vcpu-2gb', 50, 12, { regionSlugs: ['ams3'] }),
  size('512mb', 20, 5, { memoryMb: 512, isAvailable: false }),
];
export const REGIONS: Region[] = [
  {
    slug: 'nyc3',
    name: 'New York 3',
    isAvailable: true,
    features: ['private_networking', 'metadata'],
    sizeSlugs: ['s-1vcpu-512mb-10gb', 's-1vcpu-1gb'],
  },
  {
    slug: 'ams3',
    name: 'Amsterdam 3',
    isAvailable: true,
    features: ['private_networking', 'metadata'],
    sizeSlugs: ['s-1vcpu-1gb', 's-1vcpu-2gb'],
  },
  { slug: 'sfo1', name: 'San Francisco 1', isAvailable: false, features: ['metadata'], sizeSlugs: [] },
  { slug: 'old1', name: 'Old 1', isAvailable: true, features: [], sizeSlugs: ['s-1vcpu-1gb'] },
];
export const IMAGE: Image = {
  id: 7,
  slug: 'coreos-stable',
  name: '1068.8.0 (stable)',
  distribution: 'CoreOS',
  status: 'available',
  regionSlugs: ['nyc3', 'ams3'],
  minDiskGb: 20,
};
export interface Asked {
  readonly provider: Provider;
  readonly calls: string[];
}

/** An account in which everything fits; `change` replaces single calls. */
export function askable(change: Partial<CloudApi> = {}, check?: () => Promise<void>): Asked {
  const calls: string[] = [];
  const said = <T>(call: string, value: T): Promise<T> => {
    calls.push(call);
    return Promise.resolve(value);
  };
  const cloud: Partial<CloudApi> = {
    getAccount: () => said('getAccount', ACCOUNT),
    countDroplets: () => said('countDroplets', 0),
    listRegions: () => said('listRegions', REGIONS),
    listSizes: () => said('listSizes', SIZES),
    getImage: (ref) => said(`getImage ${ref}`, IMAGE),
    listDropletsByName: (name) => said(`listDropletsByName ${name}`, []),
    deleteTag: (name) => said(`deleteTag ${name}`, undefined),
    ...change,
  };
  const discovery = { check: check ?? (() => said('check', undefined)) };
  // Whatever else is called fails by its absence: that is what "read-only" means here.
  return { provider: { cloud, discovery } as unknown as Provider, calls };
}

export const context = (signal = new AbortController().signal): OperationContext => ({
  signal,
  report: () => undefined,
});
