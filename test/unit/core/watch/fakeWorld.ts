import { ClusterError } from '../../../../src/core/errors';
import type { Account, Droplet } from '../../../../src/core/model/cloud';
import type { FleetMachine, Unit, UnitInstance } from '../../../../src/core/model/units';
import type { EtcdMember, ExecResult, Log, NodeConnection, Provider } from '../../../../src/core/ports';
import type { TrackedCluster } from '../../../../src/core/watch/tracked';
import { FakeTime } from './fakeTime';
import { PRACTICE_SPEC } from '../../../samples';

export const machineId = (i: number): string => String(i).repeat(32);
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

interface FakeNode {
  /** `mute`: accepts and says nothing, as a machine without power does. */
  ssh: 'open' | 'mute' | 'refused';
  etcd: 'healthy' | 'noQuorum' | 'down';
  fleet: 'well' | 'broken' | 'mute';
  availableMb: number;
  /** The kept connection turns out to be dead, once. */
  isCut?: boolean;
}

/** Five nodes as plain values that a test changes; the ports read them. */
export class FakeWorld {
  readonly time = new FakeTime();
  readonly calls: string[] = [];
  /** Connections that were not given back. */
  leases = 0;
  droplets: Droplet[];
  /** Droplets that exist without the tag. */
  untagged: Droplet[] = [];
  account: Account = { uuid: 'a', email: 'me@example.com', status: 'active', statusMessage: '', isEmailVerified: true };
  cloudFailure: ClusterError | undefined;
  isCloudMute = false;
  /** How long a node takes for each answer. */
  latencyMs = 0;
  readonly nodes = new Map<string, FakeNode>();
  leader = 'deis-1';
  members: EtcdMember[];
  machines: FleetMachine[];
  units: Unit[];
  instances: UnitInstance[];

  constructor(size = 5) {
    const numbers = Array.from({ length: size }, (_, i) => i + 1);
    this.droplets = numbers.map((i) => this.#droplet(i));
    numbers.forEach((i) =>
      this.nodes.set(`deis-${i}`, { ssh: 'open', etcd: 'healthy', fleet: 'well', availableMb: 300 }),
    );
    this.members = numbers.map((i) => ({
      id: String(i).repeat(16),
      name: machineId(i),
      peerUrls: [`http://10.0.0.${i}:2380`],
      clientUrls: [`http://10.0.0.${i}:2379`],
    }));
    this.machines = numbers.map((i) => ({ id: machineId(i), primaryIp: `10.0.0.${i}`, metadata: { disk: 'ssd' } }));
    this.units = [this.unit('swapon.service', { Global: 'true' }), this.unit('deis-builder.service')];
    this.instances = [
      ...numbers.map((i) => this.row('swapon.service', i, 'exited')),
      this.row('deis-builder.service', Math.min(3, size)),
    ];
  }

  unit(name: string, fleetOptions: Record<string, string> = {}): Unit {
    const options = Object.entries(fleetOptions).map(([key, value]) => ({ section: 'X-Fleet', name: key, value }));
    return { name, desiredState: 'launched', currentState: 'launched', options };
  }

  row(name: string, on: number, sub = 'running', active = 'active'): UnitInstance {
    return { name, machineId: machineId(on), load: 'loaded', active, sub, hash: 'f' };
  }

  node(name: string): FakeNode {
    const node = this.nodes.get(name);
    if (node === undefined) {
      throw new Error(`no node ${name}`);
    }
    return node;
  }

  setStatus(name: string, status: Droplet['status']): void {
    this.droplets = this.droplets.map((droplet) => (droplet.name === name ? { ...droplet, status } : droplet));
  }

  powerOff(name: string): void {
    this.setStatus(name, 'off');
    this.node(name).ssh = 'mute';
  }

  count(call: string): number {
    return this.calls.filter((entry) => entry.startsWith(call)).length;
  }

  cluster(change: Partial<TrackedCluster> = {}): TrackedCluster {
    return {
      id: 'deis-ab12c',
      name: 'deis-ab12c',
      spec: PRACTICE_SPEC,
      nodes: this.droplets.map((droplet) => ({
        name: droplet.name,
        dropletId: droplet.id,
        publicAddress: `203.0.113.${droplet.id}`,
        privateAddress: `10.0.0.${droplet.id}`,
      })),
      steps: [],
      createdAt: this.time.now(),
      connect: (name, signal) => this.#connect(name, signal),
      ...change,
    };
  }

  provider(): Provider {
    const missing = (): never => {
      throw new Error('not part of this test');
    };
    const asked = <T>(call: string, answer: () => T): Promise<T> => {
      this.calls.push(call);
      if (this.isCloudMute) {
        return new Promise(() => undefined);
      }
      return this.cloudFailure === undefined ? Promise.resolve().then(answer) : Promise.reject(this.cloudFailure);
    };
    const cloud: Partial<Provider['cloud']> = {
      getAccount: () => asked('getAccount', () => this.account),
      listDropletsByTag: (tag) => asked(`listDropletsByTag ${tag}`, () => this.droplets),
      getDroplet: (id) =>
        asked(`getDroplet ${id}`, () => [...this.droplets, ...this.untagged].find((droplet) => droplet.id === id)),
    };
    return {
      clock: this.time,
      dialer: { connect: missing },
      // The observer reads only these; any other call fails the test by its absence.
      cloud: cloud as Provider['cloud'],
      discovery: { create: missing, readSize: missing, listMembers: missing },
      nodes: { connect: missing, forget: missing, dispose: () => undefined },
      fleet: {
        listMachines: (node, signal) => this.#askFleet(node, signal, () => this.machines),
        listUnits: (node, signal) => this.#askFleet(node, signal, () => this.units),
        listInstances: (node, signal) => this.#askFleet(node, signal, () => this.instances),
        getUnit: missing,
        putUnit: missing,
        deleteUnit: missing,
      },
      etcd: {
        isHealthy: (node, signal) => this.#askEtcd(node, signal, ({ etcd }) => etcd === 'healthy'),
        listMembers: (node, signal) => this.#askEtcd(node, signal, () => this.members),
        getSelf: (node, signal) =>
          this.#askEtcd(node, signal, () => ({ id: '1', name: 'x', isLeader: node.endpoint.name === this.leader })),
        getKey: missing,
        setKey: missing,
      },
    };
  }

  #droplet(i: number): Droplet {
    return {
      id: i,
      name: `deis-${i}`,
      status: 'active',
      isLocked: false,
      createdAt: new Date(this.time.now()).toISOString(),
      regionSlug: 'nyc3',
      sizeSlug: '512mb',
      priceHourly: 0.00744,
      priceMonthly: 5,
      publicAddress: `203.0.113.${i}`,
      privateAddress: `10.0.0.${i}`,
      tags: [],
    };
  }

  async #connect(name: string, signal: AbortSignal | undefined): Promise<NodeConnection> {
    this.calls.push(`connect ${name}`);
    const { ssh } = this.node(name);
    if (ssh === 'mute') {
      await silence(signal);
    }
    if (ssh === 'refused') {
      await this.#reach(name, signal);
    }
    this.leases += 1;
    const missing = (): never => {
      throw new Error('not part of this test');
    };
    return {
      endpoint: { clusterId: 'c', name, address: '203.0.113.1', trustedHostKeys: ['k'], privateKey: '' },
      hostKey: 'k',
      isOpen: true,
      exec: (command, options) => this.#exec(name, command, options?.signal),
      request: missing,
      openShell: missing,
      onClose: () => ({ dispose: () => undefined }),
      dispose: () => (this.leases -= 1),
    };
  }

  async #exec(name: string, command: readonly string[], signal: AbortSignal | undefined): Promise<ExecResult> {
    this.calls.push(`exec ${name} ${command.join(' ')}`);
    await this.#reach(name, signal);
    const kb = this.node(name).availableMb * 1024;
    const stdout =
      command[0] === 'df'
        ? 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda9 17436224 5242880 11291648 32% /\n'
        : `MemTotal: 508000 kB\nMemAvailable: ${kb} kB\nSwapTotal: 4194300 kB\nSwapFree: 4000000 kB\n`;
    return { exitCode: 0, signal: null, stdout, stderr: '' };
  }

  async #reach(name: string, signal: AbortSignal | undefined): Promise<void> {
    const { ssh } = this.node(name);
    if (this.latencyMs > 0) {
      await this.time.sleep(this.latencyMs);
    }
    if (this.node(name).isCut === true) {
      this.node(name).isCut = false;
      throw new ClusterError('cut', { code: 'sshClosed' });
    }
    if (ssh === 'refused') {
      throw new ClusterError(`${name} refuses the connection.`, { code: 'sshUnreachable' });
    }
    if (ssh === 'mute') {
      // As the adapter does it: its own deadline, and then the connection is given up.
      const deadline = this.time.deadline(10_000, signal);
      await silence(deadline.signal).catch(() => signal?.throwIfAborted());
      throw new ClusterError(`${name} does not answer.`, { code: 'sshClosed' });
    }
  }

  async #askEtcd<T>(
    connection: NodeConnection,
    signal: AbortSignal | undefined,
    answer: (node: FakeNode) => T,
  ): Promise<T> {
    const { name } = connection.endpoint;
    await this.#reach(name, signal);
    if (this.node(name).etcd === 'down') {
      throw new ClusterError('refused', { code: 'etcdUnavailable' });
    }
    return answer(this.node(name));
  }

  async #askFleet<T>(connection: NodeConnection, signal: AbortSignal | undefined, answer: () => T): Promise<T> {
    const { name } = connection.endpoint;
    this.calls.push(`fleet ${name}`);
    await this.#reach(name, signal);
    const { fleet } = this.node(name);
    if (fleet === 'broken') {
      throw new ClusterError('503', { code: 'fleetUnavailable' });
    }
    if (fleet === 'mute') {
      await silence(signal);
    }
    return answer();
  }
}

/** Never answers; ends with the caller's patience. */
const silence = (signal: AbortSignal | undefined): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void => reject(new DOMException('Aborted', 'AbortError'));
    signal?.addEventListener('abort', fail, { once: true });
    if (signal?.aborted === true) {
      fail();
    }
  });
