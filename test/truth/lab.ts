import { setTimeout as sleep } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { at, createActive, listAt, startPractice, until, type Practice } from '../integration/practice/support';
import type { Cluster } from './names';
import type { Said } from './readme';
import { SshNode, type CommandOptions } from './sshNode';
import { CLIENT_USER_DATA, memberUserData } from './userData';

/**
 * Five nodes of the shipped practice cloud in a process of their own, asked over SSH and HTTP as the recorder asked the real ones.
 *
 * A scenario (`scenarios/FOLDER.ts`, one for each folder of the traces) replays its folder's rows in their order:
 *
 *     export const scenario: Scenario = {
 *       async run(stage) {
 *         await stage.prepare('deis-1', 'etcdctl mk /lab 1');              // between rows; fails loudly
 *         await stage.row('list-machines.txt', { as: listing() });         // runs it, compares, keeps the verdict
 *         await stage.row('status-web-local.txt', { node: await stage.nodeOf('web.service') });
 *         await stage.rest(4_000);                                         // the cluster's time, not ours
 *         stage.judge('timeline-kill-1.jsonl', whatDiffers);               // a verdict of one's own
 *       },
 *     };
 *
 * Rows name nodes as the recording does, `deis-1` to `deis-5`, and `client`: a droplet outside the cluster. Commands have the
 * recording's addresses, machine ids and host names put into ours. A row that no scenario runs counts as differing.
 */
export interface LabOptions {
  readonly seed: string;
  /** Droplets are called PREFIX-1 to PREFIX-5. */
  readonly prefix: string;
  readonly fleet?: '1.0' | '0.11';
  /** How many times faster than ours the cluster's time runs: at 10 a command by SSH takes as long as it did in the recording. */
  readonly speed?: number;
}

const NUMBERS = [1, 2, 3, 4, 5];
/** Nothing that ends takes longer than this, in ours. */
const LONGEST_MS = 30_000;

/** ssh2 now and then makes a key that it cannot read itself. */
function keyPair(): { readonly public: string; readonly private: string } {
  const made = ssh2.utils.generateKeyPairSync('ed25519');
  return ssh2.utils.parseKey(made.private) instanceof Error ? keyPair() : made;
}

export class Lab {
  readonly #keys = keyPair();
  readonly #nodes = new Map<string, SshNode>();
  readonly #ids = new Map<string, number>();
  #cluster: Cluster = { machines: [], addresses: [], hosts: [], others: {} };
  discoveryToken = '';

  private constructor(
    readonly practice: Practice,
    readonly options: LabOptions,
    readonly speed: number,
  ) {}

  /** Resolves when etcd and fleet have five members. */
  static async open(options: LabOptions): Promise<Lab> {
    const speed = options.speed ?? 10;
    const practice = await startPractice(
      ...['--profile', 'lab', '--speed', String(speed), '--seed', options.seed, '--fleet', options.fleet ?? '1.0'],
    );
    const lab = new Lab(practice, options, speed);
    try {
      await lab.#create();
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const node of this.#nodes.values()) node.close();
    await this.practice.kill();
  }

  /** Who is who among these nodes. */
  get cluster(): Cluster {
    return this.#cluster;
  }

  /** The key pair that every node lets in, for a scenario that wants it in an agent or a file. */
  get keys(): { readonly public: string; readonly private: string } {
    return this.#keys;
  }

  /** Runs a command as `core`. `limitMs` is the cluster's time. */
  async run(node: string, command: string, options: CommandOptions = {}): Promise<Said> {
    const limitMs = options.limitMs === undefined ? LONGEST_MS : options.limitMs / this.speed;
    return await this.#node(node).run(command, { ...options, limitMs });
  }

  async write(node: string, file: string, text: string): Promise<void> {
    const { exit, stderr } = await this.run(node, `cat > ${file}`, { stdin: text });
    if (exit !== 0) throw new Error(`${file} cannot be written on ${node}: ${stderr}`);
  }

  /** Waits in the cluster's time. */
  async rest(ms: number): Promise<void> {
    await sleep(ms / this.speed);
  }

  /** Runs a command until its output is as wanted. */
  async until(node: string, command: string, wanted: RegExp, limitMs = 120_000): Promise<void> {
    const end = performance.now() + Math.max(limitMs / this.speed, LONGEST_MS);
    for (;;) {
      const { stdout, stderr } = await this.run(node, command);
      if (wanted.test(stdout)) return;
      if (performance.now() > end) throw new Error(`${command} on ${node} never said ${wanted}: ${stdout}${stderr}`);
      await sleep(20);
    }
  }

  async powerOff(node: string): Promise<void> {
    await this.#act(node, 'power_off', 'off');
    this.#nodes.get(node)?.close();
    this.#nodes.delete(node);
  }

  async powerOn(node: string): Promise<void> {
    await this.#act(node, 'power_on', 'active');
  }

  /** The droplet's id, for a question to the API. */
  droplet(node: string): number {
    const id = this.#ids.get(node);
    if (id === undefined) throw new Error(`There is no node ${node}.`);
    return id;
  }

  /** Where a port of a node listens on loopback. */
  async port(node: string, port = 22): Promise<number> {
    const { json } = await this.practice.call('GET', `/practice/nodes?port=${port}`);
    const found = listAt(json, 'nodes').find((one) => at(one, 'dropletId') === this.droplet(node));
    return Number(at(found, `ports.${port}`));
  }

  /** `deis-3` is our third droplet, whatever it is called here. */
  nameOf(node: string): string {
    return node === 'client' ? 'client' : `${this.options.prefix}-${node.replace(/^deis-/, '')}`;
  }

  #node(name: string): SshNode {
    const known = this.#nodes.get(name) ?? new SshNode(() => this.port(name), this.#keys.private);
    this.#nodes.set(name, known);
    return known;
  }

  async #act(node: string, type: string, status: string): Promise<void> {
    const answer = await this.practice.call('POST', `/v2/droplets/${this.droplet(node)}/actions`, { body: { type } });
    if (answer.status !== 201) throw new Error(`${type} of ${node} answered ${answer.status}: ${answer.text}`);
    await until(
      () => this.practice.call('GET', `/v2/droplets/${this.droplet(node)}`),
      ({ json }) => at(json, 'droplet.status') === status,
    );
  }

  async #create(): Promise<void> {
    const url = (await this.practice.call('GET', '/new?size=5')).text;
    this.discoveryToken = new URL(url).pathname.slice(1);
    const added = await this.practice.call('POST', '/v2/account/keys', {
      body: { name: 'truth', public_key: this.#keys.public },
    });
    const common = { ssh_keys: [at(added.json, 'ssh_key.id')], private_networking: true, size: '2gb' };
    const names = NUMBERS.map((number) => `deis-${number}`);
    const members = await createActive(
      this.practice,
      names.map((name) => this.nameOf(name)),
      { ...common, user_data: memberUserData(url) },
    );
    for (const [index, name] of names.entries()) this.#ids.set(name, members[index] ?? 0);
    const [client = 0] = await createActive(this.practice, ['client'], { ...common, user_data: CLIENT_USER_DATA });
    this.#ids.set('client', client);
    await this.until('deis-1', 'etcdctl cluster-health', /^cluster is healthy$/m);
    await this.until('deis-1', 'fleetctl list-machines --no-legend | wc -l', /^5$/m);
    await this.#meet(names);
  }

  async #meet(names: readonly string[]): Promise<void> {
    const machines: string[] = [];
    const addresses: string[] = [];
    for (const name of names) {
      machines.push((await this.run(name, 'cat /etc/machine-id')).stdout.trim());
      addresses.push(await this.address(name, 'private'));
    }
    const others = { [this.discoveryToken]: '‹token›', [await this.address('client', 'private')]: '‹client›' };
    this.#cluster = { machines, addresses, hosts: names.map((name) => this.nameOf(name)), others };
  }

  async address(node: string, type: 'public' | 'private'): Promise<string> {
    const { json } = await this.practice.call('GET', `/v2/droplets/${this.droplet(node)}`);
    const found = listAt(json, 'droplet.networks.v4').find((one) => at(one, 'type') === type);
    return String(at(found, 'ip_address'));
  }
}
