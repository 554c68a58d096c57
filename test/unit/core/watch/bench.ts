import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach } from 'node:test';
import type { ClusterSnapshot, NodeSnapshot } from '../../../../src/core/model/snapshot';
import { createObserver } from '../../../../src/core/watch/observer';
import type { Observer, TrackedCluster } from '../../../../src/core/watch/tracked';
import { FakeWorld, silentLog } from './fakeWorld';

/** An observer of five fake nodes, anew for each test. */
export class Bench {
  world = new FakeWorld();
  cacheFolder = '';
  observer = this.open();

  constructor() {
    beforeEach(async () => {
      this.cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'deis-watch-'));
      this.world = new FakeWorld();
      this.observer = this.open();
    });
    afterEach(async () => {
      this.observer.dispose();
      await rm(this.cacheFolder, { recursive: true, force: true, maxRetries: 3 });
    });
  }

  /** What a window does when it opens. */
  open(): Observer {
    return createObserver({
      providers: () => Promise.resolve(this.world.provider()),
      log: silentLog,
      cacheFolder: this.cacheFolder,
      time: this.world.time,
    });
  }

  async watch(change: Partial<TrackedCluster> = {}): Promise<void> {
    this.observer.track(this.world.cluster(change));
    this.observer.watch();
    await this.world.time.settle();
  }

  /** The next look, whenever the rhythm has it come. */
  nextLook(): Promise<void> {
    return this.world.time.advance(15_000);
  }

  /** Files are written in real time. */
  async until(holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let i = 0; i < 2_000 && !(await holds()); i++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(await holds(), 'it never came true');
  }

  get cluster(): ClusterSnapshot {
    const [snapshot] = this.observer.snapshots();
    assert.ok(snapshot);
    return snapshot;
  }

  node(name: string): NodeSnapshot {
    const found = this.cluster.nodes.find((entry) => entry.name === name);
    assert.ok(found, `no node ${name}`);
    return found;
  }

  row(name: string): ClusterSnapshot['units'][number] {
    const found = this.cluster.units.find((entry) => entry.name === name);
    assert.ok(found, `no row of ${name}`);
    return found;
  }
}
