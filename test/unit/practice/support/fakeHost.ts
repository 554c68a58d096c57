import { InMemoryFs } from 'just-bash';
import type {
  DaemonApis,
  DaemonFactory,
  Daemon,
  Host,
  HttpHandler,
  JournalEntry,
  Systemd,
  UnitStatus,
} from '../../../../src/practice/kernel';
import { parseUnit } from '../../../../src/practice/fleet/unitFile';
import type { FakeKernel } from './fakeKernel';

const DEAD = { load: 'not-found', active: 'inactive', sub: 'dead', result: 'success', mainExitStatus: 0, restarts: 0 };

/** The machine ids of the recorded cluster, deis-1 to deis-5. */
const RECORDED_IDS = [
  '41382dcd8cb249ef8cfd7426dc8f5ca3',
  '0b37ef0ef5c545f6acd9643b64b490fe',
  'b205d6d6f0eb4eacb3af08034fcb4836',
  'a0026ed02b2f4b058e622e00a2b7da96',
  '71395c3cccf24a049a2ab75ee31b3cd8',
];

/**
 * A node that knows nothing but etcd2, fleet and units whose behaviour is in their text: `pull` in an ExecStartPre takes 2 s,
 * `exit N` fails, a oneshot exits, everything else runs on.
 */
export class FakeHost {
  readonly machineId: string;
  readonly privateAddress: string;
  readonly publicAddress: string;
  readonly files = new InMemoryFs();
  readonly entries: JournalEntry[] = [];
  readonly pulled = new Set<string>();
  readonly resources = { diskUsedMb: 900, diskTotalMb: 18_000 };
  bootId = '1';
  isUp = true;
  #power = new AbortController();
  readonly #listeners = new Map<string, HttpHandler>();
  readonly #daemons = new Map<string, Daemon>();
  systemd: FakeSystemd;

  constructor(
    readonly kernel: FakeKernel,
    readonly dropletId: number,
    readonly name: string,
    readonly factories: Readonly<Record<string, DaemonFactory>>,
  ) {
    this.machineId = RECORDED_IDS[dropletId - 1] ?? kernel.random.hex(32);
    this.privateAddress = `10.77.0.${10 + dropletId}`;
    this.publicAddress = `203.0.113.${10 + dropletId}`;
    this.systemd = new FakeSystemd(this);
  }

  get host(): Host {
    // The programs under test use no more of a host than this.
    return this as unknown as Host;
  }

  get power(): AbortSignal {
    return this.#power.signal;
  }

  readonly journal = {
    append: (unit: string, identifier: string, text: string): void => {
      this.entries.push({ at: this.kernel.timeline.now(), unit, identifier, pid: 1, text });
    },
    read: (filter?: { unit?: string; lines?: number }): JournalEntry[] =>
      this.entries
        .filter((entry) => filter?.unit === undefined || entry.unit === filter.unit)
        .slice(-(filter?.lines ?? 1e9)),
    follow: (): (() => void) => () => undefined,
  };

  start(name: string, environment: Readonly<Record<string, string>>): Daemon {
    const factory = this.factories[name];
    if (factory === undefined) {
      throw new Error(`no daemon ${name}`);
    }
    const daemon = factory(this.host, environment);
    this.#daemons.set(name, daemon);
    void daemon.exited.then(() => {
      if (this.#daemons.get(name) === daemon) {
        this.#daemons.delete(name);
      }
    });
    return daemon;
  }

  isRunning(name: string): boolean {
    return this.#daemons.has(name);
  }

  stopDaemon(name: string): void {
    this.#daemons.get(name)?.stop();
  }

  daemon<K extends keyof DaemonApis>(name: K): DaemonApis[K] | undefined {
    for (const daemon of this.#daemons.values()) {
      const api = daemon.apis?.[name];
      if (api !== undefined) {
        return api;
      }
    }
    return undefined;
  }

  listener(target: { port: number } | { socketPath: string }): HttpHandler | undefined {
    return this.#listeners.get(JSON.stringify(target));
  }

  listen(target: { port: number } | { socketPath: string }, handler: HttpHandler): () => void {
    const key = JSON.stringify(target);
    this.#listeners.set(key, handler);
    return () => {
      if (this.#listeners.get(key) === handler) {
        this.#listeners.delete(key);
      }
    };
  }

  cutPower(): void {
    this.isUp = false;
    this.#daemons.clear();
    this.#listeners.clear();
    const power = this.#power;
    this.#power = new AbortController();
    power.abort(new Error('power'));
    this.systemd.dispose();
    this.systemd = new FakeSystemd(this);
    this.kernel.network.changed();
  }

  powerOn(): void {
    this.bootId = String(Number(this.bootId) + 1);
    this.isUp = true;
    this.kernel.network.changed();
  }
}

interface FakeUnit {
  text: string;
  status: UnitStatus;
  generation: number;
}

class FakeSystemd implements Systemd {
  readonly #units = new Map<string, FakeUnit>();
  readonly #listeners = new Set<(status: UnitStatus) => void>();
  #isDisposed = false;

  constructor(private readonly owner: FakeHost) {}

  dispose(): void {
    this.#isDisposed = true;
  }

  load(name: string, text: string): void {
    const known = this.#units.get(name);
    if (known === undefined) {
      const status = { ...DEAD, name, load: 'loaded', since: this.owner.kernel.timeline.now() };
      this.#units.set(name, { text, status, generation: 0 });
    } else {
      known.text = text;
    }
  }

  unload(name: string): void {
    this.#units.delete(name);
  }

  async start(name: string): Promise<UnitStatus> {
    const unit = this.#units.get(name);
    // systemd refuses a relative path in ExecStart: such a unit stays as it is.
    if (unit === undefined || unit.status.active === 'active' || /^ExecStart=[^/]/m.test(unit.text)) {
      return this.status(name);
    }
    const generation = (unit.generation += 1);
    const stillWanted = (): boolean => unit.generation === generation && !this.#isDisposed;
    const { options } = parseUnit(unit.text);
    const get = (key: string): string[] => options.filter((one) => one.name === key).map((one) => one.value);
    for (const line of get('ExecStartPre')) {
      const ms = this.#durationOf(line);
      if (ms > 0) {
        this.#set(unit, 'activating', 'start-pre');
        await this.owner.kernel.timeline.sleep(ms);
      }
      if (!stillWanted()) {
        return this.status(name);
      }
    }
    if (get('ExecStartPost').length > 0) {
      this.#set(unit, 'activating', 'start-post');
      await this.owner.kernel.timeline.sleep(1_000);
    }
    if (!stillWanted()) {
      return this.status(name);
    }
    const code = /exit (\d+)/.exec(get('ExecStart').join(' '))?.[1];
    if (code !== undefined && code !== '0') {
      this.#set(unit, 'failed', 'failed', { result: 'exit-code', mainExitStatus: Number(code) });
    } else {
      this.#set(unit, 'active', get('Type').at(-1) === 'oneshot' ? 'exited' : 'running');
    }
    return this.status(name);
  }

  /** An image is pulled once a node; a sleep sleeps. */
  #durationOf(line: string): number {
    const image = /\bpull\b/.test(line) ? (/get_image (\S+?)\)/.exec(line)?.[1] ?? line) : undefined;
    if (image !== undefined && !this.owner.pulled.has(image)) {
      this.owner.pulled.add(image);
      return 2_000;
    }
    return Number(/^\/bin\/sleep (\d+)/.exec(line)?.[1] ?? 0) * 1_000;
  }

  stop(name: string): Promise<UnitStatus> {
    const unit = this.#units.get(name);
    if (unit !== undefined && unit.status.active !== 'inactive') {
      unit.generation += 1;
      if (unit.status.active !== 'failed') {
        this.#set(unit, 'inactive', 'dead');
      }
    }
    return Promise.resolve(this.status(name));
  }

  async restart(name: string): Promise<UnitStatus> {
    await this.stop(name);
    return await this.start(name);
  }

  status(name: string): UnitStatus {
    return this.#units.get(name)?.status ?? { ...DEAD, name, since: 0 };
  }

  text(name: string): string | undefined {
    return this.#units.get(name)?.text;
  }

  list(): readonly UnitStatus[] {
    return [...this.#units.values()].map((unit) => unit.status);
  }

  onChange(listener: (status: UnitStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #set(unit: FakeUnit, active: string, sub: string, more: Partial<UnitStatus> = {}): void {
    unit.status = { ...unit.status, result: 'success', ...more, active, sub, since: this.owner.kernel.timeline.now() };
    for (const listener of this.#listeners) {
      listener(unit.status);
    }
  }
}
