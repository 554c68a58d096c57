import type { Cancel, Host, Kernel } from '../kernel';
import type { LoadedUnit } from './agentPlan';
import type { Registry, UnitStateRecord } from './registry';
import { refreshMs } from './settings';

/** Unit states are looked at once a second (unit/generator.go). */
const SAMPLE_MS = 1_000;

export interface PublisherParts {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly registry: Registry;
  readonly machineId: string;
  readonly ttlSeconds: number;
  readonly loaded: Readonly<Record<string, LoadedUnit>>;
  /** How a state names its machine; the two versions differ. */
  readonly machineState: object;
  /** What this run of fleetd has told, before it lost etcd too: told again in its turn only (traces/fleet-0.11.7/timeline-recovery). */
  readonly published: Map<string, UnitStateRecord>;
}

/** Tells the cluster what systemd makes of fleet's units: changes within a second, everything again before it runs out. */
export class StatePublisher {
  readonly #owned: Cancel[] = [];
  readonly #startedAt: number;
  /**
   * Units that are no longer here: 0.11 takes them away once more when it tells all again, and then forgets them
   * (agent/unit_state.go, the recorded fleet-0.11.7/timeline-recovery).
   */
  readonly #gone = new Set<string>();
  #sample: AbortController | undefined;
  #isStopped = false;

  constructor(private readonly parts: PublisherParts) {
    this.#startedAt = parts.kernel.timeline.now();
  }

  start(): void {
    const { kernel, host, ttlSeconds, loaded } = this.parts;
    this.#owned.push(
      host.systemd.onChange(({ name }) => {
        if (Object.hasOwn(loaded, name)) {
          this.changed();
        }
      }),
      kernel.timeline.every(refreshMs(ttlSeconds, kernel), () => this.#publishAll()),
    );
    this.changed();
  }

  stop(): void {
    this.#isStopped = true;
    this.#sample?.abort();
    for (const cancel of this.#owned.splice(0)) {
      cancel();
    }
  }

  async purge(): Promise<void> {
    this.stop();
    for (const name of this.parts.published.keys()) {
      await this.parts.registry.removeUnitState(name).catch(() => undefined);
    }
  }

  /** Units were loaded, unloaded or changed their state: seen at the next look. */
  changed(): void {
    if (this.#sample !== undefined || this.#isStopped) {
      return;
    }
    const sample = new AbortController();
    this.#sample = sample;
    const { kernel, host } = this.parts;
    const wait = SAMPLE_MS - ((kernel.timeline.now() - this.#startedAt) % SAMPLE_MS);
    kernel.ledger.delay('fleet-state', host.name, wait, sample.signal).then(
      () => {
        this.#sample = undefined;
        this.#publishChanges();
      },
      () => undefined, // Stopped.
    );
  }

  #publishChanges(): void {
    const { loaded, registry } = this.parts;
    if (!registry.hasQuorum) {
      return; // Told with everything else when etcd can be written again.
    }
    for (const name of Object.keys(loaded)) {
      const state = this.#stateOf(name);
      if (JSON.stringify(state) !== JSON.stringify(this.parts.published.get(name))) {
        this.#publish(state);
      }
    }
    for (const name of [...this.parts.published.keys()]) {
      if (!Object.hasOwn(loaded, name)) {
        this.parts.published.delete(name);
        if (this.parts.kernel.fleetVersion === '0.11') this.#gone.add(name);
        registry.removeUnitState(name).catch(() => undefined);
      }
    }
  }

  #publishAll(): void {
    if (!this.parts.registry.hasQuorum) {
      return;
    }
    for (const name of this.#gone) {
      this.parts.registry.removeUnitState(name).catch(() => undefined);
    }
    this.#gone.clear();
    for (const name of Object.keys(this.parts.loaded)) {
      this.#publish(this.#stateOf(name));
    }
  }

  #publish(state: UnitStateRecord): void {
    const { registry, ttlSeconds, machineState } = this.parts;
    this.parts.published.set(state.name, state);
    this.#gone.delete(state.name);
    registry.saveUnitState(state, ttlSeconds, machineState).catch(() => this.parts.published.delete(state.name));
  }

  #stateOf(name: string): UnitStateRecord {
    const { host, loaded, machineId } = this.parts;
    const { load, active, sub } = host.systemd.status(name);
    return { name, machineId, hash: loaded[name]?.hash ?? '', load, active, sub };
  }
}
