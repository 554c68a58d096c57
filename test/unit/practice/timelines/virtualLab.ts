import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseCommandLine } from '../../../../src/practice/commandLine';
import { layFoundation, type Foundation } from '../../../../src/practice/foundation';
import type { PoweredHost } from '../../../../src/practice/kernel';
import { createModel, type Model } from '../../../../src/practice/model';
import type { Said } from '../../../truth/readme';
import { memberUserData } from '../../../truth/userData';
import { speak } from '../support/curl';

export interface VirtualLabOptions {
  readonly fleet: '1.0' | '0.11';
  readonly seed?: string;
  /** What the nodes' user data is made into, to plant something wrong. */
  readonly userData?: (text: string) => string;
}

const NUMBERS = [1, 2, 3, 4, 5];
const POLL_MS = 250;
/** Only what is virtual waits for this long. */
const LONGEST_MS = 600_000;

/** Five nodes of the practice cloud in this very process: whoever waits makes time jump, and nothing takes longer than the model says. */
export class VirtualLab {
  readonly #ids: number[] = [];

  private constructor(
    private readonly folder: string,
    private readonly foundation: Foundation,
    private readonly model: Model,
  ) {}

  /** Resolves when etcd and fleet have five members. */
  static async open({ fleet, seed = 'north', userData = (text) => text }: VirtualLabOptions): Promise<VirtualLab> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'deis-virtual-lab-'));
    const args = ['--token', 'test', '--profile', 'lab', '--speed', 'max', '--seed', seed, '--fleet', fleet];
    const options = { ...(parseCommandLine(args, {}) ?? assert.fail('only the usage')), stateFolder: folder };
    const foundation = layFoundation(options);
    const lab = new VirtualLab(folder, foundation, createModel(foundation, options));
    await lab.#create(userData);
    return lab;
  }

  async close(): Promise<void> {
    await this.foundation.dispose();
    this.model.dispose();
    await this.foundation.state.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  now(): number {
    return this.foundation.timeline.now();
  }

  async rest(ms: number): Promise<void> {
    await this.foundation.timeline.sleep(ms);
  }

  readonly names = NUMBERS.map((number) => `deis-${number}`);

  host(node: string): PoweredHost {
    return this.model.cloud.lifecycle.host(this.#id(node)) ?? assert.fail(`${node} has no inside`);
  }

  async run(node: string, command: string): Promise<Said> {
    this.foundation.timeline.touch();
    const { stdout, stderr, exitCode } = await this.host(node).run(command, { user: 'core' });
    return { stdout, stderr, exit: exitCode };
  }

  /** Runs what must work. */
  async prepare(node: string, command: string): Promise<string> {
    const { stdout, stderr, exit } = await this.run(node, command);
    assert.equal(exit, 0, `${command} on ${node}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Asks until the answer is as wanted. */
  async until(node: string, command: string, wanted: (stdout: string) => boolean): Promise<void> {
    const end = this.now() + LONGEST_MS;
    for (;;) {
      const { stdout, stderr } = await this.run(node, command);
      if (wanted(stdout)) return;
      assert.ok(this.now() < end, `${command} on ${node} never said what it should: ${stdout}${stderr}`);
      await this.rest(POLL_MS);
    }
  }

  /** The plug is pulled now. */
  cutPower(node: string): void {
    this.model.cloud.lifecycle.crash(this.#id(node));
  }

  powerOn(node: string): void {
    this.model.cloud.lifecycle.recover(this.#id(node));
  }

  #id(node: string): number {
    return this.#ids[Number(node.slice('deis-'.length)) - 1] ?? assert.fail(`no node ${node}`);
  }

  async #create(change: (text: string) => string): Promise<void> {
    const { cloud, discovery } = this.model;
    this.foundation.ports.use(1); // where nodes find the discovery service: it is asked inside the model, never over a socket
    const account = cloud.accounts.put({ name: 'Lab', tokens: [{ token: 'test', scopes: ['*'] }] });
    const asked = { url: new URL('http://127.0.0.1/new?size=5'), method: 'GET', headers: {}, body: undefined };
    const { body: url } = await speak(discovery, asked);
    const made = cloud.droplets.create(account, {
      ...{ names: this.names, region: 'nyc3', size: '2gb', image: 'coreos-stable', sshKeys: [], tags: [] },
      ...{ userData: change(memberUserData(url)), hasMonitoring: false, vpc: undefined },
    });
    this.#ids.push(...made.map(({ droplet }) => droplet.id));
    await this.foundation.timeline.sleep(10_000);
    await this.until('deis-1', 'etcdctl cluster-health', (text) => text.includes('cluster is healthy'));
    await this.until('deis-1', 'fleetctl list-machines --no-legend | wc -l', (text) => text === '5\n');
  }
}
