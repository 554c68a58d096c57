import type { StateFile } from '../kernel';
import type { ActionRecord, CloudState, DropletRecord } from './records';
import { Refusal } from './refusal';

const SECTION = 'cloud';
/** As large as DigitalOcean's ids have become; a client must not take them for 16-bit numbers. */
const FIRST_ID = 300_000_000;
/** Finished actions beyond this number are forgotten, oldest first. */
const KEPT_ACTIONS = 5_000;

const empty = (): CloudState => ({
  ...{ nextId: FIRST_ID, nextAddress: 0, accounts: [], keys: [], droplets: [], actions: [], tags: [], firewalls: [] },
  ...{ images: [], vpcs: [], projects: [], domains: [], charges: [], destructions: [], userData: {} },
});

/** The cloud's section of the state file, with the two look-ups that every request needs. */
export class CloudStore {
  readonly data: CloudState;
  readonly #droplets = new Map<number, DropletRecord>();
  readonly #actions = new Map<number, ActionRecord>();

  constructor(private readonly state: StateFile) {
    const stored = state.section(SECTION, empty);
    // A state that was written before something new was kept begins with none of it.
    this.data = Object.assign(stored, { ...empty(), ...stored });
    for (const droplet of this.data.droplets) this.#droplets.set(droplet.id, droplet);
    for (const action of this.data.actions) this.#actions.set(action.id, action);
  }

  changed(): void {
    this.state.changed(SECTION);
  }

  /** Everything changed so far is on disk: nothing that was answered is lost by a kill. Throws the refusal when that fails. */
  async saved(): Promise<void> {
    try {
      await this.state.saved();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new Refusal(500, 'server_error', `The practice cloud could not save its state: ${why}`);
    }
  }

  nextId(): number {
    this.data.nextId += 1;
    return this.data.nextId - 1;
  }

  droplet(id: number): DropletRecord | undefined {
    return this.#droplets.get(id);
  }

  addDroplet(droplet: DropletRecord): void {
    this.data.droplets.push(droplet);
    this.#droplets.set(droplet.id, droplet);
    this.changed();
  }

  removeDroplet(id: number): void {
    this.#droplets.delete(id);
    this.data.droplets = this.data.droplets.filter((droplet) => droplet.id !== id);
    const used = new Set(this.data.droplets.map((droplet) => droplet.userData));
    this.data.userData = Object.fromEntries(Object.entries(this.data.userData).filter(([hash]) => used.has(hash)));
    this.changed();
  }

  action(id: number): ActionRecord | undefined {
    return this.#actions.get(id);
  }

  addAction(action: ActionRecord): void {
    this.data.actions.push(action);
    this.#actions.set(action.id, action);
    if (this.data.actions.length > KEPT_ACTIONS) this.#forgetActions();
    this.changed();
  }

  #forgetActions(): void {
    const surplus = this.data.actions.length - KEPT_ACTIONS / 2;
    const forgotten = this.data.actions.filter((action, index) => index < surplus && action.status !== 'in-progress');
    for (const action of forgotten) this.#actions.delete(action.id);
    this.data.actions = this.data.actions.filter((action) => this.#actions.has(action.id));
  }
}
