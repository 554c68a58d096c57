import { ClusterError, isCancelled } from '../errors';
import type { ProviderName } from '../model/cluster';
import type { ClusterSnapshot } from '../model/snapshot';
import type { Disposable, Log, Provider } from '../ports';
import type { Cache } from './cache';
import { describeCluster } from './describe';
import { compareToSee } from './difference';
import { look } from './look';
import { NOTHING_SEEN, type Observation } from './observation';
import { createRhythm, type UserTime } from './rhythm';
import type { TrackedCluster } from './tracked';

/** A silent node's own deadline may still run: neither the next look nor who asked for this one needs to wait for it. */
const PATIENCE_MS = 3_000;
const REFRESH_PATIENCE_MS = 5_000;
/** 1,800 list calls an hour at most, of the 5,000 that DigitalOcean allows a token. */
const CLOUD_EVERY_MS = 2_000;
const SAVE_EVERY_MS = 5_000;

export interface WatchDeps {
  readonly providers: (name: ProviderName) => Promise<Provider>;
  readonly cache: Cache;
  readonly time: UserTime;
  readonly log: Log;
  onDidChange(): void;
}

/** Looks at one cluster: again and again while started, once when asked. */
export class ClusterWatch implements Disposable {
  readonly #deps: WatchDeps;
  readonly #lifetime = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  #cluster: TrackedCluster;
  #seen: Observation = NOTHING_SEEN;
  #snapshot: ClusterSnapshot;
  /** What the listeners were last called for. */
  #announced: ClusterSnapshot;
  #provider: Provider | undefined;
  #loop: AbortController | undefined;
  #pause: AbortController | undefined;
  #hasChanged = false;
  #isUnsaved = false;
  /** An operation that has just ended: until the next look, what was seen in the middle of it would read like a fault. */
  #ending: TrackedCluster['activity'];
  /** Of the nodes that answered in this look. */
  #slowestMs = 0;
  #cloudAskedAt = -Infinity;
  #savedAt = -Infinity;

  constructor(deps: WatchDeps, cluster: TrackedCluster) {
    this.#deps = deps;
    this.#cluster = cluster;
    this.#snapshot = this.#describe();
    this.#announced = this.#snapshot;
    void this.#remember();
  }

  get cluster(): TrackedCluster {
    return this.#cluster;
  }

  get snapshot(): ClusterSnapshot {
    return this.#snapshot;
  }

  track(cluster: TrackedCluster): void {
    const isNews = cluster.activity !== this.#cluster.activity || cluster.nodes.length !== this.#cluster.nodes.length;
    if (this.#loop !== undefined && hasEndedWell(this.#cluster, cluster)) {
      this.#ending = this.#cluster.activity;
    }
    this.#cluster = cluster;
    this.#publish();
    if (isNews) {
      this.#cloudAskedAt = -Infinity;
      this.#pause?.abort();
    }
  }

  start(): void {
    if (this.#loop === undefined && !this.#lifetime.signal.aborted) {
      this.#loop = new AbortController();
      void this.#run(this.#loop.signal);
    }
  }

  stop(): void {
    this.#loop?.abort();
    this.#loop = undefined;
    this.#pause?.abort();
  }

  async refresh(): Promise<void> {
    this.#cloudAskedAt = -Infinity;
    await this.#lookWithin(REFRESH_PATIENCE_MS, this.#lifetime.signal);
    this.#pause?.abort();
  }

  dispose(): void {
    this.stop();
    this.#lifetime.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const rhythm = createRhythm();
    while (!signal.aborted) {
      this.#slowestMs = 0;
      await this.#lookWithin(PATIENCE_MS, signal);
      const pause = new AbortController();
      this.#pause = pause;
      const isExpecting = this.#snapshot.nodes.some(({ state }) => state === 'new' || state === 'booting');
      const hasChanged = this.#hasChanged; // Also in a look that somebody asked for during the pause.
      this.#hasChanged = false;
      const restMs = rhythm.next({ hasChanged, isExpecting, tookMs: this.#slowestMs });
      await this.#deps.time.sleep(restMs, AbortSignal.any([pause.signal, signal]));
    }
  }

  /** The look goes on beyond our patience, to the deadlines of its calls. */
  async #lookWithin(patienceMs: number, signal: AbortSignal): Promise<void> {
    const start = this.#deps.time.now();
    const finished = new AbortController();
    void this.#look().finally(() => finished.abort());
    await this.#deps.time.sleep(patienceMs, AbortSignal.any([finished.signal, signal]));
    if (this.#hasNewsSince(start)) {
      this.#believe();
    }
    this.#ending = undefined;
    this.#publish();
  }

  /** Never rejects: what could not be seen is part of the picture. It goes on to its own deadlines when the loop stops. */
  async #look(): Promise<void> {
    if (this.#cluster.spec.instances === 0) {
      return; // Its journal is damaged: nobody knows whom to ask.
    }
    try {
      // Asked each time: a new token or a restarted practice cloud makes a new provider.
      const provider = await this.#deps.providers(this.#cluster.spec.provider);
      this.#provider = provider;
      await look(
        {
          provider,
          time: this.#deps.time,
          log: this.#deps.log,
          seen: () => this.#seen,
          update: (change) => {
            if (!this.#lifetime.signal.aborted) {
              this.#update(change(this.#seen));
            }
          },
          single: (key, task) => this.#single(key, task),
          isCloudDue: this.#isCloudDue(),
          onAnswer: (tookMs) => (this.#slowestMs = Math.max(this.#slowestMs, tookMs)),
        },
        this.#cluster,
        this.#lifetime.signal,
      );
      this.#believe();
    } catch (error) {
      this.#fail(error);
    }
    void this.#save();
  }

  #fail(error: unknown): void {
    if (isCancelled(error) || this.#lifetime.signal.aborted) {
      return;
    }
    this.#deps.log.error(`${this.#cluster.name} could not be looked at.`, error);
    const cloudProblem = ClusterError.is(error) ? error.message : 'The cluster could not be looked at.';
    this.#update({ ...this.#seen, cloudProblem });
  }

  #single(key: string, task: () => Promise<void>): Promise<void> {
    const running = this.#running.get(key);
    if (running !== undefined) {
      return running;
    }
    const started = task().finally(() => this.#running.delete(key));
    this.#running.set(key, started);
    return started;
  }

  #update(seen: Observation): void {
    this.#seen = seen;
    this.#publish();
  }

  #isCloudDue(): boolean {
    const now = this.#deps.time.now();
    const isDue = now - this.#cloudAskedAt >= CLOUD_EVERY_MS;
    if (isDue) {
      this.#cloudAskedAt = now;
    }
    return isDue;
  }

  #hasNewsSince(start: number): boolean {
    const { cloudSeenAt, nodes } = this.#seen;
    return [cloudSeenAt, ...Object.values(nodes).map(({ seenAt }) => seenAt)].some((at = 0) => at >= start);
  }

  /** From now on there is a verdict: everything that answers readily has answered. */
  #believe(): void {
    if (this.#seen.isRemembered && !this.#lifetime.signal.aborted) {
      this.#update({ ...this.#seen, isRemembered: false });
    }
  }

  #publish(): void {
    this.#snapshot = this.#describe();
    const difference = compareToSee(this.#announced, this.#snapshot);
    if (difference !== 'same') {
      this.#announced = this.#snapshot;
      this.#hasChanged ||= difference === 'change';
      this.#isUnsaved = true;
      this.#deps.onDidChange();
    }
  }

  #describe(): ClusterSnapshot {
    const cluster = this.#ending === undefined ? this.#cluster : { ...this.#cluster, activity: this.#ending };
    return describeCluster(cluster, this.#seen, this.#provider?.clock.now() ?? this.#deps.time.now());
  }

  async #remember(): Promise<void> {
    const seen = await this.#deps.cache.load(this.#cluster.id);
    if (seen !== undefined && this.#seen === NOTHING_SEEN && !this.#lifetime.signal.aborted) {
      this.#update(seen);
    }
  }

  async #save(): Promise<void> {
    const now = this.#deps.time.now();
    if (this.#isUnsaved && now - this.#savedAt >= SAVE_EVERY_MS && !this.#lifetime.signal.aborted) {
      this.#isUnsaved = false;
      this.#savedAt = now;
      await this.#deps.cache.save(this.#cluster.id, this.#seen);
    }
  }
}

/** A setup or a destroy whose every step is done, and that left no remark. */
const hasEndedWell = (before: TrackedCluster, after: TrackedCluster): boolean =>
  before.activity !== undefined &&
  after.activity === undefined &&
  after.problem === undefined &&
  after.steps.every(({ state }) => state === 'done');
