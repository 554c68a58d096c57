import { createLedger } from '../../../../src/practice/ledger';
import { createRandom } from '../../../../src/practice/random';
import type { Host, Kernel, ModelFetch, Network, Profile, StateFile } from '../../../../src/practice/kernel';
import { profiles } from '../../../../src/practice/profile';
import { VirtualTimeline } from '../../../../src/practice/timeline';
import type { FakeHost } from './fakeHost';

/** Keeps sections in memory; `written` is what a new process would read. */
export class MemoryState implements StateFile {
  readonly sections: Map<string, object>;

  constructor(written = '[]') {
    this.sections = new Map(JSON.parse(written) as [string, object][]);
  }

  get written(): string {
    return JSON.stringify([...this.sections]);
  }

  section<T extends object>(name: string, initial: () => T): T {
    const known = this.sections.get(name);
    if (known !== undefined) {
      return known as T;
    }
    const made = initial();
    this.sections.set(name, made);
    return made;
  }

  changed(): void {
    // Nothing is written.
  }

  saved(): Promise<void> {
    return Promise.resolve();
  }
}

/** Powered nodes reach each other unless they are on different sides of a partition. */
export class FakeNetwork implements Network {
  readonly #listeners = new Set<() => void>();
  #sides: readonly ReadonlySet<number>[] = [];
  hosts: FakeHost[] = [];

  dropletAt(address: string): number | undefined {
    return this.hosts.find((host) => host.privateAddress === address || host.publicAddress === address)?.dropletId;
  }

  probe(): 'open' {
    return 'open';
  }

  areConnected(a: number, b: number): boolean {
    const up = (id: number): boolean => this.hosts.find((host) => host.dropletId === id)?.isUp ?? false;
    return up(a) && up(b) && !this.#sides.some((side) => side.has(a) !== side.has(b));
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  partition(...sides: readonly (readonly number[])[]): void {
    this.#sides = sides.map((side) => new Set(side));
    this.changed();
  }

  changed(): void {
    for (const listener of this.#listeners) {
      listener();
    }
  }
}

export type FakeKernel = Kernel & {
  readonly network: FakeNetwork;
  readonly timeline: VirtualTimeline;
  readonly state: MemoryState;
  fetchFrom: ModelFetch;
};

const timelines: VirtualTimeline[] = [];
/** Heartbeats alone keep no process alive; a practice cloud is kept by its sockets, a test by this. */
let alive: NodeJS.Timeout | undefined;

/** Stops the heartbeats of all kernels made so far, or the test process would not end. */
export function disposeKernels(): void {
  for (const timeline of timelines.splice(0)) {
    timeline.dispose();
  }
  clearInterval(alive);
  alive = undefined;
}

export interface KernelOptions {
  readonly fleetVersion?: '1.0' | '0.11';
  readonly profile?: Profile;
  readonly seed?: string;
  /** What an earlier process left: its state file, and its time. */
  readonly left?: { readonly sections: string; readonly now: number };
}

export function createFakeKernel(options: KernelOptions = {}): FakeKernel {
  const state = new MemoryState(options.left?.sections);
  const timeline = new VirtualTimeline(Infinity, options.left?.now ?? Date.UTC(2016, 7, 1));
  const network = new FakeNetwork();
  timelines.push(timeline);
  alive ??= setInterval(() => undefined, 1_000);
  const kernel: FakeKernel = {
    timeline,
    state,
    random: createRandom(state, options.seed ?? 'test'),
    network,
    ledger: createLedger(timeline),
    profile: options.profile ?? profiles.lab,
    fetchFrom: () => Promise.reject(new Error('no Internet')),
    fetch: (from, request) => kernel.fetchFrom(from, request),
    fleetVersion: options.fleetVersion ?? '1.0',
    host: (dropletId): Host | undefined => network.hosts.find((host) => host.dropletId === dropletId)?.host,
  };
  return kernel;
}
