import type { Cancel, Kernel } from '../kernel';
import type { EtcdClient, EtcdNode } from '../etcd/api';
import { goJson } from '../network/goJson';
import { parseRecord } from './json';
import type { EngineCounts } from './engineCounts';
import { Reconciler } from './reconciler';
import { FLEET_PREFIX, type Registry } from './registry';
import { planSchedule, type ScheduleTask } from './scheduler';

const LEASE = `${FLEET_PREFIX}/lease/engine-leader`;
/** Engines of another version than the cluster's keep still (engine/engine.go, `ensureEngineVersionMatch`). */
const VERSION = `${FLEET_PREFIX}/engine/version`;
const OWN_VERSION = 1;
/** The lease lives for five intervals (engine/engine.go). */
const LEASE_INTERVALS = 5;
/** One write to etcd: the units of one plan reach their machines one after the other, the last before an agent has read the first. */
const WRITE_MS = 1;
/** A member that was sent a whole copy of the store has seen no event of the lease. */
const LOOKS_WITHOUT_NEWS = 5;

export interface EngineParts {
  readonly kernel: Kernel;
  readonly registry: Registry;
  readonly client: EtcdClient;
  readonly machineId: string;
  readonly nodeName: string;
  readonly intervalMs: number;
  /** It ran before a restart of the practice process, and knows who leads. */
  readonly isResumed: boolean;
  /** Whom this run of fleetd last saw lead, before it lost etcd. */
  readonly lastLeader: string | undefined;
  readonly counts: EngineCounts;
  log(source: 'leaderIs' | 'leaderChanged' | 'engineTask', text: string): void;
}

/** The scheduler: one of all fleetd holds the lease and gives units to machines; the others look whether it is still there. */
export class Engine {
  readonly #reconciler: Reconciler;
  readonly #owned: Cancel[] = [];
  #isLeader = false;
  #isLeaseFree = false;
  #looks = 0;
  #seenLeader: string | undefined;

  /** One text for all the leases that it ever holds. */
  readonly #lease: string;

  constructor(private readonly parts: EngineParts) {
    this.#lease = goJson({ MachineID: parts.machineId, Version: OWN_VERSION });
    this.#seenLeader = parts.isResumed ? holderOf(parts.client.peek(LEASE)) : parts.lastLeader;
    this.#reconciler = new Reconciler({
      kernel: parts.kernel,
      subject: `${parts.nodeName} engine`,
      intervalMs: parts.intervalMs,
      canRun: () => parts.registry.hasQuorum && parts.registry.isListable,
      hasWork: () => this.#tasks().length > 0,
      run: () => this.#run(),
    });
  }

  get lastLeader(): string | undefined {
    return this.#seenLeader;
  }

  start(): void {
    const { kernel, registry, intervalMs } = this.parts;
    this.#owned.push(
      kernel.timeline.every(intervalMs, () => this.#look()),
      registry.watch('lease', ({ action }) => {
        this.#isLeaseFree ||= action !== 'compareAndSwap';
      }),
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
    this.#holdLease();
  }

  stop(): void {
    this.#loseLead();
    this.#reconciler.stop();
    for (const cancel of this.#owned.splice(0)) {
      cancel();
    }
  }

  /** Gives the lease away, so that another takes over at its next look. */
  async purge(): Promise<void> {
    if (this.#isLeader) {
      await this.parts.client.delete(LEASE, { prevValue: this.#lease }).catch(() => undefined);
    }
    this.stop();
  }

  /** Most looks of most engines are of no use: only who leads, or who was told that the lease is gone, asks etcd. */
  #look(): void {
    this.#looks += 1;
    if (this.#isLeader || this.#isLeaseFree || this.#looks % LOOKS_WITHOUT_NEWS === 0) {
      this.#isLeaseFree = false;
      this.#holdLease();
    }
  }

  /** All in one call: heartbeats run many in a row when our own clock was late. */
  #holdLease(): void {
    const { client, machineId } = this.parts;
    if (!client.hasQuorum) {
      return; // The lease runs out by itself.
    }
    if (!this.#isOfOurVersion()) {
      this.#loseLead();
      return;
    }
    const held = client.peek(LEASE);
    if (held === undefined || holderOf(held) === machineId) {
      this.#write(held?.modifiedIndex);
    }
    const holder = holderOf(client.peek(LEASE));
    this.#note(holder);
    if (holder !== machineId) {
      this.#loseLead();
    } else if (!this.#isLeader) {
      this.#isLeader = true;
      this.parts.counts.becameLeader(this.parts.kernel.timeline.now());
      this.#reconciler.start();
    }
  }

  #loseLead(): void {
    if (this.#isLeader) this.parts.counts.lostLead(this.parts.kernel.timeline.now());
    this.#isLeader = false;
  }

  /** The first engine of a cluster writes its version there. */
  #isOfOurVersion(): boolean {
    const { client } = this.parts;
    const known = client.peek(VERSION)?.value;
    if (known === undefined || Number(known) < OWN_VERSION) {
      const condition = known === undefined ? { prevExist: false } : { prevValue: known };
      client.set(VERSION, { value: String(OWN_VERSION), ...condition }).catch(() => undefined); // Another was quicker.
      return true;
    }
    return Number(known) === OWN_VERSION;
  }

  #write(prevIndex: number | undefined): void {
    const { client, intervalMs } = this.parts;
    const lease = {
      value: this.#lease,
      ttlSeconds: (LEASE_INTERVALS * intervalMs) / 1_000,
      ...(prevIndex === undefined ? { prevExist: false } : { prevIndex }),
    };
    client.set(LEASE, lease).catch(() => undefined); // Another was quicker, as the next look tells.
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
      this.parts.counts.didTask(kind);
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

function holderOf(lease: EtcdNode | undefined): string | undefined {
  const holder = parseRecord(lease?.value)?.['MachineID'];
  return typeof holder === 'string' ? holder : undefined;
}

/** fleet's event stream knows two kinds of change: a target state and a target (registry/event.go). */
export const isWatched = (key: string): boolean => key.endsWith('/target-state') || key.endsWith('/target');
