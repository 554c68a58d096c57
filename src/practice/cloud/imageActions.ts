import type { Timeline } from '../kernel';
import type { Billing } from './billing';
import type { Catalogue } from './catalogue/catalogue';
import type { Images } from './images';
import type { ActionRecord, ImageRecord } from './records';
import { forbidden, unprocessable } from './refusal';
import type { CloudStore } from './store';

/** How long copying an image to another region, or turning it into a snapshot, takes. */
const TAKES_MS = 60_000;

interface Parts {
  readonly store: CloudStore;
  readonly timeline: Timeline;
  readonly catalogue: Catalogue;
  readonly billing: Billing;
  readonly images: Images;
}

/** What can be done with an image of one's own: more regions have it, or it counts as a snapshot. */
export class ImageActions {
  constructor(private readonly parts: Parts) {}

  transfer(account: string, image: ImageRecord, region: string): ActionRecord {
    const { regions } = this.parts.catalogue;
    if (!regions.some(({ slug, isAvailable }) => slug === region && isAvailable)) {
      throw unprocessable('Region is not available.');
    }
    if (image.regions?.includes(region) === true) throw unprocessable('Image is already available in this region.');
    return this.#start(account, image, { type: 'transfer', regionSlug: region });
  }

  convert(account: string, image: ImageRecord): ActionRecord {
    if (image.type === 'snapshot') throw unprocessable('Image is already a snapshot.');
    return this.#start(account, image, { type: 'convert', regionSlug: image.regions?.[0] ?? '' });
  }

  /** After a restart of the process: what was under way comes to its end. */
  resume(): void {
    for (const action of this.parts.store.data.actions) {
      if (action.imageId !== undefined && action.status === 'in-progress') this.#carryOut(action);
    }
  }

  #start(account: string, image: ImageRecord, what: Pick<ActionRecord, 'type' | 'regionSlug'>): ActionRecord {
    const { store, timeline } = this.parts;
    if (image.account !== account) throw forbidden();
    if (this.parts.images.statusOf(image) !== 'available') throw unprocessable('Image is not available.');
    if (store.data.actions.some((one) => one.imageId === image.id && one.status === 'in-progress')) {
      throw unprocessable('Image already has a pending event.');
    }
    const action: ActionRecord = {
      ...{ id: store.nextId(), account, ...what, status: 'in-progress', imageId: image.id },
      ...{ startedAt: timeline.now(), completedAt: null },
    };
    store.addAction(action);
    this.#carryOut(action);
    return action;
  }

  #carryOut(action: ActionRecord): void {
    const { store, timeline } = this.parts;
    timeline.after(Math.max(0, action.startedAt + TAKES_MS - timeline.now()), () => {
      const image = store.data.images.find((one) => one.id === action.imageId);
      action.status = image === undefined ? 'errored' : 'completed';
      action.completedAt = timeline.now();
      if (image !== undefined && action.type === 'convert') this.#convert(image);
      if (image !== undefined && action.type === 'transfer')
        image.regions = [...(image.regions ?? []), action.regionSlug];
      store.changed();
    });
  }

  /** Backups are paid with the droplet, snapshots by what they hold. */
  #convert(image: ImageRecord): void {
    if (image.type === 'backup')
      this.parts.billing.openImage({ ...image, type: 'snapshot' }, this.parts.timeline.now());
    image.type = 'snapshot';
  }
}
