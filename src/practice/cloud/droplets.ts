import type { Timeline } from '../kernel';
import { policyOf } from './backupPolicy';
import type { Billing } from './billing';
import type { Catalogue } from './catalogue/catalogue';
import type { Disks } from './diskImages';
import { checkDropletRequest, type CheckedRequest, type DropletRequest } from './dropletRequest';
import { isImported, type Images } from './images';
import type { Keys } from './keys';
import type { Lifecycle } from './lifecycle';
import type { AccountRecord, ActionRecord, DestructionRecord, DropletRecord, ImageRecord } from './records';
import { forbidden, notFound, Refusal, unprocessable } from './refusal';
import type { CloudStore } from './store';
import type { Tags } from './tags';
import type { Vpcs } from './vpcs';

/** For a moment after the call a new droplet's own address answers 404. */
const VISIBLE_AFTER_MS = 800;
/** Destructions whose end is remembered. */
const KEPT = 100;

interface Parts {
  readonly store: CloudStore;
  readonly timeline: Timeline;
  readonly catalogue: Catalogue;
  readonly images: Images;
  readonly keys: Keys;
  readonly tags: Tags;
  readonly vpcs: Vpcs;
  readonly billing: Billing;
  readonly lifecycle: Lifecycle;
  readonly disks: Disks;
}

/** Droplets of an account: made, found and deleted. What happens to them over time is the lifecycle's. */
export class Droplets {
  constructor(private readonly parts: Parts) {}

  list(account: string, filter: { tag?: string | undefined; name?: string | undefined } = {}): DropletRecord[] {
    const { tag, name } = filter;
    if (tag !== undefined) return this.parts.tags.dropletsWith(account, tag);
    const own = this.parts.store.data.droplets.filter((droplet) => droplet.account === account);
    if (name === undefined) return own;
    return own.filter((droplet) => droplet.name.toLowerCase() === name.toLowerCase());
  }

  get(account: string, id: number): DropletRecord {
    const droplet = this.parts.store.droplet(id);
    if (droplet?.account !== account || this.parts.timeline.now() < droplet.visibleAt) throw notFound();
    return droplet;
  }

  create(account: AccountRecord, request: DropletRequest): { droplet: DropletRecord; action: ActionRecord }[] {
    if (account.status !== 'active') throw forbidden();
    if (!account.isEmailVerified) throw unprocessable('Please verify your email address before creating a Droplet.');
    const checked = checkDropletRequest(this.parts, account.uuid, request);
    const living = this.list(account.uuid).filter((droplet) => droplet.goneAt === undefined);
    if (living.length + request.names.length > account.dropletLimit) {
      throw unprocessable('creating this/these droplet(s) will exceed your droplet limit');
    }
    const vpc = this.#vpc(account.uuid, checked.regionSlug, request);
    const tags = request.tags.map((name) => this.parts.tags.ensure(account.uuid, name).name);
    this.parts.store.data.userData[checked.userDataHash] = request.userData;
    return request.names.map((name) => this.#createOne(account.uuid, { ...request, tags, vpc }, { ...checked, name }));
  }

  delete(account: string, id: number): void {
    const droplet = this.get(account, id);
    if (droplet.goneAt !== undefined) return;
    this.parts.lifecycle.delete(droplet);
  }

  /** As a delete, together with what would be left over of the droplet and go on being billed. */
  destroyWith(account: string, id: number, images: readonly ImageRecord[]): void {
    const { name } = this.get(account, id);
    this.delete(account, id);
    const { store } = this.parts;
    const endsAt = store.droplet(id)?.goneAt ?? this.parts.timeline.now();
    const snapshots = images.map((image) => ({ id: image.id, name: image.name }));
    for (const image of snapshots) this.parts.images.delete(account, String(image.id));
    const destruction = { dropletId: id, account, name, endsAt, snapshots };
    store.data.destructions = [...store.data.destructions, destruction].slice(-KEPT);
    store.changed();
  }

  destruction(account: string, id: number): DestructionRecord {
    const found = this.parts.store.data.destructions.find((one) => one.account === account && one.dropletId === id);
    if (found === undefined) throw notFound();
    return found;
  }

  /** All or nothing: one droplet that is busy keeps the others. */
  deleteByTag(account: string, tag: string): void {
    const living = this.list(account, { tag }).filter((droplet) => droplet.goneAt === undefined);
    for (const droplet of living) this.parts.lifecycle.refuseWhenBusy(droplet);
    for (const droplet of living) this.parts.lifecycle.delete(droplet);
  }

  #createOne(
    account: string,
    request: DropletRequest & { readonly vpc: string },
    checked: CheckedRequest & { name: string },
  ): { droplet: DropletRecord; action: ActionRecord } {
    const { store, timeline, billing, lifecycle } = this.parts;
    const now = timeline.now();
    const droplet: DropletRecord = {
      ...{ id: store.nextId(), account, name: checked.name, status: 'new', power: 'off' },
      ...{ createdAt: now, visibleAt: now + VISIBLE_AFTER_MS, regionSlug: checked.regionSlug, size: checked.size },
      ...{ image: checked.image, keys: checked.keys, tags: [...new Set(request.tags)], userData: checked.userDataHash },
      // DigitalOcean's agent is not put on imported images.
      hasMonitoring: request.hasMonitoring && !isImported(checked.image),
      ...{ features: request.features ?? [], vpc: request.vpc },
    };
    if (droplet.features?.includes('backups') === true) {
      droplet.backups = { policy: policyOf(request.policy ?? {}, now), lastAt: now };
    }
    store.addDroplet(droplet);
    // Now, as the snapshot may be deleted before the droplet is there.
    if (checked.image.dropletId !== undefined) this.parts.disks.copy(checked.image.id, droplet.id);
    billing.open(droplet, now);
    return { droplet, action: lifecycle.create(droplet) };
  }

  #vpc(account: string, regionSlug: string, { vpc: asked, names }: DropletRequest): string {
    const { vpcs, timeline } = this.parts;
    const vpc = asked === undefined ? vpcs.ensure(account, regionSlug, timeline.now()) : vpcs.byId(asked);
    // As a public transcript of September 2026 has it.
    if (vpc?.account !== account) throw new Refusal(404, 'not_found', 'Failed to resolve VPC');
    if (vpc.regionSlug !== regionSlug) throw unprocessable('The VPC is not in the region of the Droplet.');
    if (vpcs.room(vpc.id) < names.length) throw unprocessable('The VPC has no room for more Droplets.');
    return vpc.id;
  }
}
