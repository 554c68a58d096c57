import type { Cancel, Systemd, UnitStatus } from '../../kernel';
import type { FileTree } from '../files/tree';
import { unmetCondition } from './conditions';
import { allRunningDependents, lacksDependency, pulledIn, runningDependents } from './dependencies';
import type { Job } from './jobs';
import { JobQueue } from './jobs';
import type { JobResult } from './service';
import { Service } from './service';
import type { ServiceContext } from './serviceContext';
import type { SwapSwitch } from './plainUnits';
import { PlainUnits } from './plainUnits';
import { followService } from './sockets';
import { stopInOrder } from './stopAll';
import type { StoredUnit } from './unit';
import { Unit } from './unit';
import type { SpecifierFacts } from './unitConfig';
import { sameText, UnitReader } from './unitReader';
import { UnitStore } from './unitStore';

export interface ManagerParts extends Omit<ServiceContext, 'log' | 'restartJob' | 'ended' | 'readFile' | 'delay'> {
  delay(kind: string, unit: string, ms: number, signal: AbortSignal): Promise<void>;
  readonly tree: FileTree;
  facts(): SpecifierFacts;
  /** Whether a path is a native service of the model. */
  isNative(path: string): boolean;
  readonly log: (unit: string, text: string) => void;
  readonly swap: SwapSwitch;
  /** Unit states in the state file. */
  readonly stored: Record<string, StoredUnit>;
  save(): void;
}

/** systemd as PID 1: units, their dependencies and the job queue. */
export class UnitManager implements Systemd {
  readonly store: UnitStore;
  readonly jobs = new JobQueue();
  readonly #parts: ManagerParts;
  readonly #units = new Map<string, Unit>();
  readonly #services = new Map<Unit, Service>();
  readonly #listeners = new Set<(status: UnitStatus) => void>();
  readonly #context: ServiceContext;
  readonly #reader: UnitReader;
  readonly #plainUnits: PlainUnits;

  constructor(parts: ManagerParts) {
    this.#parts = parts;
    this.store = new UnitStore(parts.tree);
    this.#reader = new UnitReader(this.store, () => parts.facts());
    this.#plainUnits = new PlainUnits(parts);
    this.#context = {
      timeline: parts.timeline,
      spawn: parts.spawn,
      power: () => parts.power(),
      log: (unit, text) => parts.log(unit.name, text),
      delay: (kind, unit, ms, signal) => parts.delay(kind, unit.name, ms, signal),
      newInvocationId: () => parts.newInvocationId(),
      readFile: (path) => parts.tree.text(path),
      restartJob: (unit) => void this.#restart(unit.name, true),
      ended: (unit) => this.#ended(unit),
    };
  }

  load(name: string, text: string, options: { isRuntime: boolean }): void {
    this.store.link(name, text, options.isRuntime);
    this.#reloadUnit(name);
  }

  unload(name: string): void {
    this.store.unlink(name);
    const unit = this.#units.get(name);
    if (unit !== undefined && !unit.isRunning) {
      this.#forget(unit);
    }
  }

  async start(name: string): Promise<UnitStatus> {
    await this.startJob(name);
    return this.status(name);
  }

  async stop(name: string): Promise<UnitStatus> {
    await this.stopJob(name);
    return this.status(name);
  }

  async restart(name: string): Promise<UnitStatus> {
    await this.#restart(name, false);
    return this.status(name);
  }

  status(name: string): UnitStatus {
    return this.unit(name).status;
  }

  text(name: string): string | undefined {
    const fragment = this.store.read(name);
    return fragment === undefined || fragment.isMasked
      ? undefined
      : [fragment.text, ...fragment.dropIns.map((dropIn) => dropIn.text)].join('\n');
  }

  list(): readonly UnitStatus[] {
    return [...this.#units.values()].map((unit) => unit.status);
  }

  /** Units in memory, by name. */
  get units(): readonly Unit[] {
    return [...this.#units.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  onChange(listener: (status: UnitStatus) => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The unit in memory, or one freshly read; a name without file gives a `not-found` one. */
  unit(name: string): Unit {
    const known = this.#units.get(name);
    return known ?? this.#read(name);
  }

  /** As `start`, with the job's result: `systemctl` words its complaint by it. */
  async startJob(name: string): Promise<JobResult> {
    return await this.#enqueueStart(name, false).result;
  }

  async stopJob(name: string): Promise<JobResult> {
    return await this.#enqueueStop(name).result;
  }

  async restartJob(name: string): Promise<JobResult> {
    return await this.#restart(name, false);
  }

  async stopAll(): Promise<void> {
    await stopInOrder(
      this.units.filter((unit) => unit.isRunning),
      (unit) => this.stopJob(unit.name),
    );
  }

  daemonReload(): void {
    for (const unit of this.units) {
      this.#reloadUnit(unit.name);
      unit.executed = []; // What ran before is not known any more (the recorded statuses lose their `Process:` rows).
    }
  }

  reload(name: string): void {
    this.#reloadUnit(name);
  }

  /** Its files were changed since systemd read them. */
  needsReload(unit: Unit): boolean {
    return unit.load === 'loaded' && !sameText(this.store.read(unit.name), unit.fragment);
  }

  resetFailed(name?: string): void {
    for (const unit of name === undefined ? this.units : [this.unit(name)]) {
      this.#services.get(unit)?.resetStartLimit();
      if (unit.active === 'failed') {
        unit.set('inactive', 'dead');
        unit.result = 'success';
        this.#ended(unit);
      }
    }
  }

  /** The unit whose process has this environment; undefined for what a session runs. */
  unitOf(environment: Readonly<Record<string, string>>): Unit | undefined {
    const id = environment['INVOCATION_ID'];
    return id === undefined || id === '' ? undefined : this.units.find((unit) => unit.invocationId === id);
  }

  kill(name: string, signal: 'TERM' | 'KILL' | 'HUP' | 'INT'): boolean {
    const unit = this.#units.get(name);
    if ((unit?.main ?? unit?.control) === undefined || unit === undefined) {
      return false;
    }
    this.#service(unit).kill(signal);
    return true;
  }

  /** `systemd-run`: false when a unit of that name is there already. */
  addTransient(name: string, text: string, collectsFailed: boolean): boolean {
    const there = this.#units.get(name);
    if ((there?.load === 'loaded' && there.active !== 'inactive') || this.store.hasFile(name)) {
      return false;
    }
    if (there !== undefined) this.#forget(there);
    this.store.writeTransient(name, text);
    const unit = this.#read(name);
    unit.isTransient = true;
    unit.collectsFailed = collectsFailed;
    this.#units.set(name, unit);
    return true;
  }

  /** After a restart of the practice process. Jobs that were under way begin again. */
  resume(): void {
    for (const [name, stored] of Object.entries(this.#parts.stored)) {
      const unit = this.#read(name);
      unit.recall(stored);
      this.#units.set(name, unit);
    }
    // Native services first: what else runs asks docker, etcd and fleet at once.
    const services = this.units.filter(({ config }) => config.name.kind === 'service');
    const native = services.filter((unit) => this.#parts.isNative(unit.config.start[0]?.argv[0] ?? ''));
    for (const unit of [...native, ...services.filter((other) => !native.includes(other))]) {
      this.#resumeService(unit);
    }
  }

  /** The plug: everything is forgotten at once, nothing is said. */
  forgetAll(): void {
    for (const service of this.#services.values()) {
      service.forget();
    }
    this.#services.clear();
    this.#units.clear();
    this.jobs.clear();
    for (const name of Object.keys(this.#parts.stored)) {
      Reflect.deleteProperty(this.#parts.stored, name);
    }
    this.#parts.save();
  }

  #resumeService(unit: Unit): void {
    const isHalfWay = (unit.active === 'activating' && unit.sub !== 'auto-restart') || unit.active === 'deactivating';
    if (!isHalfWay) {
      this.#service(unit).resume();
      return;
    }
    const wasStopping = unit.active === 'deactivating';
    unit.active = 'inactive';
    unit.sub = 'dead';
    if (!wasStopping) {
      void this.startJob(unit.name);
    }
  }

  #enqueueStart(name: string, isAutomatic: boolean): Job {
    const pending = this.jobs.pending(name);
    if (pending?.kind === 'start') return pending;
    const unit = this.#toStart(name);
    const job = this.jobs.add(unit, 'start', async (self) => {
      await pending?.result;
      return await this.#runStart(self, isAutomatic);
    });
    if (unit.load === 'loaded' && unit.active !== 'active') {
      for (const dependency of pulledIn(unit, this.store)) {
        if (this.unit(dependency).active !== 'active') {
          this.#enqueueStart(dependency, false);
        }
      }
    }
    return job;
  }

  /** A unit that is not running is read afresh, as systemd does with units it had dropped from memory. */
  #toStart(name: string): Unit {
    const known = this.#units.get(name);
    if (known !== undefined) {
      if (!known.isRunning && !known.isTransient) {
        this.#reloadUnit(name);
      }
      return known;
    }
    const unit = this.#read(name);
    if (unit.load !== 'not-found') {
      this.#units.set(name, unit);
    }
    return unit;
  }

  async #runStart(job: Job, isAutomatic: boolean): Promise<JobResult> {
    const { unit } = job;
    if (unit.load !== 'loaded') {
      return 'failed';
    }
    await this.jobs.waitForOrder(job);
    // A stop that came while it waited takes its place in the queue.
    if (this.#parts.power().aborted || this.jobs.pending(unit.name) !== job) {
      return 'canceled';
    }
    if (unit.active === 'active') {
      return 'done';
    }
    if (lacksDependency(unit, (name) => this.unit(name))) {
      this.#parts.log(unit.name, `Dependency failed for ${unit.title}.`);
      this.#parts.log(unit.name, `${unit.name}: Job ${unit.name}/start failed with result 'dependency'.`);
      return 'dependency';
    }
    const unmet = unmetCondition(unit.config, this.#parts.tree);
    unit.conditionFailed = unmet !== undefined;
    if (unmet !== undefined) {
      this.#parts.log(unit.name, `${unit.title} was skipped because of an unmet condition check (${unmet}).`);
      return 'done';
    }
    await Promise.all(
      unit.config.conflicts.filter((name) => this.#units.get(name)?.isRunning).map((name) => this.stopJob(name)),
    );
    return await this.#activate(unit, isAutomatic);
  }

  async #activate(unit: Unit, isAutomatic: boolean): Promise<JobResult> {
    return unit.config.name.kind === 'service'
      ? await this.#service(unit).start(isAutomatic)
      : this.#plainUnits.start(unit);
  }

  #enqueueStop(name: string): Job {
    const pending = this.jobs.pending(name);
    if (pending?.kind === 'stop') return pending;
    const unit = this.unit(name);
    return this.jobs.add(unit, 'stop', async () => {
      await Promise.all(runningDependents(name, this.units).map((other) => this.stopJob(other.name)));
      if (unit.config.name.kind === 'service') {
        await this.#service(unit).stop();
      } else if (unit.isRunning && this.#plainUnits.stop(unit)) {
        this.#ended(unit);
      }
      return 'done';
    });
  }

  async #restart(name: string, isAutomatic: boolean): Promise<JobResult> {
    const followers = allRunningDependents(name, this.units);
    if (isAutomatic) {
      await Promise.all([...followers].map((follower) => this.stopJob(follower)));
    } else {
      await this.stopJob(name);
    }
    const job = this.#enqueueStart(name, isAutomatic);
    for (const follower of followers) {
      this.#enqueueStart(follower, false);
    }
    return await job.result;
  }

  #ended(unit: Unit): void {
    for (const other of this.units) {
      if (other.isRunning && other.config.bindsTo.includes(unit.name)) {
        void this.stopJob(other.name);
      }
    }
    if (unit.isTransient && (unit.active === 'inactive' || unit.collectsFailed)) {
      this.#forget(unit);
      this.store.removeTransient(unit.name);
    }
  }

  #read(name: string): Unit {
    return new Unit(this.#reader.read(name), {
      now: () => this.#parts.timeline.now(),
      changed: (unit) => this.#changed(unit),
    });
  }

  #reloadUnit(name: string): void {
    const known = this.#units.get(name);
    if (known === undefined) {
      return;
    }
    const fresh = this.#read(name);
    if (fresh.load === 'not-found' && !known.isRunning) {
      this.#forget(known);
      return;
    }
    known.load = fresh.load;
    known.config = fresh.config;
    known.fragment = fresh.fragment;
  }

  #forget(unit: Unit): void {
    this.#units.delete(unit.name);
    this.#services.delete(unit);
    Reflect.deleteProperty(this.#parts.stored, unit.name);
    this.#parts.save();
  }

  #service(unit: Unit): Service {
    const service = this.#services.get(unit) ?? new Service(unit, this.#context);
    this.#services.set(unit, service);
    return service;
  }

  #changed(unit: Unit): void {
    if (this.#units.get(unit.name) !== unit) return;
    this.#parts.stored[unit.name] = unit.stored;
    this.#parts.save();
    followService(this.#units.values(), unit);
    for (const listener of [...this.#listeners]) {
      listener(unit.status);
    }
  }
}
