import { setMaxListeners } from 'node:events';
import type {
  Cancel,
  Daemon,
  DaemonApis,
  DaemonFactory,
  HostSpec,
  HttpHandler,
  Kernel,
  PoweredHost,
  ProcessInfo,
  RunOptions,
  RunResult,
} from '../kernel';
import type { Program } from '../programs/program';
import { DockerEngine } from '../docker/engine';
import type { Shell, ShellFactory } from '../shell/shell';
import type { UnitCommand } from './boot/applyCloudConfig';
import { applyUserData, runUnitCommands } from './boot/userData';
import { ProcessTable } from './exec/processTable';
import { spawn } from './exec/spawn';
import { HostFileSystem } from './files/fileSystem';
import { clearVolatile, keepFiles } from './files/storedFiles';
import { FileTree } from './files/tree';
import { imageDaemons } from './image/daemons';
import { installHostKeys } from './image/hostKeys';
import { featuresOf, installImage, prepareVolatile } from './image/imageFiles';
import { installProc } from './image/procFiles';
import type { HostInside, Output } from './inside';
import { registerInside } from './inside';
import { HostJournal } from './journal';
import { Listeners } from './listeners';
import { PowerRequests } from './powerRequests';
import { HostResources } from './resources/resources';
import { swapSwitch } from './resources/swapSwitch';
import { runInShell } from './shellPort';
import { SocketListeners } from './socketListeners';
import type { StoredHost } from './storedHost';
import { newStoredHost } from './storedHost';
import { UnitManager } from './systemd/manager';

export interface HostParts {
  readonly kernel: Kernel;
  readonly programs: readonly Program[];
  readonly daemons: Readonly<Record<string, DaemonFactory>>;
  readonly shell: ShellFactory;
  readonly endSessions?: () => void; // of sshd, at an orderly shutdown
}

type ListenTarget = { readonly port: number } | { readonly socketPath: string };

/** What a boot brings up. */
const DEFAULT_TARGET = 'multi-user.target';
/** A unit that never stops must not keep a machine from going down for ever (systemd's own limit is per unit). */
const SHUTDOWN_LIMIT_MS = 90_000;

export function createHost(parts: HostParts, spec: HostSpec): PoweredHost {
  return new PracticeHost(parts, spec);
}

/** Everything that runs on a node listens to it. */
function newPower(): AbortController {
  const power = new AbortController();
  setMaxListeners(0, power.signal);
  return power;
}

class PracticeHost implements PoweredHost, HostInside {
  readonly dropletId: number;
  readonly name: string;
  readonly privateAddress: string;
  readonly publicAddress: string;
  readonly memoryMb: number;
  readonly diskMb: number;
  readonly files: HostFileSystem;
  readonly journal: HostJournal;
  readonly resources: HostResources;
  readonly manager: UnitManager;
  readonly tree: FileTree;
  readonly processTable: ProcessTable;
  readonly docker: DockerEngine;
  readonly programs: ReadonlyMap<string, Program>;
  readonly daemons = new Set<Daemon>();
  readonly kernel: Kernel;
  readonly #parts: HostParts;
  readonly #spec: HostSpec;
  readonly #section: string;
  readonly #stored: StoredHost;
  readonly #listeners = new Listeners();
  readonly #requests = new PowerRequests();
  readonly #sockets: SocketListeners;
  #shell: Shell | undefined;
  #power = new AbortController();
  #booting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #isUp = false;
  #hasUnsavedFiles = false;
  #filesSaved = Promise.resolve();

  constructor(parts: HostParts, spec: HostSpec) {
    const { kernel } = parts;
    this.kernel = kernel;
    this.#parts = parts;
    this.#spec = spec;
    [this.dropletId, this.name] = [spec.dropletId, spec.name];
    [this.privateAddress, this.publicAddress] = [spec.privateAddress, spec.publicAddress];
    this.memoryMb = spec.memoryMb;
    this.#section = `host/${spec.dropletId}`;
    this.#stored = kernel.state.section(this.#section, () => newStoredHost(kernel.random.hex(32)));
    this.#power.abort();
    const now = (): number => kernel.timeline.now();
    this.tree = new FileTree(() => now() + this.clockOffsetMs, kernel.state.bulk);
    this.programs = new Map(parts.programs.map((program) => [program.name, program]));
    this.processTable = new ProcessTable(now);
    this.journal = this.#createJournal();
    installImage(this.tree, spec, parts.programs);
    installHostKeys(this.tree, spec.name);
    this.resources = this.#createResources();
    this.diskMb = this.resources.diskTotalMb;
    this.manager = this.#createManager({ ...imageDaemons, ...parts.daemons });
    this.docker = new DockerEngine(this, this.#stored.docker);
    installProc(this.tree, this, spec.vcpus);
    keepFiles(this.tree, this.#stored.files, () => {
      this.#hasUnsavedFiles = true;
      this.save();
    });
    this.files = new HostFileSystem(this.tree, (bytes, path) => this.resources.hasRoom(bytes, path));
    this.#sockets = new SocketListeners(this);
    registerInside(this);
  }

  #createJournal(): HostJournal {
    return new HostJournal({
      now: () => this.kernel.timeline.now() + this.clockOffsetMs,
      stored: this.#stored.journal,
      files: (this.#stored.journalFiles ??= { allocated: 0, used: 0 }),
      grow: (bytes) => this.resources.hasRoom(bytes),
      changed: () => this.save(),
      pidOf: (unit) => this.manager.unit(unit).main?.pid ?? this.processTable.lastPid,
    });
  }

  #createResources(): HostResources {
    return new HostResources({
      memoryMb: this.#spec.memoryMb,
      diskGb: this.#spec.diskGb,
      tree: this.tree,
      swaps: this.#stored.swaps,
      journalBytes: () => this.#stored.journalFiles?.allocated ?? 0,
      ...{ now: () => this.kernel.timeline.now(), changed: () => this.save(), log: (text) => this.logKernel(text) },
      pidOf: (program) => this.processTable.all.find(({ name }) => name === program)?.pid ?? 0,
    });
  }

  #createManager(daemons: Readonly<Record<string, DaemonFactory>>): UnitManager {
    const { timeline, random, ledger } = this.kernel;
    return new UnitManager({
      timeline,
      tree: this.tree,
      spawn: (request) => spawn(this, daemons, request),
      power: () => this.power,
      newInvocationId: () => random.hex(32),
      delay: (kind, unit, ms, signal) => ledger.delay(kind, `${this.name} ${unit}`, ms, signal),
      isNative: (path) => path in daemons || this.realPath(path) in daemons,
      facts: () => ({ machineId: this.machineId, hostname: this.hostname(), bootId: this.bootId }),
      log: (unit, text) => this.journal.write(unit, 'systemd', 1, text),
      swap: swapSwitch(this.resources),
      stored: this.#stored.units,
      save: () => this.save(),
    });
  }

  get host(): PoweredHost {
    return this;
  }

  get machineId(): string {
    return this.#stored.machineId;
  }

  get bootId(): string {
    return this.#stored.bootId;
  }

  get bootedAt(): number {
    return this.#stored.bootedAt;
  }

  get clockOffsetMs(): number {
    return this.kernel.clockOffsetMs?.(this.dropletId) ?? 0;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get power(): AbortSignal {
    return this.#power.signal;
  }

  get systemd(): UnitManager {
    return this.manager;
  }

  get processes(): readonly ProcessInfo[] {
    return this.processTable.all;
  }

  get listeningPorts(): readonly number[] {
    return this.#listeners.ports;
  }

  daemon<K extends keyof DaemonApis>(name: K): DaemonApis[K] | undefined {
    for (const daemon of this.daemons) {
      const api = daemon.apis?.[name];
      if (api !== undefined) {
        return api;
      }
    }
    return undefined;
  }

  listener(target: ListenTarget): HttpHandler | undefined {
    return this.#listeners.get(target);
  }

  listen(target: ListenTarget, handler: HttpHandler): Cancel {
    return this.#listeners.add(target, handler);
  }

  run(script: string, options?: RunOptions): Promise<RunResult> {
    return this.#theShell.run(script, options);
  }

  runShell(script: string, options: RunOptions, output: Output): Promise<number> {
    return runInShell(this.#theShell, script, options, output);
  }

  requestPower(kind: 'reboot' | 'poweroff'): void {
    this.#requests.emit(kind);
  }

  onPowerRequest(listener: (kind: 'reboot' | 'poweroff') => void): Cancel {
    return this.#requests.listen(listener);
  }

  boot(): Promise<void> {
    if (this.#booting === undefined && !this.#isUp) {
      const booting = this.#boot().finally(() => {
        if (this.#booting === booting) {
          this.#booting = undefined;
        }
      });
      this.#booting = booting;
    }
    return this.#booting ?? Promise.resolve();
  }

  resume(): void {
    if (this.#stored.power === 'booting') {
      void this.boot();
    }
    if (this.#stored.power !== 'up' || this.#isUp) {
      return;
    }
    this.#power = newPower();
    this.#isUp = true;
    this.processTable.startAbove(this.#stored.lastPid);
    this.docker.resume();
    this.manager.resume();
    this.#listen();
    this.#sockets.resume();
    void this.manager.start(DEFAULT_TARGET); // What was still on its way up when the process ended.
    this.#runCommands([...this.#stored.pendingCommands]);
  }

  cutPower(): void {
    this.#power.abort();
    this.#isUp = false;
    this.#booting = undefined;
    this.#stored.power = 'off';
    this.#stored.pendingCommands = [];
    this.manager.forgetAll();
    this.processTable.clear();
    this.daemons.clear();
    this.#listeners.clear();
    this.#sockets.clear();
    this.docker.powerLost();
    this.resources.reset();
    clearVolatile(this.tree);
    this.#shell = undefined;
    this.save();
  }

  shutdown(): Promise<void> {
    this.#stopping ??= this.#shutdown().finally(() => (this.#stopping = undefined));
    return this.#stopping;
  }

  destroy(): void {
    this.cutPower();
    this.kernel.state.remove?.(this.#section);
  }

  realPath(path: string): string {
    try {
      return this.tree.locate(path, 'stat').path;
    } catch {
      return path; // A folder on the way is missing: then so is the file.
    }
  }

  hostname(): string {
    return this.tree.text('/etc/hostname')?.trim() ?? this.name;
  }

  save(): void {
    this.#stored.lastPid = this.processTable.lastPid;
    this.kernel.state.changed(this.#section);
  }

  async filesSaved(): Promise<void> {
    if (this.#hasUnsavedFiles) {
      this.#hasUnsavedFiles = false;
      this.#filesSaved = this.kernel.state.saved();
    }
    await this.#filesSaved;
  }

  logKernel(text: string): void {
    this.journal.write('', 'kernel', 0, text);
  }

  get #theShell(): Shell {
    this.#shell ??= this.#parts.shell(this, this.#parts.programs);
    return this.#shell;
  }

  async #boot(): Promise<void> {
    const power = newPower();
    this.#power = power;
    this.#stored.power = 'booting';
    this.#stored.bootId = this.kernel.random.hex(32);
    this.#stored.bootedAt = this.kernel.timeline.now();
    this.save();
    try {
      await this.kernel.ledger.delay('boot', this.name, this.kernel.profile.bootMs, power.signal);
    } catch {
      return; // The plug was pulled while it booted.
    }
    clearVolatile(this.tree);
    prepareVolatile(this.tree);
    this.tree.write('/etc/machine-id', `${this.machineId}\n`);
    this.logKernel('Linux version 4.5.7-coreos (buildbot@coreos)');
    const commands = featuresOf(this.#spec).isCoreOs ? applyUserData(this, this.#spec) : [];
    this.#stored.power = 'up';
    this.#stored.pendingCommands = [...commands];
    this.#isUp = true;
    this.#listen();
    this.save();
    void this.manager.start(DEFAULT_TARGET);
    this.#runCommands(commands);
  }

  #runCommands(commands: readonly UnitCommand[]): void {
    void runUnitCommands(this, commands, () => {
      this.#stored.pendingCommands.shift();
      this.save();
    });
  }

  /** The SSH daemon's own socket: who serves it is the network's business, that it is open is ours. */
  #listen(): void {
    this.#listeners.add({ port: 22 }, (_request, response) => response.destroy());
  }

  async #shutdown(): Promise<void> {
    if (this.#isUp) {
      const { signal } = this.#power;
      await Promise.race([
        this.manager.stopAll(),
        new Promise<void>((resolve) => {
          const end = (): void => {
            cancel();
            resolve();
          };
          const cancel = this.kernel.timeline.every(SHUTDOWN_LIMIT_MS, end);
          // The plug in the middle of it ends the waiting too.
          signal.addEventListener('abort', end, { once: true });
        }),
      ]);
      if (signal.aborted) {
        return;
      }
      this.#parts.endSessions?.();
      this.logKernel('reboot: Power down');
    }
    this.cutPower();
  }
}
