import type { Timeline } from '../kernel';
import type { Billing } from './billing';
import { isImported, type Images } from './images';
import type { ActionRecord, DropletRecord, ImageRecord } from './records';
import { unprocessable } from './refusal';
import type { CloudStore } from './store';

/** The copies of disks in the state: each under the id of the droplet or the image whose it is. */
export interface Disks {
  copy(fromId: number, toId: number): void;
  remove(id: number): void;
}

export type CopyType = 'snapshot' | 'backup';
export type DiskAction = 'rebuild' | 'restore';

interface Parts {
  readonly store: CloudStore;
  readonly timeline: Timeline;
  readonly billing: Billing;
  readonly images: Images;
}

/** Images that are a copy of a droplet's disk: snapshots, which outlive it, and backups, which do not. */
export class DiskImages {
  constructor(private readonly parts: Parts) {}

  of(droplet: DropletRecord, type: CopyType): ImageRecord[] {
    return this.parts.store.data.images.filter((image) => image.dropletId === droplet.id && image.type === type);
  }

  /** The copy has come through: from now on it is there, and billed. */
  keep(droplet: DropletRecord, { type, startedAt, wish = {} }: ActionRecord): void {
    const { store, timeline, billing } = this.parts;
    const { imageId, name = droplet.name, sizeGb = 0, diskGb = 0 } = wish;
    if (imageId === undefined) return;
    const now = timeline.now();
    const image: ImageRecord = {
      ...{ id: imageId, account: droplet.account, name, slug: null, distribution: droplet.image.distribution },
      // When it was asked for: by that Terraform's provider knows which one its action made (resource_droplet_snapshot.go).
      ...{ minDiskGb: diskGb, sizeGb, createdAt: new Date(startedAt).toISOString(), regions: [droplet.regionSlug] },
      ...{ type: type === 'backup' ? 'backup' : 'snapshot', dropletId: droplet.id },
      ...(isImported(droplet.image) && { isOfImported: true }),
    };
    store.data.images.push(image);
    if (type === 'snapshot') billing.openImage(image, now);
    store.changed();
  }

  /** What DigitalOcean keeps only as long as the droplet. */
  forgetBackups(droplet: DropletRecord): void {
    for (const image of this.of(droplet, 'backup')) this.parts.images.delete(droplet.account, String(image.id));
  }

  /** The image that a droplet's disk is to be made from; throws the refusal when it cannot be. */
  choose(droplet: DropletRecord, type: DiskAction, reference: string | number | undefined): ImageRecord {
    // As doctl was answered that sent another key (digitalocean/doctl, issue 48).
    if (reference === undefined || reference === '') throw unprocessable("Image can't be blank");
    const { images } = this.parts;
    const image = images.find(droplet.account, reference);
    const isOwn = type === 'rebuild' || image?.dropletId === droplet.id;
    if (image === undefined || !isOwn || images.statusOf(image) !== 'available') {
      throw unprocessable(`You specified an invalid image for Droplet ${type}.`);
    }
    if (image.regions?.includes(droplet.regionSlug) === false) {
      throw unprocessable('Image is not available in this region.');
    }
    if ((droplet.diskGb ?? droplet.size.diskGb) < image.minDiskGb) {
      throw unprocessable('The image you specified requires a larger disk than that of the Droplet.');
    }
    return image;
  }
}
