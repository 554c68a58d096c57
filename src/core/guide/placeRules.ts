import type { Region, Size } from '../model/cloud';
import type { ClusterSpec } from '../model/cluster';
import type { Obstacle } from '../operator';
import { hasSwapUnit } from './swapUnit';
import { formatMoney } from '../model/cost';
import { isSwapSize, obstacle, warning } from './specRules';

/** The guide's droplets have 20 GB; swap, Ceph's journal and the images leave little of that. */
export const LEAST_DISK_GB = 20;
/** System partitions 3 GB, Ceph's journal 5 GB, Deis' images 5 GB. */
const OCCUPIED_GB = 13;
const RECOMMENDED_MEMORY_MB = 4096;

const FEATURES: Readonly<Record<string, string>> = {
  private_networking: 'private networking, over which the nodes talk',
  metadata: 'user data, by which a node learns what it is',
};

export function checkRegion(regions: readonly Region[], spec: ClusterSpec, size: Size | undefined): Obstacle[] {
  const region = regions.find(({ slug }) => slug === spec.regionSlug);
  if (region === undefined) {
    return [obstacle(`There is no region "${spec.regionSlug}". ${suggestRegions(regions, spec)}`)];
  }
  if (!region.isAvailable) {
    return [obstacle(`${region.name} (${region.slug}) takes no new droplets now. ${suggestRegions(regions, spec)}`)];
  }
  const found = Object.entries(FEATURES)
    .filter(([feature]) => !region.features.includes(feature))
    .map(([, meaning]) => obstacle(`${region.slug} has no ${meaning}. ${suggestRegions(regions, spec)}`));
  // Both lists are empty where a token's scopes hide them.
  const hasSize =
    region.sizeSlugs.includes(spec.sizeSlug) ||
    size?.regionSlugs.includes(region.slug) === true ||
    (region.sizeSlugs.length === 0 && (size === undefined || size.regionSlugs.length === 0));
  if (!hasSize && size !== undefined) {
    found.push(obstacle(`${region.slug} has no droplets of size ${spec.sizeSlug}. ${suggestRegions(regions, spec)}`));
  }
  return found;
}

function suggestRegions(regions: readonly Region[], spec: ClusterSpec): string {
  const fitting = regions
    .filter(
      (region) => region.isAvailable && Object.keys(FEATURES).every((feature) => region.features.includes(feature)),
    )
    .filter(({ sizeSlugs }) => sizeSlugs.length === 0 || sizeSlugs.includes(spec.sizeSlug))
    .map(({ slug }) => slug);
  return fitting.length === 0 ? 'No other region fits.' : `These fit: ${fitting.join(', ')}.`;
}

export function checkSize(sizes: readonly Size[], spec: ClusterSpec): Obstacle[] {
  const size = sizes.find(({ slug }) => slug === spec.sizeSlug);
  const suggestion = suggestSize(sizes, spec);
  if (size === undefined) {
    const guide =
      spec.sizeSlug === '512mb' ? " The guide's 512 MB droplets with 20 GB of disk were taken off the list." : '';
    return [obstacle(`There is no size "${spec.sizeSlug}".${guide} ${suggestion}`)];
  }
  if (!size.isAvailable) {
    return [obstacle(`Droplets of size ${size.slug} can't be made any more. ${suggestion}`)];
  }
  if (size.diskGb < LEAST_DISK_GB) {
    return [
      obstacle(
        `${size.slug} has a disk of ${size.diskGb} GB: too small for ${hasSwapUnit(spec) ? `${spec.swapSizeMb} MB of swap, ` : ''}Ceph's journal and the images, which need ${LEAST_DISK_GB} GB. ${suggestion}`,
      ),
    ];
  }
  return checkSwapOn(size, spec);
}

function checkSwapOn(size: Size, { swapSizeMb }: ClusterSpec): Obstacle[] {
  const roomMb = (size.diskGb - OCCUPIED_GB) * 1024;
  if (swapSizeMb > roomMb) {
    return [
      obstacle(
        `${swapSizeMb} MB of swap are too much for a disk of ${size.diskGb} GB, of which the system, Ceph and the images take ${OCCUPIED_GB} GB. At most ${roomMb} MB fit.`,
      ),
    ];
  }
  const memory = size.memoryMb + swapSizeMb;
  return isSwapSize(swapSizeMb) && memory < RECOMMENDED_MEMORY_MB
    ? [
        warning(
          `${size.memoryMb} MB of memory and ${swapSizeMb === 0 ? 'no' : `${swapSizeMb} MB of`} swap are less than the ${RECOMMENDED_MEMORY_MB} MB that Deis asks for: the platform may not start. The guide uses 4096 MB of swap.`,
        ),
      ]
    : [];
}

/** The cheapest that has the disk; the sizes' memory doesn't matter as much, since swap stands in for it. */
export function cheapestFitting(sizes: readonly Size[], regionSlug: string): Size | undefined {
  return sizes
    .filter((size) => size.isAvailable && size.diskGb >= LEAST_DISK_GB)
    .filter(({ regionSlugs }) => regionSlugs.length === 0 || regionSlugs.includes(regionSlug))
    .sort((a, b) => a.priceMonthly - b.priceMonthly || a.priceHourly - b.priceHourly)[0];
}

function suggestSize(sizes: readonly Size[], spec: ClusterSpec): string {
  const size = cheapestFitting(sizes, spec.regionSlug);
  return size === undefined
    ? `No size in ${spec.regionSlug} fits.`
    : `The cheapest that fits is ${size.slug} (${size.memoryMb} MB, ${size.diskGb} GB, ${formatMoney(size.priceMonthly)} a month each).`;
}
