import { PassThrough } from 'node:stream';
import { ClusterError } from '../../../../src/core/errors';
import type {
  EtcdApi,
  FleetApi,
  Log,
  NodeConnection,
  NodeEndpoint,
  NodeGateway,
  Provider,
  SecretStore,
} from '../../../../src/core/ports';
import { FakeClock } from './fakeClock';
import { FakeCloud } from './fakeCloud';
import { FakeCluster } from './fakeCluster';
import type { FakeNode } from './fakeNode';

export class FakeSecrets implements SecretStore {
  readonly values = new Map<string, string>();
  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.values.get(key));
  }
  store(key: string, value: string): Promise<void> {
    this.values.set(key, value);
    return Promise.resolve();
  }
  delete(key: string): Promise<void> {
    this.values.delete(key);
    return Promise.resolve();
  }
}

export class FakeLog implements Log {
  readonly lines: string[] = [];
  debug(message: string): void {
    this.lines.push(message);
  }
  info(message: string): void {
    this.lines.push(message);
  }
  warn(message: string): void {
    this.lines.push(message);
  }
  error(message: string, error?: unknown): void {
    this.lines.push(`${message} ${error instanceof Error ? error.message : ''}`);
  }
}

/** A provider with a cloud, five nodes that behave, and the means to make each of them misbehave. */
export class FakeWorld {
  readonly clock = new FakeClock();
  readonly cloud = new FakeCloud(this.clock);
  readonly cluster = new FakeCluster(this.cloud);
  readonly secrets = new FakeSecrets();
  readonly log = new FakeLog();
  /** Names of nodes that accept a connection and never say a word. */
  readonly mute = new Set<string>();
  discoverySize: number | undefined;
  discoveryFailures = 0;
  leases = 0;
  /** Ports that answer from outside though they should not: `name:port`. */
  readonly exposed = new Set<string>();
  /** Ports that do not answer though they should: `name:port`. */
  readonly silent = new Set<string>();
  /** Until then no rule lets anything in but SSH. */
  rulesCountFrom = 0;
  readonly #discovery = new Map<string, number>();

  #nodeAt(address: string): FakeNode | undefined {
    const droplet = this.cloud.droplets.find(({ publicAddress }) => publicAddress === address);
    return droplet === undefined || !this.cloud.isActive(droplet) ? undefined : this.cluster.node(droplet.id);
  }

  async #connect(endpoint: NodeEndpoint, signal?: AbortSignal): Promise<NodeConnection> {
    signal?.throwIfAborted();
    if (this.mute.has(endpoint.name)) {
      await new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
      });
    }
    const node = this.#nodeAt(endpoint.address);
    if (node === undefined) {
      throw new ClusterError(`${endpoint.name} does not answer.`, { code: 'sshUnreachable' });
    }
    if (!endpoint.trustedHostKeys.includes(node.hostKey)) {
      throw new ClusterError(`${endpoint.name} shows another host key.`, { code: 'hostKeyChanged' });
    }
    this.leases += 1;
    let isHeld = true;
    return {
      endpoint,
      hostKey: node.hostKey,
      isOpen: true,
      exec: async (command, options = {}) => {
        await Promise.resolve();
        options.signal?.throwIfAborted();
        if (this.#nodeAt(endpoint.address) !== node) {
          throw new ClusterError(`The connection to ${endpoint.name} was lost.`, { code: 'sshClosed' });
        }
        return node.exec(command, options);
      },
      request: () => Promise.reject(new Error('not needed')),
      openShell: () => Promise.reject(new Error('not needed')),
      onClose: () => ({ dispose: () => undefined }),
      dispose: () => {
        this.leases -= isHeld ? 1 : 0;
        isHeld = false;
      },
    };
  }

  readonly #nodes: NodeGateway = {
    connect: (endpoint, signal) => this.#connect(endpoint, signal),
    forget: () => undefined,
    dispose: () => undefined,
  };

  #needQuorum(): void {
    if (!this.cluster.hasQuorum() || this.clock.now() < this.cluster.silentUntil) {
      throw new ClusterError('fleet server unable to communicate with etcd', { code: 'fleetUnavailable' });
    }
  }

  readonly #fleet: FleetApi = {
    listMachines: () => this.#ask(() => this.cluster.machines()),
    listUnits: () => this.#ask(() => this.cluster.listUnits()),
    listInstances: () => this.#ask(() => this.cluster.instances()),
    getUnit: (_, name) => this.#ask(() => this.cluster.listUnits().find((unit) => unit.name === name)),
    putUnit: (_, { name, desiredState, options }) =>
      this.#ask(() => {
        const known = this.cluster.units.get(name);
        if (known === undefined && options === undefined) {
          throw new ClusterError('unit does not exist and options field empty', { code: 'unitFailed' });
        }
        this.cluster.units.set(name, { desiredState, options: options ?? known?.options ?? [] });
      }),
    deleteUnit: (_, name) => this.#ask(() => void this.cluster.units.delete(name)),
  };

  async #ask<T>(answer: () => T): Promise<T> {
    await Promise.resolve();
    this.#needQuorum();
    return answer();
  }

  readonly #etcd: EtcdApi = {
    isHealthy: () => Promise.resolve(this.cluster.hasQuorum()),
    listMembers: () =>
      Promise.resolve(
        this.cloud.droplets.slice(0, this.cluster.members).map(({ id }) => {
          const { machineId, droplet } = this.cluster.node(id);
          return {
            id: String(id),
            name: machineId,
            peerUrls: [`http://${droplet.privateAddress}:2380`],
            clientUrls: [],
          };
        }),
      ),
    getSelf: (node) => {
      const own = this.#nodeAt(node.endpoint.address);
      return Promise.resolve({ id: String(own?.droplet.id), name: own?.machineId ?? '', isLeader: false });
    },
    getKey: (_, key) => Promise.resolve(this.cluster.etcdKeys.get(key)),
    setKey: (_, key, value) => Promise.resolve(void this.cluster.etcdKeys.set(key, value)),
  };

  readonly provider: Provider = {
    clock: this.clock,
    cloud: this.cloud.api,
    nodes: this.#nodes,
    fleet: this.#fleet,
    etcd: this.#etcd,
    dialer: {
      connect: (address, port) => {
        const node = this.#nodeAt(address);
        const name = node?.droplet.name ?? '';
        const isOpen = this.cloud.firewalls.some(({ inbound }) =>
          inbound.some((rule) => rule.ports === String(port) && rule.addresses !== undefined),
        );
        if (this.silent.has(`${name}:${port}`) || (port !== 22 && this.clock.now() < this.rulesCountFrom)) {
          return Promise.reject(new ClusterError('No answer.', { code: 'sshUnreachable' }));
        }
        return isOpen || this.exposed.has(`${name}:${port}`)
          ? Promise.resolve(new PassThrough()) // Echoes: an answer.
          : Promise.reject(new ClusterError('No answer.', { code: 'sshUnreachable' }));
      },
    },
    discovery: {
      create: (size) => {
        if (this.discoveryFailures > 0) {
          this.discoveryFailures -= 1;
          return Promise.reject(
            new ClusterError('The discovery service does not answer.', { code: 'discoveryFailed' }),
          );
        }
        const url = `https://discovery.example/${String(this.#discovery.size).padStart(32, '0')}`;
        this.#discovery.set(url, this.discoverySize ?? size);
        return Promise.resolve(url);
      },
      readSize: (url) => Promise.resolve(this.#discovery.get(url) ?? 0),
      listMembers: () => Promise.resolve(this.cluster.running().map(({ machineId }) => machineId)),
    },
  };
}
