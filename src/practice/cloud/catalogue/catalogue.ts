import { images2016, regions2016, sizes2016 } from './catalogue2016';
import { imagesToday, regionsToday, sizesToday } from './catalogueToday';

export interface RegionEntry {
  readonly slug: string;
  readonly name: string;
  readonly isAvailable: boolean;
  readonly features: readonly string[];
  /** Sizes of the catalogue that this region does not have. */
  readonly lacks?: readonly string[];
}

export interface SizeEntry {
  readonly slug: string;
  readonly memoryMb: number;
  readonly vcpus: number;
  readonly diskGb: number;
  readonly transferTb: number;
  readonly priceMonthly: number;
}

export interface ImageEntry {
  readonly id: number;
  readonly name: string;
  readonly slug: string | null;
  readonly distribution: string;
  readonly minDiskGb: number;
  readonly sizeGb: number;
  /** RFC 3339. */
  readonly createdAt: string;
}

export type CatalogueName = '2016' | 'today';

/** What DigitalOcean offers at one time. */
export interface Catalogue {
  readonly name: CatalogueName;
  readonly regions: readonly RegionEntry[];
  readonly sizes: readonly SizeEntry[];
  readonly images: readonly ImageEntry[];
}

export const catalogues: Readonly<Record<CatalogueName, Catalogue>> = {
  '2016': { name: '2016', regions: regions2016, sizes: sizes2016, images: images2016 },
  today: { name: 'today', regions: regionsToday, sizes: sizesToday, images: imagesToday },
};

/** A month is billed as 28 days at most: hourly is monthly by 672 hours (facts of DigitalOcean's pricing page). */
export function hourlyPrice(priceMonthly: number): number {
  return Math.round((priceMonthly / 672) * 100_000) / 100_000;
}

export function sizesOf(catalogue: Catalogue, region: RegionEntry): SizeEntry[] {
  return catalogue.sizes.filter((size) => region.lacks?.includes(size.slug) !== true);
}

export function regionsWith(catalogue: Catalogue, sizeSlug: string): RegionEntry[] {
  return catalogue.regions.filter((region) => region.lacks?.includes(sizeSlug) !== true);
}
