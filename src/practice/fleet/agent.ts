import type { Cancel, Host, Kernel } from '../kernel';
import { desiredUnits, planAgent, type AgentTask, type LoadedUnit } from './agentPlan';
import { isWatched } from './engine';
import { Reconciler } from './reconciler';
import type { MachineRecord, Registry, StoredUnit } from './registry';
import { refreshMs } from './settings';
import type { LogSource } from './version';

const INTERVAL_MS = 5_000;

export interface AgentParts {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly registry: Registry;
  readonly machine: MachineRecord;
  readonly ttlSeconds: number;
  /** Lies in the state file; what of fleet's is in systemd now. */
  readonly loaded: Record<string, LoadedUnit>;
  readonly announcesStops: boolean;
  readonly log: (source: LogSource, text: string) => void;
  /** The set of loaded units is another now. */
  loadedChanged(): void;
}

/** Brings the units that belong on this machine into its systemd, and takes the others out. */
export class Agent {
  readonly #reconciler: Reconciler;
  readonly #owned: Cancel[] = [];
  /** Jobs of one unit run one after the other. */
  readonly #jobs = new Map<string, Promise<void>>();
  #jobCount = 900;

  constructor(private readonly parts: AgentParts) {
    this.#reconciler = new Reconciler({
      kernel: parts.kernel,
      subject: `${parts.host.name} agent`,
      intervalMs: INTERVAL_MS,
      canRun: () => parts.registry.hasQuorum && parts.registry.isListable,
      hasWork: () => this.#tasks(this.#desired()).length > 0,
      run: () => this.#run(),
    });
  }

  start(): void {
    const { kernel, registry, ttlSeconds } = this.parts;
    this.#owned.push(
      registry.watch('job', ({ node }) => {
        if (!node.key.endsWith('/job-state')) {
          this.#reconciler.changed(isWatched(node.key));
        }
      }),
      kernel.timeline.every(refreshMs(ttlSeconds, kernel), () => this.#heartbeat()),
    );
    this.#reconciler.start();
  }

  stop(): void {
    this.#reconciler.stop();
    for (const cancel of this.#owned.splice(0)) {
      cancel();
    }
  }

  /** fleetd ends in order: nothing of it stays on this machine. */
  async purge(): Promise<void> {
    this.stop();
    for (const unit of Object.keys(this.parts.loaded)) {
      this.#perform({ kind: 'UnloadUnit', unit, reason: 'unit loaded but not scheduled here' }, undefined);
    }
    await Promise.all(this.#jobs.values());
  }

  #desired(): Map<string, StoredUnit> {
    const { registry, machine } = this.parts;
    return desiredUnits(registry.units(), machine);
  }

  #tasks(desired: ReadonlyMap<string, StoredUnit>): AgentTask[] {
    return planAgent(desired, this.parts.loaded);
  }

  #run(): number {
    const desired = this.#desired();
    const tasks = this.#tasks(desired);
    const isOfFiles = ({ kind }: AgentTask): boolean => kind === 'LoadUnit' || kind === 'UnloadUnit';
    const [files, jobs] = [tasks.filter(isOfFiles), tasks.filter((task) => !isOfFiles(task))];
    for (const task of files) {
      this.#perform(task, desired.get(task.unit));
    }
    if (files.length > 0) {
      this.parts.log('reload', 'Instructing systemd to reload units');
    }
    for (const task of jobs) {
      this.#perform(task, desired.get(task.unit));
    }
    const reload = { kind: 'ReloadUnitFiles', unit: 'N/A', reason: 'always reload unit files' };
    for (const { kind, unit, reason } of [...files, ...(files.length > 0 ? [reload] : []), ...jobs]) {
      this.parts.log(
        'task',
        `AgentReconciler completed task: type=${kind} job=${unit} reason=${JSON.stringify(reason)}`,
      );
    }
    if (tasks.length > 0) {
      this.parts.loadedChanged();
    }
    return tasks.length;
  }

  #perform(task: AgentTask, unit: StoredUnit | undefined): void {
    switch (task.kind) {
      case 'UnloadUnit':
        this.#unload(task.unit);
        return;
      case 'LoadUnit':
        if (unit !== undefined) {
          this.#load(unit);
        }
        return;
      case 'StartUnit':
        this.#begin(task.unit);
        return;
      case 'StopUnit':
        this.#end(task.unit);
    }
  }

  #load(unit: StoredUnit): void {
    const { host, log, loaded } = this.parts;
    log('writing', `Writing systemd unit ${unit.name} (${Buffer.byteLength(unit.raw)}b)`);
    if (unit.file.options.some((option) => option.section === 'Install')) {
      log('enabling', `Enabling systemd unit ${unit.name}`);
    }
    loaded[unit.name] = { hash: unit.hash, state: 'loaded' };
    this.#queue(unit.name, () => {
      host.systemd.load(unit.name, unit.raw, { isRuntime: true });
      return Promise.resolve();
    });
  }

  #begin(name: string): void {
    const { host, log, loaded, registry, machine, ttlSeconds } = this.parts;
    log('start', `Triggered systemd unit ${name} start: job=${this.#jobNumber()}`);
    loaded[name] = { hash: loaded[name]?.hash ?? '', state: 'launched' };
    registry.unitHeartbeat(name, machine.id, ttlSeconds).catch(() => undefined);
    this.#queue(name, () => {
      void host.systemd.start(name); // fleet triggers and does not wait; the state is seen by whoever publishes it.
      return Promise.resolve();
    });
  }

  #end(name: string): void {
    const { loaded } = this.parts;
    loaded[name] = { hash: loaded[name]?.hash ?? '', state: 'loaded' };
    this.#halt(name);
  }

  #unload(name: string): void {
    const { host, log, loaded } = this.parts;
    this.#halt(name);
    log('removing', `Removing systemd unit ${name}`);
    Reflect.deleteProperty(loaded, name);
    this.#queue(name, async () => {
      await host.systemd.stop(name);
      host.systemd.unload(name);
    });
  }

  #halt(name: string): void {
    const { host, log, registry } = this.parts;
    log('stop', `Triggered systemd unit ${name} stop: job=${this.#jobNumber()}`);
    if (this.parts.announcesStops) {
      log('stopped', `Stopped unit(${name})`);
    }
    registry.clearUnitHeartbeat(name).catch(() => undefined);
    this.#queue(name, () => {
      void host.systemd.stop(name);
      return Promise.resolve();
    });
  }

  /** Tells for each launched unit that it was started here. */
  #heartbeat(): void {
    const { loaded, registry, machine, ttlSeconds } = this.parts;
    if (!registry.hasQuorum) {
      return;
    }
    for (const [name, unit] of Object.entries(loaded)) {
      if (unit.state === 'launched') {
        registry.unitHeartbeat(name, machine.id, ttlSeconds).catch(() => undefined);
      }
    }
  }

  #queue(name: string, job: () => Promise<void>): void {
    const { power } = this.parts.host;
    const before = this.#jobs.get(name) ?? Promise.resolve();
    const next = before.then(async () => {
      if (!power.aborted) {
        await job();
      }
    });
    this.#jobs.set(name, next);
    void next.finally(() => {
      if (this.#jobs.get(name) === next) {
        this.#jobs.delete(name);
      }
    });
  }

  #jobNumber(): number {
    this.#jobCount += 1;
    return this.#jobCount;
  }
}
