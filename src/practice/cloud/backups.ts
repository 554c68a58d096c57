import type { Cancel, Timeline } from '../kernel';
import { PLANS, policyOf, windowAfter } from './backupPolicy';
import type { Billing } from './billing';
import type { DiskImages } from './diskImages';
import type { Images } from './images';
import type { Lifecycle } from './lifecycle';
import type { DropletRecord } from './records';
import type { CloudStore } from './store';

const DAY_MS = 24 * 3_600_000;
/** How often it is looked whether a backup is due; a window lasts much longer. */
const LOOK_MS = 10 * 60_000;

interface Parts {
  readonly store: CloudStore;
  readonly timeline: Timeline;
  readonly billing: Billing;
  readonly images: Images;
  readonly diskImages: DiskImages;
  readonly lifecycle: Lifecycle;
}

/** Copies of disks that are made by themselves, and thrown away when they are old. */
export class Backups {
  constructor(private readonly parts: Parts) {
    // A state that was written before backups were made knows only that they are on.
    for (const droplet of parts.store.data.droplets) {
      if (droplet.features?.includes('backups') !== true) continue;
      const lastAt = parts.timeline.now();
      droplet.backups ??= { policy: policyOf({}, droplet.createdAt), lastAt };
    }
  }

  /** When the next one is made; undefined without backups. */
  nextWindow({ backups }: DropletRecord): number | undefined {
    return backups === undefined ? undefined : windowAfter(backups.policy, backups.lastAt);
  }

  start(): Cancel {
    return this.parts.timeline.every(LOOK_MS, () => {
      const now = this.parts.timeline.now();
      for (const droplet of this.parts.store.data.droplets) this.#look(droplet, now);
    });
  }

  #look(droplet: DropletRecord, now: number): void {
    const due = this.nextWindow(droplet);
    const isBusy = droplet.pendingAction !== undefined || droplet.goneAt !== undefined;
    if (droplet.backups === undefined || due === undefined) return;
    const { plan } = droplet.backups.policy;
    this.#forgetOld(droplet, now - PLANS[plan].retentionDays * DAY_MS);
    if (now < due || isBusy) return;
    droplet.backups.lastAt = now;
    this.parts.billing.once(droplet, 'backup', droplet.size.priceMonthly * PLANS[plan].share, now);
    this.parts.lifecycle.copy(droplet, 'backup', `${droplet.name}- ${new Date(now).toISOString().slice(0, 10)}`);
  }

  #forgetOld(droplet: DropletRecord, before: number): void {
    for (const image of this.parts.diskImages.of(droplet, 'backup')) {
      if (Date.parse(image.createdAt) <= before) this.parts.images.delete(droplet.account, String(image.id));
    }
  }
}
