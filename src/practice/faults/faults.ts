import type { Fault } from '../../core/model/fault';
import type { Cancel, Random, StateFile, Timeline } from '../kernel';

export type { Fault } from '../../core/model/fault';

export type ApiEffect = Extract<Fault, { kind: `api-${string}` }>;
type DropletFault = Extract<Fault, { dropletId: number }>;

export interface ActiveFault {
  readonly id: string;
  readonly fault: Fault;
  /** How many calls are still to come; null for all. */
  left: number | null;
  /** Virtual time at which it began. */
  readonly since?: number;
  /** Virtual time at which it ends by itself. */
  readonly endsAt?: number;
  /** What is put back when it ends: files of the node, by path. */
  kept?: Readonly<Record<string, string>>;
}

/** What a fault does to the world at once, beyond what is asked for while it is in force. */
export interface FaultEffects {
  begin(one: ActiveFault): void;
  end(one: ActiveFault): void;
}

interface FaultsState {
  active: ActiveFault[];
}

const SECTION = 'faults';

/** Faults that are in force: listed, removable, and still there after a restart of the process. */
export class Faults {
  /** Those of the network have changed. */
  onChange: () => void = () => undefined;
  effects: FaultEffects = { begin: () => undefined, end: () => undefined };
  readonly #state: FaultsState;
  readonly #timers = new Map<string, Cancel>();

  constructor(
    private readonly stateFile: StateFile,
    private readonly random: Random,
    private readonly timeline: Pick<Timeline, 'now' | 'every'>,
  ) {
    this.#state = stateFile.section<FaultsState>(SECTION, () => ({ active: [] }));
    for (const one of this.active) this.#arm(one);
  }

  get active(): readonly ActiveFault[] {
    return this.#state.active;
  }

  add(fault: Fault): ActiveFault {
    const left = 'times' in fault && fault.times !== undefined ? fault.times : null;
    const endsAt = fault.forMs === undefined ? {} : { endsAt: this.timeline.now() + fault.forMs };
    const added: ActiveFault = { id: this.random.hex(8), fault, left, since: this.timeline.now(), ...endsAt };
    this.#state.active.push(added);
    this.effects.begin(added);
    this.#arm(added);
    this.#changed();
    return added;
  }

  /** False when there is no such fault. */
  remove(id: string): boolean {
    const one = this.active.find((each) => each.id === id);
    if (one === undefined) return false;
    this.#drop([one]);
    this.effects.end(one);
    this.#changed();
    return true;
  }

  clear(): void {
    for (const { id } of [...this.active].reverse()) this.remove(id);
  }

  forgetDroplet(dropletId: number): void {
    this.#forget(({ fault }) => isOfDroplet(fault) && fault.dropletId === dropletId);
  }

  /** Somebody else has given a droplet its power back: that fault is over. */
  powerIsBack(dropletId: number): void {
    this.#forget(({ fault }) => fault.kind === 'node-loses-power' && fault.dropletId === dropletId);
  }

  /** What is to happen to a call, in the order in which it was asked for; each counts down. */
  takeForCall(method: string, path: string): readonly ApiEffect[] {
    const taken = this.active.filter(({ fault, left }) => isOfApi(fault) && left !== 0 && matches(fault, method, path));
    for (const one of taken) if (one.left !== null) one.left -= 1;
    if (taken.length > 0) {
      this.#drop(this.active.filter(({ left }) => left === 0));
      this.stateFile.changed(SECTION);
    }
    return taken.map(({ fault }) => fault).filter(isOfApi);
  }

  isHung(dropletId: number): boolean {
    return this.of('node-hangs', dropletId) !== undefined;
  }

  areSplit(a: number, b: number): boolean {
    return this.active.some(({ fault }) => {
      if (fault.kind !== 'network-split') return false;
      const groupOf = (id: number): number => fault.groups.findIndex((group) => group.includes(id));
      return groupOf(a) >= 0 && groupOf(b) >= 0 && groupOf(a) !== groupOf(b);
    });
  }

  /** The first fault of the kind that a droplet has. */
  of<K extends DropletFault['kind']>(kind: K, dropletId: number): Extract<Fault, { kind: K }> | undefined {
    const isIt = (fault: Fault): fault is Extract<Fault, { kind: K }> =>
      fault.kind === kind && isOfDroplet(fault) && fault.dropletId === dropletId;
    return this.active.map(({ fault }) => fault).find(isIt);
  }

  /** By how much the droplet's own clock is wrong. */
  clockOffsetMs(dropletId: number): number {
    for (const { fault, since } of this.active) {
      if (fault.kind !== 'clock-drifts' || fault.dropletId !== dropletId) continue;
      const now = this.timeline.now();
      return fault.seconds * 1000 + Math.round(((now - (since ?? now)) * (fault.ppm ?? 0)) / 1_000_000);
    }
    return 0;
  }

  dispose(): void {
    for (const cancel of this.#timers.values()) cancel();
  }

  #arm({ id, endsAt }: ActiveFault): void {
    if (endsAt === undefined) return;
    // As a heartbeat, since nobody waits for it: time must not jump there.
    const cancel = this.timeline.every(Math.max(1, endsAt - this.timeline.now()), () => void this.remove(id));
    this.#timers.set(id, cancel);
  }

  #forget(isIt: (one: ActiveFault) => boolean): void {
    const gone = this.active.filter(isIt);
    if (gone.length === 0) return;
    this.#drop(gone);
    this.#changed();
  }

  #drop(gone: readonly ActiveFault[]): void {
    for (const { id } of gone) {
      this.#timers.get(id)?.();
      this.#timers.delete(id);
    }
    this.#state.active = this.#state.active.filter((one) => !gone.includes(one));
  }

  #changed(): void {
    this.stateFile.changed(SECTION);
    this.onChange();
  }
}

function isOfApi(fault: Fault): fault is ApiEffect {
  return fault.kind.startsWith('api-');
}

export function isOfDroplet(fault: Fault): fault is DropletFault {
  return 'dropletId' in fault;
}

/** Droplets that are read: the only answers in which these lies can be. */
const isAboutDroplets = (fault: ApiEffect): boolean =>
  fault.kind === 'api-lies' && (fault.lie === 'forgets-droplets' || fault.lie === 'says-active');

function matches(fault: Fault, method: string, path: string): boolean {
  if (!isOfApi(fault)) return false;
  if (isAboutDroplets(fault) && (method !== 'GET' || !path.startsWith('/v2/droplets'))) return false;
  return (fault.method === undefined || fault.method === method) && path.startsWith(fault.path ?? '/');
}
