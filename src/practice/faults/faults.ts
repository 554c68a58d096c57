import type { Random, StateFile } from '../kernel';

/** Which calls a fault of the API is for; what is left out matches everything. */
export interface ApiMatch {
  readonly method?: string | undefined;
  /** The beginning of the path, such as `/v2/droplets` or `/new`. */
  readonly path?: string | undefined;
}

/** Something that is broken on purpose. */
export type Fault =
  /** The API answers with a failure of its own; nothing happens. */
  | ({ readonly kind: 'api-refuses'; readonly status: number; readonly message: string } & ApiFault)
  /** The API answers late, in virtual milliseconds. */
  | ({ readonly kind: 'api-delays'; readonly ms: number } & ApiFault)
  /** The connection breaks before the call has had its effect. */
  | ({ readonly kind: 'api-breaks' } & ApiFault)
  /** The call has its effect, and then the connection breaks. */
  | ({ readonly kind: 'api-loses-reply' } & ApiFault)
  /** A node has power and answers nothing. */
  | { readonly kind: 'node-hangs'; readonly dropletId: number }
  /** Its SSH connections break after so many bytes to the client. */
  | { readonly kind: 'ssh-breaks'; readonly dropletId: number; readonly afterBytes: number }
  /** Nodes of different groups do not reach each other. */
  | { readonly kind: 'network-split'; readonly groups: readonly (readonly number[])[] };

interface ApiFault extends ApiMatch {
  /** How many calls it is for; for all without it. */
  readonly times?: number | undefined;
}

export type ApiEffect = Extract<Fault, ApiFault>;

export interface ActiveFault {
  readonly id: string;
  readonly fault: Fault;
  /** How many calls are still to come; null for all. */
  left: number | null;
}

interface FaultsState {
  active: ActiveFault[];
}

const SECTION = 'faults';

/** Faults that are in force: listed, removable, and still there after a restart of the process. */
export class Faults {
  /** Those of the network have changed. */
  onChange: () => void = () => undefined;
  readonly #state: FaultsState;

  constructor(
    private readonly stateFile: StateFile,
    private readonly random: Random,
  ) {
    this.#state = stateFile.section<FaultsState>(SECTION, () => ({ active: [] }));
  }

  get active(): readonly ActiveFault[] {
    return this.#state.active;
  }

  add(fault: Fault): ActiveFault {
    const left = 'times' in fault && fault.times !== undefined ? fault.times : null;
    const added = { id: this.random.hex(8), fault, left };
    this.#state.active.push(added);
    this.#changed();
    return added;
  }

  /** False when there is no such fault. */
  remove(id: string): boolean {
    const before = this.#state.active.length;
    this.#state.active = this.#state.active.filter((one) => one.id !== id);
    this.#changed();
    return this.#state.active.length < before;
  }

  clear(): void {
    this.#state.active = [];
    this.#changed();
  }

  forgetDroplet(dropletId: number): void {
    const isOf = ({ fault }: ActiveFault): boolean => 'dropletId' in fault && fault.dropletId === dropletId;
    if (!this.#state.active.some(isOf)) return;
    this.#state.active = this.#state.active.filter((one) => !isOf(one));
    this.#changed();
  }

  /** What is to happen to a call, in the order in which it was asked for; each counts down. */
  takeForCall(method: string, path: string): readonly ApiEffect[] {
    const effects: ApiEffect[] = [];
    for (const one of this.#state.active) {
      const { fault } = one;
      if (!isOfApi(fault) || one.left === 0 || !matches(fault, method, path)) continue;
      effects.push(fault);
      if (one.left !== null) one.left -= 1;
    }
    if (effects.length > 0) {
      this.#state.active = this.#state.active.filter((one) => one.left !== 0);
      this.stateFile.changed(SECTION);
    }
    return effects;
  }

  isHung(dropletId: number): boolean {
    return this.active.some(({ fault }) => fault.kind === 'node-hangs' && fault.dropletId === dropletId);
  }

  areSplit(a: number, b: number): boolean {
    return this.active.some(({ fault }) => {
      if (fault.kind !== 'network-split') return false;
      const groupOf = (id: number): number => fault.groups.findIndex((group) => group.includes(id));
      return groupOf(a) >= 0 && groupOf(b) >= 0 && groupOf(a) !== groupOf(b);
    });
  }

  /** After how many bytes an SSH connection to the droplet breaks; undefined: never. */
  sshBreaksAfter(dropletId: number): number | undefined {
    for (const { fault } of this.active) {
      if (fault.kind === 'ssh-breaks' && fault.dropletId === dropletId) return fault.afterBytes;
    }
    return undefined;
  }

  #changed(): void {
    this.stateFile.changed(SECTION);
    this.onChange();
  }
}

function isOfApi(fault: Fault): fault is ApiEffect {
  return fault.kind.startsWith('api-');
}

function matches(match: ApiMatch, method: string, path: string): boolean {
  return (match.method === undefined || match.method === method) && path.startsWith(match.path ?? '/');
}
