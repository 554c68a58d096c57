import { createHash } from 'node:crypto';
import type { Catalogue, RegionEntry, SizeEntry } from './catalogue/catalogue';
import type { AskedPolicy } from './backupPolicy';
import { isImported, type Images } from './images';
import type { Keys } from './keys';
import type { ImageRecord } from './records';
import { unprocessable } from './refusal';

/** A create call after its JSON has been read. */
export interface DropletRequest {
  readonly names: readonly string[];
  readonly region: string;
  readonly size: string;
  readonly image: string | number;
  readonly sshKeys: readonly (string | number)[];
  readonly tags: readonly string[];
  readonly userData: string;
  readonly hasMonitoring: boolean;
  /** `backups`, `ipv6`. */
  readonly features?: readonly string[];
  readonly policy?: AskedPolicy | undefined;
  readonly vpc: string | undefined;
}

export interface CheckedRequest {
  readonly regionSlug: string;
  readonly size: SizeEntry;
  readonly image: ImageRecord;
  readonly keys: readonly string[];
  readonly userDataHash: string;
}

const NAME = /^[a-zA-Z0-9]?[a-z0-9A-Z.-]*[a-z0-9A-Z]$/;
const MOST_NAMES = 10;
const MOST_USER_DATA_BYTES = 64 * 1024;

function checkNames(names: readonly string[]): void {
  if (names.length === 0) throw unprocessable("Name can't be blank");
  if (names.length > MOST_NAMES) throw unprocessable('You cannot create more than 10 droplets at once.');
  names.forEach(checkName);
}

export function checkName(name: string): void {
  if (name === '') throw unprocessable("Name can't be blank");
  if (name.length > 255 || !NAME.test(name)) {
    throw unprocessable('Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)');
  }
}

function checkPlace(
  catalogue: Catalogue,
  request: DropletRequest,
  image: ImageRecord,
): { regionSlug: string; size: SizeEntry } {
  const size = catalogue.sizes.find((candidate) => candidate.slug === request.size);
  if (size === undefined) throw unprocessable('You specified an invalid size for Droplet creation.');
  if (size.diskGb < image.minDiskGb) {
    throw unprocessable('The image you specified requires a larger disk than the size you selected.');
  }
  const regions = regionsNamed(catalogue, request.region);
  const fitting = regions.find((region) => refusalOf(region, size, image) === undefined);
  const region = fitting ?? regions[0];
  if (region === undefined) throw unprocessable('You specified an invalid region for Droplet creation.');
  const refusal = refusalOf(region, size, image);
  if (refusal !== undefined) throw unprocessable(refusal);
  return { regionSlug: region.slug, size };
}

/** `nyc` stands for any of nyc1, nyc2 and nyc3, and nothing for any region at all (digitalocean/openapi, droplet_create.yml). */
function regionsNamed({ regions }: Catalogue, asked: string): readonly RegionEntry[] {
  const exact = regions.filter(({ slug }) => slug === asked);
  return exact.length > 0 ? exact : regions.filter(({ slug }) => asked === '' || slug.replace(/\d+$/, '') === asked);
}

function refusalOf(region: RegionEntry, size: SizeEntry, image: ImageRecord): string | undefined {
  if (!region.isAvailable) return `${region.slug} is unavailable.`;
  if (region.lacks?.includes(size.slug) === true) return 'Size is not available in this region.';
  return image.regions?.includes(region.slug) === false ? 'Image is not available in this region.' : undefined;
}

/** Everything that can be said about a create call before anything is made; throws the refusal DigitalOcean answers with. */
export function checkDropletRequest(
  parts: { readonly catalogue: Catalogue; readonly images: Images; readonly keys: Keys },
  account: string,
  request: DropletRequest,
): CheckedRequest {
  checkNames(request.names);
  const image = parts.images.find(account, request.image);
  if (image === undefined || parts.images.statusOf(image) !== 'available') {
    throw unprocessable('You specified an invalid image for Droplet creation.');
  }
  if (isImported(image)) {
    if (request.features?.includes('ipv6') === true) throw unprocessable('image is not compatible with ipv6');
    if (request.sshKeys.length === 0)
      throw unprocessable('SSH keys are required for Droplets made from custom images.');
  }
  const place = checkPlace(parts.catalogue, request, image);
  if (Buffer.byteLength(request.userData) > MOST_USER_DATA_BYTES) {
    throw unprocessable('User data is too long (maximum is 64 KiB).');
  }
  const found = request.sshKeys.map((reference) => ({ reference, key: parts.keys.find(account, reference) }));
  const unknown = found.filter(({ key }) => key === undefined).map(({ reference }) => reference);
  if (unknown.length > 0) {
    throw unprocessable(`${unknown.join(', ')} are invalid key identifiers for Droplet creation.`);
  }
  return {
    ...{ ...place, image, keys: found.flatMap(({ key }) => (key === undefined ? [] : [key.publicKey])) },
    userDataHash: createHash('sha256').update(request.userData).digest('hex'),
  };
}
