import type { Cancel, Host, Kernel } from '../kernel';
import type { EtcdClient } from '../etcd/api';
import { EtcdError } from '../etcd/errors';
import { stallMs } from '../host/resources/stall';
import { Agent } from './agent';
import { logBlindAgent } from './etcdTimeOut';
import type { LoadedUnit } from './agentPlan';
import { serveFleet } from './api/serve';
import { Engine } from './engine';
import { EngineCounts } from './engineCounts';
import { cutOffHeld, holdSocket } from './heldSocket';
import { goJson } from '../network/goJson';
import { Monitor } from './monitor';
import { Registry, type MachineRecord, type UnitStateRecord } from './registry';
import { readFleetSettings, type FleetSettings } from './settings';
import { StatePublisher } from './statePublisher';
import { FLEET_VERSIONS, startDelayMs, type FleetVersion, type LogSource } from './version';
import { Waits } from './waits';

/** Where fleet's API is; /var/run is /run. */
export const FLEET_SOCKETS = ['/var/run/fleet.sock', '/run/fleet.sock'];
const LONGEST_PAUSE_MS = 60_000;
const NO_ETCD = 'client: etcd cluster is unavailable or misconfigured';
const SLOW_ETCD = 'client: endpoint http://127.0.0.1:4001 exceeded header timeout';
/** fleet 1.0 can't end its engine without etcd and gives up after a minute (the recorded traces, no-quorum/journal-fleet-all). */
const SHUTDOWN_TIMEOUT_MS = 60_000;
/** After a restart of the practice process the node's etcd is back within moments. */
const RESUME_PAUSE_MS = 250;
const RESUME_TRIES = 240;

/** What fleet has in systemd, as long as the node does not boot anew. */
interface FleetState {
  bootId: string;
  loaded: Record<string, LoadedUnit>;
  /** Its components run: a restart of the practice process is none of fleetd. */
  isAvailable: boolean;
}

/** What fleetd offers to the rest of its node. */
export interface FleetApi {
  readonly version: FleetVersion;
  readonly kernel: Kernel;
  readonly machineId: string;
  /** While fleetd is without etcd everything is answered with 503. */
  readonly isAvailable: boolean;
  readonly registry: Registry | undefined;
  log(source: LogSource, text: string): void;
}

declare module '../kernel' {
  interface DaemonApis {
    fleet: FleetApi;
  }
}

interface Components {
  readonly agent: Agent;
  readonly engine: Engine | undefined;
  readonly publisher: StatePublisher;
  readonly registry: Registry;
}

/** Fleet's units that this process has seen running: after a new start of the practice process nothing is started again. */
const seen = new WeakSet<FleetState>();

/** One run of fleetd on one node. */
export class FleetServer implements FleetApi {
  readonly exited: Promise<number>;
  readonly version: FleetVersion;
  readonly #counts: EngineCounts;
  #exit: (code: number) => void = () => undefined;
  #components: Components | undefined;
  #isStopped = false;
  #lastLeader: string | undefined;
  #machineText: string | undefined;
  readonly #published = new Map<string, UnitStateRecord>();
  readonly #owned = new Set<Cancel>();
  /** Of this try to have etcd; ended when fleetd begins anew. */
  readonly #waits: Waits;
  readonly #settings: FleetSettings;
  readonly #machine: MachineRecord;
  readonly #state: FleetState;

  constructor(
    readonly kernel: Kernel,
    private readonly host: Host,
    environment: Readonly<Record<string, string>>,
  ) {
    this.version = FLEET_VERSIONS[kernel.fleetVersion];
    this.#waits = new Waits(kernel.timeline);
    this.#settings = readFleetSettings(host, environment);
    this.#counts = new EngineCounts(this.#settings.engineIntervalMs, kernel.timeline.now());
    const { publicIp, metadata } = this.#settings;
    this.#machine = { id: host.machineId, publicIp, metadata };
    const { state, isResumed } = loadState(kernel, host);
    this.#state = state;
    this.exited = new Promise((resolve) => (this.#exit = resolve));
    const lost = (): void => this.#abandon();
    host.power.addEventListener('abort', lost, { once: true });
    this.#owned.add(() => host.power.removeEventListener('abort', lost));
    for (const socketPath of FLEET_SOCKETS) {
      this.#owned.add(host.listen({ socketPath }, serveFleet(this, this.#counts)));
    }
    cutOffHeld(host);
    if (isResumed && this.#state.isAvailable) {
      this.#resume(0);
      return;
    }
    this.log('starting', `Starting fleetd version ${this.version.name}`);
    this.log('noConfig', 'No provided or default config file found - proceeding without');
    this.log('establishing', 'Establishing etcd connectivity');
    this.#start();
  }

  get machineId(): string {
    return this.host.machineId;
  }

  get isAvailable(): boolean {
    return this.#components !== undefined;
  }

  get registry(): Registry | undefined {
    return this.#components?.registry;
  }

  /** In order: units go from this machine, the lease is given away, the machine leaves the list (fleetd.go, `shutdown`). */
  stop(): void {
    const components = this.#components;
    this.#release();
    if (components?.registry.hasQuorum !== true) {
      this.#stopComponents(components);
      this.#exit(0);
      return;
    }
    this.#leave(components).then(
      () => this.#exit(0),
      () => this.#exit(0),
    );
  }

  log(source: LogSource, text: string): void {
    const place = this.version.lines[source];
    // journald makes an entry of every line.
    for (const line of place.startsWith('DEBUG') ? [] : `${place}: ${text}`.split('\n')) {
      this.host.journal.append('fleet.service', 'fleetd', line);
    }
  }

  // ---- joining ----

  /** Goes on as soon as the node's etcd does. */
  #resume(tries: number): void {
    const client = this.#client();
    if (client?.hasQuorum === true) {
      this.#startComponents(client, new Registry(client), true);
    } else if (tries < RESUME_TRIES) {
      this.#waits.later(RESUME_PAUSE_MS, () => this.#resume(tries + 1));
    } else {
      this.#establish();
    }
  }

  #start(): void {
    const ms = startDelayMs(this.version, this.host.bootId);
    if (ms === 0) {
      this.#register(1_000);
      return;
    }
    const ended = new AbortController();
    this.#owned.add(() => ended.abort());
    this.kernel.ledger.delay('fleet-start', this.host.name, ms, ended.signal).then(
      () => this.#register(1_000),
      () => undefined, // It was stopped before.
    );
  }

  #establish(): void {
    this.log('establishing', 'Establishing etcd connectivity');
    this.#register(1_000);
  }

  /** Writes the machine into the registry; without etcd tries again after a pause that doubles up to a minute. */
  #register(pauseMs: number): void {
    if (this.#isStopped) {
      return;
    }
    const client = this.#client();
    if (client?.hasQuorum !== true) {
      // A listening etcd without quorum lets the request hang until its time-out; an absent one refuses at once. 0.11 asks at both
      // its ports, one after the other (fleet-0.11.7/recovered-journal-fleet: 137 s for seven tries).
      const ports = this.version.short === '0.11' ? 2 : 1;
      const asked = client === undefined ? 1 : this.#settings.etcdTimeoutMs * ports;
      this.#waits.later(asked, () => this.#pause(pauseMs, client === undefined ? NO_ETCD : SLOW_ETCD));
      return;
    }
    const registry = new Registry(client);
    this.#enter(registry).then(
      () => {
        this.log('registered', 'hrt.Register() success');
        this.log('components', 'Starting server components');
        this.#startComponents(client, registry, false);
      },
      (error: unknown) => this.#pause(pauseMs, error instanceof EtcdError ? error.describe() : SLOW_ETCD),
    );
  }

  /**
   * 1.0 wants to be new: a fleetd that was killed, or a node that is back at once, waits until the entry of before has run out
   * (server/server.go, heart/heart.go, `Register`). 0.11 writes over it.
   */
  async #enter(registry: Registry): Promise<void> {
    const entry = [this.#machine.id, this.#machineJson, this.#settings.agentTtlSeconds] as const;
    await (this.version.short === '1.0' ? registry.createMachine(...entry) : registry.saveMachine(...entry));
  }

  #pause(pauseMs: number, problem: string): void {
    // fleet prints nanoseconds and calls them seconds.
    this.log('registerFailed', `Server register machine failed: ${problem}, retrying in ${pauseMs}000000 sec.`);
    this.#waits.later(pauseMs, () => this.#register(Math.min(pauseMs * 2, LONGEST_PAUSE_MS)));
  }

  #startComponents(client: EtcdClient, registry: Registry, isResumed: boolean): void {
    if (this.#isStopped) {
      return;
    }
    this.#setAvailable(true);
    const { kernel, host } = this;
    const common = { kernel, host, registry, ttlSeconds: this.#settings.agentTtlSeconds, loaded: this.#state.loaded };
    const publisher = new StatePublisher({
      ...common,
      machineId: this.machineId,
      machineState: this.#machineReference(),
      published: this.#published,
    });
    const agent = new Agent({
      ...common,
      machine: this.#machine,
      announcesStops: this.version.short === '1.0',
      log: (source, text) => this.log(source, text),
      loadedChanged: () => {
        kernel.state.changed(`fleet/${host.dropletId}`);
        publisher.changed();
      },
    });
    this.#components = { agent, publisher, registry, engine: this.#engine(client, registry, isResumed) };
    publisher.start();
    agent.start();
    this.#components.engine?.start();
    this.#startMonitor(registry);
  }

  #startMonitor(registry: Registry): void {
    const { agentTtlSeconds, etcdTimeoutMs } = this.#settings;
    const beat = (): number => {
      if (!registry.hasQuorum) return logBlindAgent(this);
      registry.saveMachine(this.machineId, this.#machineJson, agentTtlSeconds).catch(() => undefined); // Too late even for etcd.
      return stallMs(this.host.resources);
    };
    const failed = (): void => this.#giveUp();
    const { timeline } = this.kernel;
    const times = { ttlSeconds: agentTtlSeconds, requestTimeoutMs: etcdTimeoutMs };
    const monitor = new Monitor({ timeline, ...times, beat, failed });
    this.#waits.own(() => monitor.stop());
  }

  #engine(client: EtcdClient, registry: Registry, isResumed: boolean): Engine | undefined {
    return this.#settings.isEngineOff
      ? undefined
      : new Engine({
          kernel: this.kernel,
          registry,
          client,
          machineId: this.machineId,
          nodeName: this.host.name,
          intervalMs: this.#settings.engineIntervalMs,
          isResumed,
          lastLeader: this.#lastLeader,
          counts: this.#counts,
          log: (source, text) => this.log(source, text),
        });
  }

  // ---- without etcd ----

  #giveUp(): void {
    const components = this.#components;
    if (components === undefined) {
      return;
    }
    this.log('monitor', 'Server monitor triggered: Monitor timed out before successful heartbeat');
    this.#lastLeader = components.engine?.lastLeader;
    this.#components = undefined;
    this.#setAvailable(false);
    this.#stopComponents(components);
    if (this.version.short === '0.11') {
      this.#restart();
      return;
    }
    this.#waits.later(SHUTDOWN_TIMEOUT_MS, () => this.#panic());
  }

  #restart(): void {
    this.#waits.end();
    this.#establish();
  }

  #panic(): void {
    this.log('panic', 'Timed out waiting for server to shut down. Panicking the server without cleanup.');
    const trace = [
      'panic: Failed server shutdown. Panic',
      'goroutine 24 [running]:',
      'github.com/coreos/fleet/server.(*Server).Supervise(0xc000228380)',
      '\tgithub.com/coreos/fleet/server/server.go:280 +0x1df',
      'created by github.com/coreos/fleet/server.(*Server).Run',
      '\tgithub.com/coreos/fleet/server/server.go:227 +0x1aa',
    ];
    for (const line of trace) {
      this.host.journal.append('fleet.service', 'fleetd', line);
    }
    this.#release();
    holdSocket(this.host, FLEET_SOCKETS);
    this.#exit(2);
  }

  // ---- ending ----

  async #leave(components: Components): Promise<void> {
    await components.agent.purge();
    await components.publisher.purge();
    await components.engine?.purge();
    await components.registry.removeMachine(this.machineId);
  }

  #abandon(): void {
    this.#stopComponents(this.#components);
    this.#release();
    this.#exit(0);
  }

  #stopComponents(components: Components | undefined): void {
    components?.agent.stop();
    components?.engine?.stop();
    components?.publisher.stop();
  }

  #release(): void {
    this.#isStopped = true;
    this.#components = undefined;
    this.#setAvailable(false);
    this.#waits.end();
    for (const cancel of this.#owned) {
      cancel();
    }
    this.#owned.clear();
  }

  #client(): EtcdClient | undefined {
    return this.host.daemon('etcd')?.client;
  }

  /** The same at each heartbeat: every member of etcd keeps it. */
  get #machineJson(): string {
    return (this.#machineText ??= this.#describeMachine());
  }

  #describeMachine(): string {
    const { id, publicIp, metadata } = this.#machine;
    const capabilities = this.version.short === '1.0' ? { Capabilities: { DISABLE_ENGINE: false, GRPC: false } } : {};
    return goJson({ ID: id, PublicIP: publicIp, Metadata: metadata, ...capabilities, Version: this.version.name });
  }

  #machineReference(): object {
    const capabilities = this.version.short === '1.0' ? { Capabilities: null } : {};
    return { ID: this.machineId, PublicIP: '', Metadata: null, ...capabilities, Version: '' };
  }

  #setAvailable(isAvailable: boolean): void {
    this.#state.isAvailable = isAvailable;
    this.kernel.state.changed(`fleet/${this.host.dropletId}`);
  }
}

function loadState(kernel: Kernel, host: Host): { state: FleetState; isResumed: boolean } {
  const initial = (): FleetState => ({ bootId: '', loaded: {}, isAvailable: false });
  const state = kernel.state.section<FleetState>(`fleet/${host.dropletId}`, initial);
  const isSameBoot = state.bootId === host.bootId;
  const isResumed = isSameBoot && !seen.has(state);
  seen.add(state);
  if (!isSameBoot) {
    Object.assign(state, { bootId: host.bootId, loaded: {}, isAvailable: false });
  } else if (!isResumed) {
    // A fleetd that starts again on a living node knows the files, not what was done with them: it loads and starts anew.
    for (const [name, unit] of Object.entries(state.loaded)) {
      state.loaded[name] = { hash: unit.hash, state: 'inactive' };
    }
  }
  return { state, isResumed };
}
