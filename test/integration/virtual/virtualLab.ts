import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseCommandLine } from '../../../src/practice/commandLine';
import type { Foundation } from '../../../src/practice/foundation';
import type { PoweredHost, Profile } from '../../../src/practice/kernel';
import { createModel, type Model } from '../../../src/practice/model';
import type { Cluster } from '../../truth/names';
import type { Said } from '../../truth/readme';
import { memberUserData } from '../../truth/userData';
import { speak } from '../../unit/practice/support/curl';
import { layStillFoundation } from './stillFoundation';

export interface VirtualLabOptions {
  readonly fleet: '1.0' | '0.11';
  readonly seed?: string;
  /** Droplets are called PREFIX-1 to PREFIX-5. */
  readonly prefix?: string;
  readonly size?: string;
  readonly profile?: Profile['name'];
  /** What the nodes' user data is made into, to plant something wrong. */
  readonly userData?: (text: string) => string;
}

const POLL_MS = 250;
/** Only what is virtual waits for this long. */
const LONGEST_MS = 600_000;

/** Five nodes of the practice cloud in this very process, where nothing takes longer than the model says. */
export class VirtualLab {
  readonly names: readonly string[];
  readonly #ids: number[] = [];

  private constructor(
    private readonly folder: string,
    private readonly foundation: Foundation,
    private readonly model: Model,
    prefix: string,
  ) {
    this.names = [1, 2, 3, 4, 5].map((number) => `${prefix}-${number}`);
  }

  /** Resolves when etcd and fleet have five members. */
  static async open(wanted: VirtualLabOptions): Promise<VirtualLab> {
    const { fleet, seed = 'north', prefix = 'deis', profile = 'lab' } = wanted;
    const folder = mkdtempSync(path.join(os.tmpdir(), 'deis-virtual-lab-'));
    const args = ['--token', 'test', '--profile', profile, '--speed', 'max', '--seed', seed, '--fleet', fleet];
    const foundation = layStillFoundation(folder, seed, profile);
    const options = parseCommandLine(args, {}) ?? assert.fail('only the usage');
    const lab = new VirtualLab(folder, foundation, createModel(foundation, options), prefix);
    await lab.#create(wanted);
    return lab;
  }

  async close(): Promise<void> {
    for (const id of this.#ids) this.model.cloud.lifecycle.crash(id);
    await this.foundation.dispose();
    this.model.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Who is who among these nodes. */
  get cluster(): Cluster {
    const hosts = this.names.map((name) => this.#host(name));
    return {
      machines: hosts.map(({ machineId }) => machineId),
      addresses: hosts.map(({ privateAddress }) => privateAddress),
      ...{ hosts: this.names, others: {} },
    };
  }

  now(): number {
    return this.foundation.timeline.now();
  }

  async rest(ms: number): Promise<void> {
    await this.foundation.timeline.sleep(ms);
  }

  machine(node: string): string {
    return this.#host(node).machineId;
  }

  async run(node: string, command: string, stdin = ''): Promise<Said> {
    this.foundation.timeline.touch();
    const { stdout, stderr, exitCode } = await this.#host(node).run(command, { user: 'core', stdin });
    return { stdout, stderr, exit: exitCode };
  }

  /** Runs what must work. */
  async prepare(node: string, command: string): Promise<string> {
    const { stdout, stderr, exit } = await this.run(node, command);
    assert.equal(exit, 0, `${command} on ${node}: ${stdout}${stderr}`);
    return stdout;
  }

  async write(node: string, file: string, text: string): Promise<void> {
    const { stderr, exit } = await this.run(node, `cat > ${file}`, text);
    assert.equal(exit, 0, `${file} cannot be written on ${node}: ${stderr}`);
  }

  /** Asks until the answer is as wanted, which it is given back. */
  async until(
    node: string,
    command: string,
    wanted: (stdout: string) => boolean,
    longestMs = LONGEST_MS,
  ): Promise<string> {
    const end = this.now() + longestMs;
    for (;;) {
      const { stdout, stderr } = await this.run(node, command);
      if (wanted(stdout)) return stdout;
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

  /** Until `repair`. */
  fillDisk(node: string): void {
    this.model.faults.add({ kind: 'disk-fills', dropletId: this.#id(node) });
  }

  repair(): void {
    this.model.faults.clear();
  }

  /** Nobody hears a node for a while, nor does it hear them. */
  async separate(node: string, forMs: number): Promise<void> {
    const others = this.names.filter((name) => name !== node).map((name) => this.#id(name));
    this.model.faults.add({ kind: 'network-split', groups: [[this.#id(node)], others], forMs });
    await this.rest(forMs + POLL_MS);
  }

  #host(node: string): PoweredHost {
    return this.model.cloud.lifecycle.host(this.#id(node)) ?? assert.fail(`${node} has no inside`);
  }

  #id(node: string): number {
    return this.#ids[this.names.indexOf(node)] ?? assert.fail(`no node ${node}`);
  }

  async #create({ size = '2gb', userData = (text) => text }: VirtualLabOptions): Promise<void> {
    const { cloud, discovery } = this.model;
    this.foundation.ports.use(1); // where nodes find the discovery service: it is asked inside the model, never over a socket
    const account = cloud.accounts.put({ name: 'Lab', tokens: [{ token: 'test', scopes: ['*'] }] });
    const asked = { url: new URL('http://127.0.0.1/new?size=5'), method: 'GET', headers: {}, body: undefined };
    const { body: url } = await speak(discovery, asked);
    const made = cloud.droplets.create(account, {
      ...{ names: [...this.names], region: 'nyc3', size, image: 'coreos-stable', sshKeys: [], tags: [] },
      ...{ userData: userData(memberUserData(url)), hasMonitoring: false, vpc: undefined },
    });
    this.#ids.push(...made.map(({ droplet }) => droplet.id));
    const isUp = (id: number): boolean => cloud.lifecycle.host(id)?.isUp === true;
    do await this.rest(10_000);
    while (!this.#ids.every(isUp));
    const [first = ''] = this.names;
    await this.until(first, 'etcdctl cluster-health', (text) => text.includes('cluster is healthy'));
    await this.until(first, 'fleetctl list-machines --no-legend | wc -l', (text) => text === '5\n');
  }
}
