import { watch, type FSWatcher } from 'node:fs';
import { rm } from 'node:fs/promises';
import { ClusterError } from './errors';
import { endpointOf } from './guide/nodes';
import type { Log, NodeConnection, Provider, SecretStore } from './ports';
import type { ProviderName } from './model/cluster';
import { clusterNodes, stepSnapshots, type Journal } from './plan/journal';
import { JournalFile, JournalFolder } from './plan/journalFile';
import { lockedFor, type Activity } from './plan/lock';
import type { Observer, TrackedCluster } from './watch/tracked';

interface Deps {
  readonly storageFolder: string;
  readonly secrets: SecretStore;
  readonly log: Log;
  readonly observer: Observer;
  openProvider(name: ProviderName): Promise<Provider>;
  activityOf(clusterId: string): Activity | undefined;
}

/** The clusters of this computer: their journals on disk, and what the observer is told of them. */
export class ClusterBook {
  readonly folder: JournalFolder;
  readonly #deps: Deps;
  readonly #known = new Map<string, Journal>();
  /** What other windows do, as far as we have looked. */
  readonly #elsewhere = new Map<string, Activity | undefined>();
  /** How far the running step is, in this window. */
  readonly #details = new Map<string, string>();
  /** Destroyed in this window: one that was just being read must not come back. */
  readonly #removed = new Set<string>();
  #watcher: FSWatcher | undefined;
  #loading: Promise<void> | undefined;
  #isStale = false;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.folder = new JournalFolder(deps.storageFolder);
  }

  lockFileOf(clusterId: string): string {
    return `${this.folder.fileOf(clusterId)}.lock`;
  }

  /** From now on what other windows write is shown here. */
  watch(): void {
    try {
      this.#watcher = watch(this.folder.folder, { persistent: false }, (_, name) => {
        const id = /^(.+)\.json(?:\.lock)?$/.exec(name ?? '')?.[1];
        // Our own writes are known already; temporary files mean nothing.
        if (id === undefined || this.#deps.activityOf(id) !== undefined) {
          return;
        }
        this.load().catch((error: unknown) => this.#deps.log.error('The journals cannot be read', error));
      });
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch (error) {
      // No such service on this file system: a refresh shows it as well.
      this.#deps.log.debug(`The folder of journals cannot be watched: ${String(error)}`);
    }
  }

  dispose(): void {
    this.#watcher?.close();
  }

  /** Reads all journals again: another window may have made or destroyed a cluster. Many wishes become one more reading. */
  async load(): Promise<void> {
    this.#isStale = true;
    this.#loading ??= this.#loadAll().finally(() => (this.#loading = undefined));
    await this.#loading;
  }

  async #loadAll(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      await this.#loadOnce();
    }
  }

  async #loadOnce(): Promise<void> {
    // Asked before the folder: what this window adds in between is not gone.
    const before = [...this.#known.keys()];
    const ids = await this.folder.ids();
    for (const gone of before.filter((id) => !ids.includes(id))) {
      this.#forget(gone);
    }
    for (const id of ids) {
      // What this window writes itself is newer in memory than on disk.
      if (this.#deps.activityOf(id) === undefined) {
        await this.#loadOne(id);
      }
    }
  }

  async #loadOne(id: string): Promise<void> {
    try {
      const [journal, elsewhere] = await Promise.all([this.folder.read(id), lockedFor(this.lockFileOf(id))]);
      if (this.#deps.activityOf(id) === undefined && !this.#removed.has(id)) {
        this.#elsewhere.set(id, elsewhere);
        this.#publish(journal);
      }
    } catch (error) {
      if (ClusterError.is(error, 'notFound')) {
        return; // Destroyed while we looked; the next look forgets it.
      }
      this.#deps.log.error(`The journal of ${id} cannot be used`, error);
      this.#known.delete(id);
      this.#deps.observer.track(damagedCluster(id, error));
    }
  }

  /** A journal to work with; every change of it is shown. */
  async open(id: string): Promise<JournalFile> {
    return this.#file(await this.folder.read(id));
  }

  async create(journal: Journal): Promise<JournalFile> {
    await this.folder.make();
    const file = this.#file(journal);
    await file.change(() => undefined);
    return file;
  }

  #file(journal: Journal): JournalFile {
    return new JournalFile(this.folder.fileOf(journal.id), journal, (changed) => {
      if (runningStep(changed) !== runningStep(this.#known.get(journal.id))) {
        this.#details.delete(journal.id);
      }
      this.#publish(changed);
    });
  }

  /** The last that is known of a cluster, without reading. */
  get(id: string): Journal | undefined {
    return this.#known.get(id);
  }

  all(): Journal[] {
    return [...this.#known.values()];
  }

  /** The cluster is gone. */
  async remove(id: string): Promise<void> {
    this.#removed.add(id);
    await rm(this.folder.fileOf(id), { force: true });
    this.#forget(id);
  }

  /** How far the running step is: shown, and not written down. */
  note(id: string, detail: string): void {
    this.#details.set(id, detail);
    this.touch(id);
  }

  /** Shows the cluster again, since what is being done to it has changed. */
  touch(id: string): void {
    this.#elsewhere.delete(id);
    const journal = this.#known.get(id);
    if (journal !== undefined) {
      this.#publish(journal);
    }
  }

  #forget(id: string): void {
    this.#known.delete(id);
    this.#elsewhere.delete(id);
    this.#deps.observer.untrack(id);
  }

  #publish(journal: Journal): void {
    this.#known.set(journal.id, journal);
    const detail = this.#details.get(journal.id);
    const activity = this.#deps.activityOf(journal.id) ?? this.#elsewhere.get(journal.id);
    this.#deps.observer.track({
      id: journal.id,
      name: journal.id,
      spec: journal.spec,
      nodes: clusterNodes(journal),
      steps: stepSnapshots(journal).map((step) =>
        step.state === 'running' && detail !== undefined ? { ...step, detail } : step,
      ),
      createdAt: journal.createdAt,
      accountUuid: journal.accountUuid,
      ...(activity === 'creating' || activity === 'destroying' ? { activity } : {}),
      ...(journal.domain === undefined ? {} : { domain: journal.domain }),
      ...(journal.problem === undefined ? {} : { problem: journal.problem }),
      connect: (nodeName, signal) => this.connect(journal.id, nodeName, signal),
    });
  }

  async connect(id: string, nodeName: string, signal?: AbortSignal): Promise<NodeConnection> {
    const journal = this.#known.get(id) ?? (await this.folder.read(id));
    const endpoint = await endpointOf(
      { clusterId: id, journal: { data: journal }, secrets: this.#deps.secrets },
      nodeName,
    );
    const provider = await this.#deps.openProvider(journal.spec.provider);
    return await provider.nodes.connect(endpoint, signal);
  }
}

const runningStep = (journal: Journal | undefined): string | undefined =>
  journal?.steps.find(({ state }) => state === 'running')?.id;

/** Shown, so that nobody forgets the droplets that may be behind it. */
function damagedCluster(id: string, error: unknown): TrackedCluster {
  const problem = error instanceof Error ? error.message : String(error);
  return {
    id,
    name: id,
    // Nothing is known but the id; nothing is asked of any provider with this.
    spec: {
      provider: 'digitalocean',
      prefix: id,
      regionSlug: '',
      sizeSlug: '',
      image: '',
      instances: 0,
      bootstrap: 'discovery',
      routerMeshSize: 0,
      swapSizeMb: 0,
      release: '',
      installPlatform: false,
      openPorts: false,
    },
    nodes: [],
    steps: [],
    createdAt: 0,
    problem,
    connect: () => Promise.reject(error instanceof Error ? error : new Error(problem)),
  };
}
