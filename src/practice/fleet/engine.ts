import type { Cancel, EtcdClient, Kernel } from '../kernel';
import { goJson, parseRecord } from './json';
import { Reconciler } from './reconciler';
import { FLEET_PREFIX, type Registry } from './registry';
import { planSchedule, type ScheduleTask } from './scheduler';

const LEASE = `${FLEET_PREFIX}/lease/engine-leader`;
/** The lease lives for five intervals (engine/engine.go). */
const LEASE_INTERVALS = 5;
/** One write to etcd: the units of one plan reach their machines one after the other. */
const WRITE_MS = 5;

export interface EngineParts {
  readonly kernel: Kernel;
  readonly registry: Registry;
  readonly client: EtcdClient;
  readonly machineId: string;
  readonly nodeName: string;
  readonly intervalMs: number;
  log(source: 'leaderIs' | 'leaderChanged' | 'engineTask', text: string): void;
}

/** The scheduler: one of all fleetd holds the lease and gives units to machines; the others look whether it is still there. */
export class Engine {
  readonly #reconciler: Reconciler;
  readonly #owned: Cancel[] = [];
  #isLeader = false;
  #leaseIndex = 0;
  #seenLeader: string | undefined;
  #isBusy = false;

  constructor(private readonly parts: EngineParts) {
    this.#reconciler = new Reconciler({
      kernel: parts.kernel,
      subject: `${parts.nodeName} engine`,
      intervalMs: parts.intervalMs,
      canRun: () => parts.registry.hasQuorum,
      hasWork: () => this.#tasks().length > 0,
      run: () => this.#run(),
    });
  }

  start(): void {
    const { kernel, registry, intervalMs } = this.parts;
    this.#owned.push(
      kernel.timeline.every(intervalMs, () => void this.#holdLease()),
      registry.watch('job', ({ node }) => {
        if (this.#isLeader && !node.key.endsWith('/job-state')) {
          this.#reconciler.changed(isWatched(node.key));
        }
      }),
      registry.watch('machines', ({ action }) => {
        if (this.#isLeader && action !== 'update') {
          this.#reconciler.changed(false);
        }
      }),
    );
    void this.#holdLease();
  }

  stop(): void {
    this.#isLeader = false;
    this.#reconciler.stop();
    for (const cancel of this.#owned.splice(0)) {
      cancel();
    }
  }

  /** Gives the lease away, so that another takes over at its next look. */
  async purge(): Promise<void> {
    if (this.#isLeader) {
      await this.parts.client.delete(LEASE, { prevIndex: this.#leaseIndex }).catch(() => undefined);
    }
    this.stop();
  }

  async #holdLease(): Promise<void> {
    const { client } = this.parts;
    if (this.#isBusy || !client.hasQuorum) {
      return; // A renewal is under way, or etcd can't be written: the lease runs out by itself.
    }
    this.#isBusy = true;
    try {
      const held = client.peek(LEASE);
      const holder = parseRecord(held?.value)?.['MachineID'];
      if (held !== undefined && holder !== this.parts.machineId) {
        this.#isLeader = false;
        this.#note(typeof holder === 'string' ? holder : undefined);
        return;
      }
      await this.#write(held?.modifiedIndex);
    } catch {
      this.#isLeader = false; // Another was quicker.
    } finally {
      this.#isBusy = false;
    }
  }

  async #write(prevIndex: number | undefined): Promise<void> {
    const { client, machineId, intervalMs } = this.parts;
    const event = await client.set(LEASE, {
      value: goJson({ MachineID: machineId, Version: 1 }),
      ttlSeconds: (LEASE_INTERVALS * intervalMs) / 1_000,
      ...(prevIndex === undefined ? { prevExist: false } : { prevIndex }),
    });
    this.#leaseIndex = event.node.modifiedIndex;
    this.#note(machineId);
    if (!this.#isLeader) {
      this.#isLeader = true;
      this.#reconciler.start();
    }
  }

  #note(leader: string | undefined): void {
    if (leader === undefined || leader === this.#seenLeader) {
      return;
    }
    if (this.#seenLeader === undefined) {
      this.parts.log('leaderIs', `Engine leader is ${leader}`);
    } else {
      this.parts.log('leaderChanged', `Engine leadership changed from ${this.#seenLeader} to ${leader}`);
    }
    this.#seenLeader = leader;
  }

  #tasks(): ScheduleTask[] {
    const { registry } = this.parts;
    return this.#isLeader ? planSchedule(registry.units(), registry.machines()) : [];
  }

  #run(): number {
    const tasks = this.#tasks();
    for (const task of tasks) {
      const kind = task.kind === 'schedule' ? 'AttemptScheduleUnit' : 'UnscheduleUnit';
      const { unit, machineId, reason } = task;
      this.parts.log(
        'engineTask',
        `EngineReconciler completed task: {Type: ${kind}, JobName: ${unit}, MachineID: ${machineId}, Reason: "${reason}"}`,
      );
    }
    this.#perform(tasks).catch(() => this.#reconciler.changed(false));
    return tasks.length;
  }

  async #perform(tasks: readonly ScheduleTask[]): Promise<void> {
    const { registry } = this.parts;
    for (const { kind, unit, machineId } of tasks) {
      await this.parts.kernel.timeline.sleep(WRITE_MS);
      await (kind === 'schedule' ? registry.schedule(unit, machineId) : registry.unschedule(unit, machineId));
    }
  }
}

/** fleet's event stream knows two kinds of change: a target state and a target (registry/event.go). */
export const isWatched = (key: string): boolean => key.endsWith('/target-state') || key.endsWith('/target');
