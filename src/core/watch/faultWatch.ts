import type { ProviderName } from '../model/cluster';
import type { ActiveFault, Fault } from '../model/fault';
import { ClusterError } from '../errors';
import type { Disposable, FaultApi, Log, Provider } from '../ports';
import type { UserTime } from './rhythm';

/** A fault may end by itself, and another window or a program may make one. */
const LOOK_EVERY_MS = 2_000;

export interface FaultWatchDeps {
  openProvider(name: ProviderName): Promise<Provider>;
  /** Of the clusters that there are: no provider is opened just to look. */
  providersInUse(): readonly ProviderName[];
  readonly time: UserTime;
  readonly log: Log;
  onDidChange(): void;
}

/** What is broken on purpose, kept up to date while somebody looks. */
export class FaultWatch implements Disposable {
  readonly #deps: FaultWatchDeps;
  readonly #brokenIn = new Set<ProviderName>();
  #known: ReadonlyMap<ProviderName, readonly ActiveFault[]> = new Map();
  #watchers = 0;
  #loop: AbortController | undefined;

  constructor(deps: FaultWatchDeps) {
    this.#deps = deps;
  }

  get active(): readonly ActiveFault[] {
    return [...this.#known.values()].flat();
  }

  activeIn(provider: ProviderName): readonly ActiveFault[] {
    return this.#known.get(provider) ?? [];
  }

  watch(): Disposable {
    this.#watchers += 1;
    if (this.#loop === undefined) {
      this.#loop = new AbortController();
      void this.#run(this.#loop.signal);
    }
    let isOver = false;
    return {
      dispose: () => {
        if (!isOver) this.#watchers -= 1;
        isOver = true;
        if (this.#watchers === 0) this.dispose();
      },
    };
  }

  async add(provider: ProviderName, fault: Fault): Promise<ActiveFault> {
    const added = await (await this.#faultsOf(provider)).add(fault);
    this.#brokenIn.add(provider);
    await this.look();
    return added;
  }

  async remove(provider: ProviderName, id?: string): Promise<void> {
    await (await this.#faultsOf(provider)).remove(id);
    await this.look();
  }

  /** Never rejects: a practice cloud that does not answer says so elsewhere. */
  async look(): Promise<void> {
    const names = [...new Set([...this.#deps.providersInUse(), ...this.#brokenIn])];
    const lists = await Promise.all(names.map(async (name) => [name, await this.#list(name)] as const));
    const broken = lists.filter(([, faults]) => faults.length > 0);
    if (JSON.stringify(broken) === JSON.stringify([...this.#known])) return;
    this.#known = new Map(broken);
    this.#deps.onDidChange();
  }

  dispose(): void {
    this.#loop?.abort();
    this.#loop = undefined;
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      await this.#deps.time.sleep(LOOK_EVERY_MS, signal);
    }
  }

  async #list(name: ProviderName): Promise<readonly ActiveFault[]> {
    try {
      const { faults } = await this.#deps.openProvider(name);
      return (await faults?.list()) ?? [];
    } catch (error) {
      this.#deps.log.debug(`What is broken in ${name} could not be read: ${String(error)}`);
      return [];
    }
  }

  async #faultsOf(name: ProviderName): Promise<FaultApi> {
    const { faults } = await this.#deps.openProvider(name);
    if (faults === undefined) {
      throw new ClusterError('Only the practice cloud can be broken on purpose.', { code: 'invalidInput' });
    }
    return faults;
  }
}
