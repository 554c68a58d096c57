import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { generatePrivateKey } from '../../../../src/core/guide/privateKey';
import { createOperator } from '../../../../src/core/clusters';
import { ClusterError, type ErrorCode } from '../../../../src/core/errors';
import type { ClusterSnapshot } from '../../../../src/core/model/snapshot';
import type { OperationContext, Operator } from '../../../../src/core/operator';
import type { Journal } from '../../../../src/core/plan/journal';
import type { Observer, TrackedCluster } from '../../../../src/core/watch/tracked';
import { FakeWorld } from './fakeWorld';
import { SETTINGS } from '../../../samples';

/** Made once: RSA keys take their time. */
export const OWN_KEY = { privateKey: await generatePrivateKey() };

/** Keeps what it is told, and looks at nothing: the observed state has tests of its own. */
export class FakeObserver implements Observer {
  readonly clusters = new Map<string, TrackedCluster>();
  /** Each step that was ever shown as running, in order. */
  readonly ran: string[] = [];

  onTrack: (cluster: TrackedCluster) => void = () => undefined;

  track(cluster: TrackedCluster): void {
    this.onTrack(cluster);
    this.clusters.set(cluster.id, cluster);
    const running = cluster.steps.find(({ state }) => state === 'running');
    if (running !== undefined && this.ran.at(-1) !== running.id) {
      this.ran.push(running.id);
    }
  }
  untrack(id: string): void {
    this.clusters.delete(id);
  }
  snapshots(): ClusterSnapshot[] {
    return [...this.clusters.values()].map((cluster) => ({
      ...{ id: cluster.id, name: cluster.name, provider: cluster.spec.provider, state: 'unknown', summary: '' },
      nodes: cluster.nodes.map((node) => ({ ...node, state: 'ready', etcd: 'member' })),
      ...{ units: [], missingUnits: [], steps: cluster.steps, cost: { hourly: 0, monthly: 0, sinceCreation: 0 } },
      ...(cluster.problem === undefined ? {} : { problem: cluster.problem }),
    }));
  }
  onDidChange(): { dispose(): void } {
    return { dispose: () => undefined };
  }
  watch(): { dispose(): void } {
    return { dispose: () => undefined };
  }
  refresh(): Promise<void> {
    return Promise.resolve();
  }
  dispose(): void {
    this.clusters.clear();
  }
}

export interface Window {
  readonly operator: Operator;
  readonly observer: FakeObserver;
}

/** A world, a storage folder, and as many windows on them as a test opens. */
export class Harness {
  readonly #windows: Operator[] = [];

  private constructor(
    readonly world: FakeWorld,
    readonly folder: string,
  ) {}

  /** Another folder on the same world is another computer. */
  static async create(world = new FakeWorld()): Promise<Harness> {
    return new Harness(world, await mkdtemp(path.join(os.tmpdir(), 'deis-core-')));
  }

  async open(): Promise<Window> {
    const { world, folder } = this;
    const observer = new FakeObserver();
    const operator = await createOperator({
      openProvider: () => Promise.resolve(world.provider),
      accountOf: () => world.provider.cloud.getAccount(),
      settings: () => SETTINGS,
      storageFolder: folder,
      secrets: world.secrets,
      log: world.log,
      observer,
    });
    this.#windows.push(operator);
    return { operator, observer };
  }

  /** The only cluster's journal as it is on disk. */
  async journal(id: string): Promise<Journal> {
    return JSON.parse(await readFile(this.fileOf(id), 'utf8')) as Journal;
  }

  fileOf(id: string): string {
    return path.join(this.folder, 'clusters', `${id}.json`);
  }

  async dispose(): Promise<void> {
    this.#windows.forEach((window) => window.dispose());
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** What a command passes to an operation. */
export function context(controller = new AbortController()): OperationContext & { readonly reports: string[] } {
  const reports: string[] = [];
  return { signal: controller.signal, report: (message) => void reports.push(message), reports };
}

/** For assert.rejects. */
export const code =
  (wanted: ErrorCode) =>
  (error: unknown): boolean =>
    ClusterError.is(error, wanted);
