import type { HostSpec, Ledger, PoweredHost, Profile, Timeline } from '../kernel';
import { takePublicAddress } from './addresses';
import type { Billing } from './billing';
import type { Catalogue } from './catalogue/catalogue';
import type { CopyType, DiskAction, DiskImages, Disks } from './diskImages';
import { applyChange, CHANGES, diskOf, wishOf, type AskedChange, type ChangeAction, type Wish } from './dropletChanges';
import type { Firewalls } from './firewalls';
import { isImported } from './images';
import { Machine, type PowerListener } from './machine';
import type { ActionRecord, DropletRecord, ImageRecord } from './records';
import { unprocessable } from './refusal';
import type { CloudStore } from './store';
import type { Vpcs } from './vpcs';

export type PowerAction = 'power_on' | 'power_off' | 'power_cycle' | 'reboot' | 'shutdown';

/** A deleted droplet is still listed for a moment. */
const DELETE_MS = 1_500;
const SWITCHED_ON_AFTER = ['create', 'power_on', 'rebuild', 'restore'];
/** Whose root password DigitalOcean cannot reset (its how-to on root passwords); nor that of imported images. */
const MANAGED_INTERNALLY = ['CoreOS', 'Fedora', 'FreeBSD', 'RancherOS'];

interface Parts {
  readonly store: CloudStore;
  readonly timeline: Timeline;
  readonly ledger: Ledger;
  readonly profile: Profile;
  readonly catalogue: Catalogue;
  readonly vpcs: Vpcs;
  readonly billing: Billing;
  readonly firewalls: Firewalls;
  readonly createHost: (spec: HostSpec) => PoweredHost;
  readonly listener: PowerListener;
  readonly diskImages: DiskImages;
  readonly disks: Disks;
}

/**
 * What happens to droplets over time. An action's state is in its record and its droplet's, so that a process that was killed in
 * the middle finds it there and carries on.
 */
export class Lifecycle {
  readonly #machines = new Map<number, Machine>();
  readonly #gone = new Map<number, AbortController>();

  constructor(private readonly parts: Parts) {}

  host(dropletId: number): PoweredHost | undefined {
    return this.#machines.get(dropletId)?.host;
  }

  create(droplet: DropletRecord): ActionRecord {
    return this.#start(droplet, 'create');
  }

  act(droplet: DropletRecord, type: PowerAction): ActionRecord {
    this.refuseWhenBusy(droplet);
    const isOn = droplet.status === 'active';
    if (type === 'power_on' && isOn) throw unprocessable('Droplet is already powered on.');
    if (type === 'power_off' && !isOn) throw unprocessable('Droplet is already powered off.');
    // A shutdown of a droplet that is off is no error (Terraform's provider counts on it before a graceful destroy).
    if (type !== 'power_on' && type !== 'shutdown' && !isOn) {
      throw unprocessable('Droplet is currently off. Please power it on to run this event.');
    }
    return this.#start(droplet, type);
  }

  /** What changes a droplet itself and not its power. */
  change(droplet: DropletRecord, type: ChangeAction, asked: AskedChange): ActionRecord {
    this.refuseWhenBusy(droplet);
    const now = this.parts.timeline.now();
    return this.#start(droplet, type, wishOf(this.parts.catalogue, droplet, { type, change: asked, now }));
  }

  /** What is on the disk now becomes an image; the node goes on meanwhile. */
  copy(droplet: DropletRecord, type: CopyType, name: string): ActionRecord {
    this.refuseWhenBusy(droplet);
    const { host } = this.#machine(droplet);
    const sizeGb = Math.round((host.resources.diskUsedMb / 1024) * 100) / 100;
    const imageId = this.parts.store.nextId();
    this.parts.disks.copy(droplet.id, imageId);
    const wish = { name, imageId, sizeGb, diskGb: diskOf(droplet) };
    return this.#start(droplet, type, wish, this.parts.profile.copyMs(sizeGb));
  }

  /** All that is on the disk is lost; the droplet keeps its id, its addresses and its keys, and is switched on afterwards. */
  replaceDisk(droplet: DropletRecord, type: DiskAction, image: ImageRecord): ActionRecord {
    this.refuseWhenBusy(droplet);
    const { disks, profile } = this.parts;
    const machine = this.#machine(droplet);
    machine.cutPower();
    machine.host.destroy();
    this.#machines.delete(droplet.id);
    disks.remove(droplet.id);
    if (image.dropletId !== undefined) disks.copy(image.id, droplet.id);
    if (type === 'rebuild') {
      droplet.image = image;
      delete droplet.hostName; // the name that it is made with now
    }
    this.#settled(droplet, image);
    return this.#start(droplet, type, {}, type === 'rebuild' ? profile.createMs : profile.copyMs(image.sizeGb));
  }

  /** By DigitalOcean the password is set while the machine is down. */
  resetPassword(droplet: DropletRecord): ActionRecord {
    this.refuseWhenBusy(droplet);
    const { image } = droplet;
    if (isImported(image) || MANAGED_INTERNALLY.includes(image.distribution)) {
      throw unprocessable('The root password of this Droplet is managed internally and cannot be reset.');
    }
    return this.#start(droplet, 'password_reset');
  }

  /** The machine below a droplet fails: nobody has asked for it, so there is no action. */
  crash(dropletId: number): void {
    this.#machines.get(dropletId)?.cutPower();
  }

  /** A droplet without power boots. */
  recover(dropletId: number): void {
    if (this.parts.store.droplet(dropletId)?.power === 'off') this.#machines.get(dropletId)?.powerOn();
  }

  refuseWhenBusy(droplet: DropletRecord): void {
    if (droplet.pendingAction !== undefined || droplet.goneAt !== undefined) {
      throw unprocessable('Droplet already has a pending event.');
    }
  }

  /** The bill ends with the call; the droplet is listed a moment longer. */
  delete(droplet: DropletRecord): void {
    this.refuseWhenBusy(droplet);
    const now = this.parts.timeline.now();
    droplet.goneAt = now + DELETE_MS;
    this.parts.billing.close(droplet, now);
    this.parts.diskImages.forgetBackups(droplet);
    this.#machines.get(droplet.id)?.cutPower();
    this.#removeLater(droplet);
    this.parts.store.changed();
  }

  /** After a restart of the process: makes the insides again and carries on with what was under way. */
  resume(): void {
    for (const droplet of [...this.parts.store.data.droplets]) {
      if (droplet.goneAt !== undefined) {
        this.#removeLater(droplet);
        continue;
      }
      if (droplet.status !== 'new') this.#machine(droplet).resume();
      const action = droplet.pendingAction === undefined ? undefined : this.parts.store.action(droplet.pendingAction);
      if (action !== undefined) this.#carryOut(droplet, action);
    }
  }

  #start(droplet: DropletRecord, type: string, wish: Wish = {}, takesMs?: number): ActionRecord {
    const action: ActionRecord = {
      ...{ id: this.parts.store.nextId(), account: droplet.account, type, status: 'in-progress' },
      ...{ startedAt: this.parts.timeline.now(), completedAt: null, dropletId: droplet.id },
      ...{ regionSlug: droplet.regionSlug, wish, ...(takesMs !== undefined && { takesMs }) },
    };
    droplet.pendingAction = action.id;
    this.parts.store.addAction(action);
    this.#carryOut(droplet, action);
    return action;
  }

  #carryOut(droplet: DropletRecord, action: ActionRecord): void {
    const { ledger, profile, timeline } = this.parts;
    const kind = action.type === 'create' ? 'create' : 'action';
    const takesMs = action.takesMs ?? (action.type === 'create' ? profile.createMs : profile.actionMs);
    const leftMs = Math.max(0, action.startedAt + takesMs - timeline.now());
    const { signal } = this.#goneController(droplet.id);
    void ledger.delay(kind, droplet.name, leftMs, signal).then(
      () => {
        action.status = 'completed';
        action.completedAt = timeline.now();
        delete droplet.pendingAction;
        if (isCopy(action.type)) this.parts.diskImages.keep(droplet, action);
        else if (isChange(action.type)) this.#alter(droplet, action);
        else this.#effect(droplet, action.type);
        this.parts.store.changed();
      },
      () => undefined, // the droplet is gone, and its action with it
    );
  }

  #alter(droplet: DropletRecord, action: ActionRecord): void {
    const now = this.parts.timeline.now();
    if (action.type === 'disable_backups') this.parts.diskImages.forgetBackups(droplet);
    if (!applyChange(droplet, action, now)) return;
    this.parts.billing.close(droplet, now);
    this.parts.billing.open(droplet, now);
    // It is off, so all that its inside knows is in the state: the new one begins with that.
    this.#machines.delete(droplet.id);
    this.#machine(droplet);
  }

  #effect(droplet: DropletRecord, type: string): void {
    if (type === 'create') {
      droplet.publicAddress ??= takePublicAddress(this.parts.store);
      droplet.privateAddress ??= this.parts.vpcs.takeAddress(droplet.vpc);
    }
    const machine = type === 'create' ? this.#settled(droplet, droplet.image) : this.#machine(droplet);
    if (SWITCHED_ON_AFTER.includes(type)) machine.powerOn();
    else if (type === 'power_off') machine.cutPower();
    else if (type === 'shutdown' && droplet.status === 'off') return;
    else if (type === 'shutdown') void machine.shutdown('off');
    else if (type === 'reboot') void machine.shutdown('reboot');
    else {
      machine.cutPower();
      machine.powerOn();
    }
  }

  /** A machine that was never on: to a disk that was copied from a running one it is as if the plug had been pulled. */
  #settled(droplet: DropletRecord, { dropletId: source }: ImageRecord): Machine {
    const machine = this.#machine(droplet);
    if (source !== undefined) machine.host.cutPower();
    return machine;
  }

  #machine(droplet: DropletRecord): Machine {
    const known = this.#machines.get(droplet.id);
    if (known !== undefined) return known;
    const machine = new Machine(droplet, this.parts);
    this.#machines.set(droplet.id, machine);
    return machine;
  }

  #goneController(id: number): AbortController {
    const known = this.#gone.get(id) ?? new AbortController();
    this.#gone.set(id, known);
    return known;
  }

  #removeLater(droplet: DropletRecord): void {
    const { timeline, store, firewalls, disks } = this.parts;
    timeline.after((droplet.goneAt ?? 0) - timeline.now(), () => {
      this.#goneController(droplet.id).abort();
      this.#gone.delete(droplet.id);
      this.#machines.get(droplet.id)?.destroy();
      this.#machines.delete(droplet.id);
      firewalls.forgetDroplet(droplet.id);
      store.removeDroplet(droplet.id);
      disks.remove(droplet.id);
    });
  }
}

const isCopy = (type: string): boolean => type === 'snapshot' || type === 'backup';
const isChange = (type: string): boolean => CHANGES.some((change) => change === type);
