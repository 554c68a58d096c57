import { ClusterError } from './errors';
import { ClusterBook } from './clusterBook';
import { startCluster } from './createCluster';
import { destroyDamaged } from './destroyDamaged';
import { ensureSameAccount } from './guide/account';
import { destroyPlan } from './guide/destroySteps';
import { clusterIdOfTag } from './guide/names';
import { createPlan, platformPlan, swapPlan } from './guide/plans';
import { forecastPowerOff } from './guide/powerForecast';
import { powerPlan } from './guide/powerSteps';
import { previewPlan } from './guide/preview';
import type { OpenSshReader } from './guide/privateKey';
import type { Account, Droplet } from './model/cloud';
import { clusterTag, type ProviderName } from './model/cluster';
import type { ActiveFault } from './model/fault';
import type { ClusterSnapshot } from './model/snapshot';
import type { Billed, OperationContext, Operator } from './operator';
import type { Log, Provider, SecretStore } from './ports';
import { nodeNames } from './plan/journal';
import type { Activity } from './plan/lock';
import { Operations } from './plan/operations';
import { runPlan } from './plan/runPlan';
import type { GuideSettings, Run, Step } from './plan/step';
import type { JournalFile } from './plan/journalFile';
import { parseFault } from './parse/fault';
import { FaultWatch } from './watch/faultWatch';
import { realTime } from './watch/rhythm';
import type { Observer } from './watch/tracked';

export interface OperatorDeps {
  /** The provider as it is set up now; rejects with tokenMissing and the like. */
  openProvider(name: ProviderName): Promise<Provider>;
  /** Reads the account of a token that is not stored. */
  accountOf(token: string, signal?: AbortSignal): Promise<Account>;
  /** Reads a key in OpenSSH's own format. */
  readonly readOpenSshKey?: OpenSshReader;
  /** Read again for each operation. */
  settings(): GuideSettings;
  readonly storageFolder: string;
  readonly secrets: SecretStore;
  readonly log: Log;
  readonly observer: Observer;
}

interface Job {
  readonly clusterId: string;
  readonly activity: Activity;
  readonly context: OperationContext;
  readonly steps: (journal: JournalFile) => readonly Step[];
}

/** Everything the user can ask for. Resolves when the journals are read, so that `snapshots()` has every cluster. */
export async function createOperator(deps: OperatorDeps): Promise<Operator> {
  const operations = new Operations(
    (id) => book.lockFileOf(id),
    (id) => book.touch(id),
  );
  const book: ClusterBook = new ClusterBook({ ...deps, activityOf: (id) => operations.activityOf(id) });
  await book.folder.make();
  await book.load();
  book.watch();
  return new Clusters(deps, book, operations);
}

class Clusters implements Operator {
  readonly #listeners = new Set<() => void>();
  readonly #faults: FaultWatch;

  constructor(
    readonly deps: OperatorDeps,
    readonly book: ClusterBook,
    readonly operations: Operations,
  ) {
    this.#faults = new FaultWatch({
      openProvider: (name) => deps.openProvider(name),
      providersInUse: () => deps.observer.snapshots().map(({ provider }) => provider),
      time: realTime,
      log: deps.log,
      onDidChange: () => this.#listeners.forEach((listener) => listener()),
    });
  }

  snapshots(): readonly ClusterSnapshot[] {
    return this.deps.observer.snapshots().map((cluster) => {
      const faults = this.#faults.activeIn(cluster.provider).filter((active) => concerns(active, cluster));
      return faults.length === 0 ? cluster : { ...cluster, faults };
    });
  }

  onDidChange(listener: () => void): { dispose(): void } {
    const entry = (): void => listener();
    const handle = this.deps.observer.onDidChange(entry);
    this.#listeners.add(entry);
    return {
      dispose: () => {
        handle.dispose();
        this.#listeners.delete(entry);
      },
    };
  }

  watch(): { dispose(): void } {
    const handles = [this.deps.observer.watch(), this.#faults.watch()];
    return { dispose: () => handles.forEach((handle) => handle.dispose()) };
  }

  async refresh(clusterId?: string): Promise<void> {
    await this.book.load();
    await Promise.all([this.deps.observer.refresh(clusterId), this.#faults.look()]);
  }

  faults(): ReturnType<Operator['faults']> {
    return this.#faults.active;
  }

  async breakOnPurpose(provider: ProviderName, fault: unknown): ReturnType<Operator['breakOnPurpose']> {
    return await this.#faults.add(provider, parseFault(fault));
  }

  async repair(provider: ProviderName, faultId?: string): Promise<void> {
    await this.#faults.remove(provider, faultId);
  }

  async choices(provider: ProviderName, signal?: AbortSignal): ReturnType<Operator['choices']> {
    const { cloud } = await this.deps.openProvider(provider);
    const [account, regions, sizes] = await Promise.all([
      cloud.getAccount(signal),
      cloud.listRegions(signal),
      cloud.listSizes(signal),
    ]);
    const needed = ['private_networking', 'metadata'];
    return {
      account,
      regions: regions.filter(
        ({ isAvailable, features }) => isAvailable && needed.every((feature) => features.includes(feature)),
      ),
      sizes: sizes.filter(({ isAvailable }) => isAvailable).sort((a, b) => a.priceMonthly - b.priceMonthly),
    };
  }

  async preview(...[spec, context]: Parameters<Operator['preview']>): ReturnType<Operator['preview']> {
    const provider = await this.deps.openProvider(spec.provider);
    const steps = createPlan(spec).map(({ title }) => title);
    return await previewPlan(provider, spec, { existingNames: this.#existingNames(spec.provider), steps }, context);
  }

  async create(...[spec, context, ownKey]: Parameters<Operator['create']>): Promise<ClusterSnapshot> {
    const provider = await this.deps.openProvider(spec.provider);
    const start = { deps: this.deps, book: this.book, provider, existingNames: this.#existingNames(spec.provider) };
    const id = await startCluster(start, spec, context, ownKey);
    return await this.resume(id, context);
  }

  async resume(clusterId: string, context: OperationContext): Promise<ClusterSnapshot> {
    await this.#run({
      clusterId,
      activity: 'creating',
      context,
      steps: (journal) => {
        refuseHalfDestroyed(journal);
        return createPlan(journal.data.spec);
      },
    });
    await this.deps.observer.refresh(clusterId);
    return this.#snapshot(clusterId);
  }

  async destroy(clusterId: string, context: OperationContext): Promise<void> {
    await this.operations.cancel(clusterId, 'The cluster is being destroyed.');
    try {
      await this.book.open(clusterId);
    } catch (error) {
      if (!ClusterError.is(error, 'journalDamaged', 'notFound')) {
        throw error;
      }
      await destroyDamaged({ deps: this.deps, book: this.book }, clusterId, context, error);
      return;
    }
    await this.#run({ clusterId, activity: 'destroying', context, steps: destroyPlan });
    await this.book.remove(clusterId);
  }

  async checkToken(token: string, signal?: AbortSignal): Promise<Account> {
    return await this.deps.accountOf(token, signal);
  }

  async listBilled(provider: ProviderName, signal?: AbortSignal): Promise<Billed[]> {
    const { cloud } = await this.deps.openProvider(provider);
    const ids = new Set((await cloud.listTags(signal)).flatMap((tag) => clusterIdOfTag(tag) ?? []));
    const billed = await Promise.all(
      [...ids].map(async (id) => toBilled(id, await cloud.listDropletsByTag(clusterTag(id), signal))),
    );
    return billed.filter(({ droplets }) => droplets > 0);
  }

  async forecastPowerOff(clusterId: string, nodeName: string): ReturnType<Operator['forecastPowerOff']> {
    await this.deps.observer.refresh(clusterId);
    return forecastPowerOff(this.#snapshot(clusterId), nodeName);
  }

  async power(...[clusterId, nodeName, verb, context]: Parameters<Operator['power']>): Promise<void> {
    await this.operations.beside(clusterId, context.signal, async (signal) => {
      const run = await this.#open(clusterId, signal);
      await runPlan(powerPlan(nodeName, verb), run, {
        ownsSteps: false,
        onProgress: (message, done) => context.report(message, done),
        explain: ensureSameAccount,
      });
    });
    await this.deps.observer.refresh(clusterId);
  }

  async registerSwap(clusterId: string, context: OperationContext): Promise<void> {
    await this.#run({ clusterId, activity: 'working', context, steps: (journal) => swapPlan(journal.data.spec) });
    await this.deps.observer.refresh(clusterId);
  }

  async platform(...[clusterId, verb, context]: Parameters<Operator['platform']>): Promise<void> {
    await this.#run({ clusterId, activity: 'working', context, steps: () => platformPlan(verb) });
    await this.deps.observer.refresh(clusterId);
  }

  connect(...[clusterId, nodeName, signal]: Parameters<Operator['connect']>): ReturnType<Operator['connect']> {
    return this.book.connect(clusterId, nodeName, signal);
  }

  dispose(): void {
    this.#faults.dispose();
    this.operations.dispose();
    this.book.dispose();
    this.deps.observer.dispose();
  }

  /** Takes the lock, reads the journal as it is then, and runs the plan on it. */
  async #run(job: Job): Promise<void> {
    const { clusterId, activity, context } = job;
    await this.operations.run(clusterId, { activity, signal: context.signal }, async (signal) => {
      const opened = await this.#open(clusterId, signal);
      const run: Run = { ...opened, report: (detail) => this.book.note(clusterId, detail) };
      const { journal } = run;
      const steps = job.steps(journal);
      await prepare(journal, activity);
      try {
        await runPlan(steps, run, {
          ownsSteps: activity !== 'working',
          onProgress: (message, done) => context.report(message, done),
          // In another account nothing is found again, whatever a step makes of that.
          explain: ensureSameAccount,
        });
      } catch (error) {
        if (activity === 'destroying') {
          await rememberFailedDestroy(journal, error);
        }
        throw error;
      }
    });
  }

  /** What a plan works with, from the journal as it is on disk now. */
  async #open(clusterId: string, signal: AbortSignal): Promise<Run> {
    const journal = await this.book.open(clusterId);
    const provider = await this.deps.openProvider(journal.data.spec.provider);
    const { secrets, log } = this.deps;
    return {
      ...{ clusterId, provider, journal, secrets, log, signal },
      settings: this.deps.settings(),
      report: () => undefined,
    };
  }

  #existingNames(provider: ProviderName): string[] {
    return this.book
      .all()
      .filter(({ spec }) => spec.provider === provider)
      .flatMap(({ spec }) => nodeNames(spec));
  }

  #snapshot(clusterId: string): ClusterSnapshot {
    const snapshot = this.snapshots().find(({ id }) => id === clusterId);
    if (snapshot === undefined) {
      throw new ClusterError(`There is no cluster ${clusterId} here.`, { code: 'notFound', remedy: 'refresh' });
    }
    return snapshot;
  }
}

/** A fault of the API concerns every cluster of the provider; others those whose droplets they name. */
function concerns({ fault }: ActiveFault, { nodes }: ClusterSnapshot): boolean {
  const ids = 'dropletId' in fault ? [fault.dropletId] : 'groups' in fault ? fault.groups.flat() : undefined;
  return ids === undefined || nodes.some(({ dropletId }) => ids.includes(dropletId));
}

/** From the first moment of a destroy on there is no way back. */
async function prepare(journal: JournalFile, activity: Activity): Promise<void> {
  if (activity !== 'working' && (journal.data.problem !== undefined || activity === 'destroying')) {
    await journal.change((data) => {
      delete data.problem;
      data.isDestroying ||= activity === 'destroying';
    });
  }
}

/** Steps of a destroy that did not end would read like a setup that stopped. */
async function rememberFailedDestroy(journal: JournalFile, error: unknown): Promise<void> {
  await journal.change((data) => {
    data.steps = [];
    data.problem = `The cluster is half destroyed. ${error instanceof Error ? error.message : String(error)}`;
  });
}

function refuseHalfDestroyed({ data }: JournalFile): void {
  if (data.isDestroying) {
    throw new ClusterError(`Cluster ${data.id} is half destroyed and cannot be set up again. Destroy it to the end.`, {
      code: 'invalidInput',
      remedy: 'destroyCluster',
    });
  }
}

const toBilled = (clusterId: string, droplets: readonly Droplet[]): Billed => ({
  clusterId,
  droplets: droplets.length,
  hourly: droplets.reduce((sum, { priceHourly }) => sum + priceHourly, 0),
  monthly: droplets.reduce((sum, { priceMonthly }) => sum + priceMonthly, 0),
});
