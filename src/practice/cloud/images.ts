import type { Timeline } from '../kernel';
import type { Billing } from './billing';
import type { Catalogue } from './catalogue/catalogue';
import type { ImageRecord } from './records';
import { forbidden, notFound, unprocessable } from './refusal';
import type { CloudStore } from './store';

export interface ImportRequest {
  readonly name: string;
  readonly url: string;
  readonly region: string;
  readonly distribution: string;
  readonly description: string;
  readonly tags: readonly string[];
}

export type ImageStatus = 'NEW' | 'pending' | 'available' | 'deleted';

/** How long fetching and converting an imported image takes. */
const FETCH_MS = 30_000;
const CONVERT_MS = 90_000;
/** What an imported image needs: CoreOS images are small, their file system grows with the disk. */
const IMPORTED_MIN_DISK_GB = 9;

/** Others than those that DigitalOcean names are "Unknown" to it (digitalocean/openapi, shared/attributes/distribution.yml). */
const DISTRIBUTIONS = [
  ...['Arch Linux', 'CentOS', 'CoreOS', 'Debian', 'Fedora', 'Fedora Atomic', 'FreeBSD', 'Gentoo'],
  ...['openSUSE', 'RancherOS', 'Rocky Linux', 'Ubuntu'],
];
const knownDistribution = (asked: string): string => (DISTRIBUTIONS.includes(asked) ? asked : 'Unknown');

/** Of what an import is made raw, qcow2, vhdx, vdi and vmdk, also packed by gzip or bzip2, and nothing else (its documented limits). */
const NO_IMAGE = /\.(?:xz|zst|zip|7z|rar|iso|ova|tar|tgz)(?:[?#]|$)/i;

/** Brought by the user, also when it has become a snapshot since: DigitalOcean can do less with it (its limits of custom images). */
export const isImported = (image: ImageRecord): boolean =>
  image.account !== undefined && (image.dropletId === undefined || image.isOfImported === true);

/** Everybody's images by the catalogue, and an account's own that it imported. */
export class Images {
  constructor(
    private readonly store: CloudStore,
    private readonly catalogue: Catalogue,
    private readonly timeline: Timeline,
    private readonly billing: Billing,
    private readonly removeDisk: (imageId: number) => void,
  ) {}

  list(account: string, filter: { isPrivate: boolean }): ImageRecord[] {
    const own = this.store.data.images.filter((image) => image.account === account);
    return filter.isPrivate ? own : [...this.catalogue.images, ...own];
  }

  find(account: string, reference: string | number): ImageRecord | undefined {
    return this.list(account, { isPrivate: false }).find(
      (image) => String(image.id) === String(reference) || image.slug === reference,
    );
  }

  get(account: string, reference: string): ImageRecord {
    const image = this.find(account, reference);
    if (image === undefined) throw notFound();
    return image;
  }

  statusOf(image: ImageRecord): ImageStatus {
    const now = this.timeline.now();
    if (now >= (image.availableAt ?? 0)) return image.failure === undefined ? 'available' : 'deleted';
    return now >= (image.pendingAt ?? 0) ? 'pending' : 'NEW';
  }

  /** The address is not fetched: a practice cloud never leaves the machine. */
  import(account: string, request: ImportRequest): ImageRecord {
    if (!this.catalogue.regions.some((region) => region.slug === request.region && region.isAvailable)) {
      throw unprocessable('Region is not available.');
    }
    if (!/^https?:\/\//.test(request.url)) throw unprocessable('URL is invalid.');
    const now = this.timeline.now();
    const image: ImageRecord = {
      ...{ id: this.store.nextId(), account, name: request.name, slug: null },
      distribution: knownDistribution(request.distribution),
      ...{ minDiskGb: IMPORTED_MIN_DISK_GB, sizeGb: 0.32, createdAt: new Date(now).toISOString() },
      ...{ regions: [request.region], tags: request.tags, description: request.description },
      ...{ pendingAt: now + FETCH_MS, availableAt: now + FETCH_MS + CONVERT_MS },
      ...(NO_IMAGE.test(request.url) && { failure: 'The file is not a supported image format.' }),
    };
    this.store.data.images.push(image);
    if (image.failure === undefined) this.billing.openImage(image, now + FETCH_MS + CONVERT_MS);
    this.store.changed();
    // Nobody may be waiting for it on the timeline; with `--speed max` the import still has to come to its end.
    this.timeline.after(FETCH_MS + CONVERT_MS, () => undefined);
    return image;
  }

  /** An account's own; what is not said stays. */
  update(
    account: string,
    reference: string,
    change: Partial<Pick<ImageRecord, 'name' | 'distribution' | 'description'>>,
  ) {
    const image = this.get(account, reference);
    if (image.account !== account) throw forbidden();
    if (change.name?.trim() === '') throw unprocessable("Name can't be blank");
    const { distribution } = change;
    Object.assign(image, change, distribution === undefined ? {} : { distribution: knownDistribution(distribution) });
    this.store.changed();
    return image;
  }

  delete(account: string, reference: string): void {
    const image = this.get(account, reference);
    if (image.account !== account) throw notFound();
    this.store.data.images = this.store.data.images.filter((other) => other !== image);
    this.billing.closeImage(image, this.timeline.now());
    if (image.dropletId !== undefined) this.removeDisk(image.id);
    this.store.changed();
  }
}
