import { ClusterError, type ErrorCode } from '../../../../src/core/errors';
import type { CloudApi } from '../../../../src/core/ports';
import type { Droplet, DropletAction, Firewall, SshKey } from '../../../../src/core/model/cloud';
import { fingerprintOf } from '../../../../src/core/guide/sshFormat';
import type { FakeClock } from './fakeClock';

export interface FakeDroplet {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
  readonly userData: string;
  readonly createdAt: number;
  readonly publicAddress: string;
  readonly privateAddress: string;
  isOn: boolean;
  bootedAt: number;
}

type Method = keyof CloudApi;

interface Fault {
  readonly method: Method;
  readonly code: ErrorCode;
  /** The effect happens, and only the reply is lost. */
  readonly isAfterEffect: boolean;
  left: number;
}

const BOOT_MS = 20_000;

/** One account, as strict as DigitalOcean where our code relies on it. Every call is counted, and can be made to fail. */
export class FakeCloud {
  accountUuid = 'account-1';
  readonly keys: SshKey[] = [];
  readonly tags = new Set<string>();
  firewalls: Firewall[] = [];
  droplets: FakeDroplet[] = [];
  readonly actions = new Map<number, DropletAction>();
  readonly calls: Method[] = [];
  /** Droplets whose deletion the API refuses. */
  readonly undeletable = new Set<string>();
  /** Called before each call; may change the world, or throw. */
  onCall: (method: Method) => void = () => undefined;
  readonly #faults: Fault[] = [];
  #nextId = 100;

  constructor(readonly clock: FakeClock) {}

  fail(method: Method, code: ErrorCode, options: { isAfterEffect?: boolean; times?: number } = {}): void {
    this.#faults.push({ method, code, isAfterEffect: options.isAfterEffect ?? false, left: options.times ?? 1 });
  }

  count(method: Method): number {
    return this.calls.filter((call) => call === method).length;
  }

  async #call<T>(method: Method, effect: () => T): Promise<T> {
    this.calls.push(method);
    this.onCall(method);
    await Promise.resolve();
    const fault = this.#faults.find((candidate) => candidate.method === method && candidate.left > 0);
    if (fault === undefined) {
      return effect();
    }
    fault.left -= 1;
    if (fault.isAfterEffect) {
      effect();
    }
    throw new ClusterError(`The fake cloud failed at ${method}.`, { code: fault.code });
  }

  isActive(droplet: FakeDroplet): boolean {
    return droplet.isOn && this.clock.now() >= droplet.bootedAt + BOOT_MS;
  }

  #show(droplet: FakeDroplet): Droplet {
    const isUp = this.clock.now() >= droplet.createdAt + BOOT_MS;
    return {
      id: droplet.id,
      name: droplet.name,
      status: !isUp ? 'new' : droplet.isOn ? 'active' : 'off',
      isLocked: false,
      createdAt: new Date(droplet.createdAt).toISOString(),
      regionSlug: 'nyc3',
      sizeSlug: '512mb',
      priceHourly: 0.00744,
      priceMonthly: 5,
      tags: droplet.tags,
      ...(isUp ? { publicAddress: droplet.publicAddress, privateAddress: droplet.privateAddress } : {}),
    };
  }

  readonly api: CloudApi = {
    getAccount: () =>
      this.#call('getAccount', () => ({
        uuid: this.accountUuid,
        email: 'someone@example.com',
        status: 'active' as const,
        statusMessage: '',
        isEmailVerified: true,
        dropletLimit: 25,
      })),
    countDroplets: () => this.#call('countDroplets', () => this.droplets.length),
    listRegions: () =>
      this.#call('listRegions', () => [
        {
          slug: 'nyc3',
          name: 'New York 3',
          isAvailable: true,
          features: ['private_networking', 'metadata'],
          sizeSlugs: ['512mb'],
        },
      ]),
    listSizes: () =>
      this.#call('listSizes', () => [
        {
          slug: '512mb',
          memoryMb: 512,
          vcpus: 1,
          diskGb: 20,
          priceMonthly: 5,
          priceHourly: 0.00744,
          isAvailable: true,
          regionSlugs: ['nyc3'],
        },
      ]),
    getImage: () =>
      this.#call('getImage', () => ({
        id: 1,
        slug: 'coreos-stable',
        name: '1068.8.0 (stable)',
        distribution: 'CoreOS',
        status: 'available',
        regionSlugs: ['nyc3'],
        minDiskGb: 20,
      })),
    listSshKeys: () => this.#call('listSshKeys', () => [...this.keys]),
    getSshKey: (fingerprint) => this.#call('getSshKey', () => this.keys.find((key) => key.fingerprint === fingerprint)),
    createSshKey: (name, publicKey) =>
      this.#call('createSshKey', () => {
        const key = { id: this.#nextId++, name, publicKey, fingerprint: fingerprintOf(publicKey) };
        if (this.keys.some(({ fingerprint }) => fingerprint === key.fingerprint)) {
          throw new ClusterError('SSH Key is already in use on your account', { code: 'cloudRefused' });
        }
        this.keys.push(key);
        return key;
      }),
    deleteSshKey: (id) =>
      this.#call('deleteSshKey', () => {
        this.keys.splice(0, this.keys.length, ...this.keys.filter((key) => key.id !== id));
      }),
    listTags: () => this.#call('listTags', () => [...this.tags]),
    hasTag: (name) => this.#call('hasTag', () => this.tags.has(name)),
    createTag: (name) => this.#call('createTag', () => void this.tags.add(name)),
    deleteTag: (name) => this.#call('deleteTag', () => void this.tags.delete(name)),
    listFirewalls: () => this.#call('listFirewalls', () => [...this.firewalls]),
    getFirewall: (id) => this.#call('getFirewall', () => this.firewalls.find((firewall) => firewall.id === id)),
    createFirewall: (spec) =>
      this.#call('createFirewall', () => {
        if (!spec.tags.every((tag) => this.tags.has(tag))) {
          throw new ClusterError('The tag does not exist', { code: 'cloudRefused' });
        }
        const firewall = { ...spec, id: `firewall-${this.#nextId++}`, status: 'succeeded' as const };
        this.firewalls.push(firewall);
        return firewall;
      }),
    updateFirewall: (id, spec) =>
      this.#call('updateFirewall', () => {
        const firewall = { ...spec, id, status: 'succeeded' as const };
        this.firewalls = this.firewalls.map((other) => (other.id === id ? firewall : other));
        return firewall;
      }),
    deleteFirewall: (id) =>
      this.#call('deleteFirewall', () => {
        this.firewalls = this.firewalls.filter((firewall) => firewall.id !== id);
      }),
    listDropletsByTag: (tag) =>
      this.#call('listDropletsByTag', () =>
        this.droplets.filter(({ tags }) => tags.includes(tag)).map((droplet) => this.#show(droplet)),
      ),
    listDropletsByName: (name) =>
      this.#call('listDropletsByName', () =>
        this.droplets.filter((droplet) => droplet.name === name).map((droplet) => this.#show(droplet)),
      ),
    getDroplet: (id) =>
      this.#call('getDroplet', () => {
        const droplet = this.droplets.find((candidate) => candidate.id === id);
        return droplet === undefined ? undefined : this.#show(droplet);
      }),
    createDroplets: (request) =>
      this.#call('createDroplets', () => {
        // Backwards: the order of the reply is not that of the request.
        const made = [...request.names].reverse().map((name): FakeDroplet => {
          const id = this.#nextId++;
          const now = this.clock.now();
          const last = (id % 200) + 10;
          return {
            ...{ id, name, tags: request.tags, userData: request.userData, createdAt: now, bootedAt: now, isOn: true },
            publicAddress: `198.51.100.${last}`,
            privateAddress: `10.132.0.${last}`,
          };
        });
        this.droplets.push(...made);
        return made.map((droplet) => this.#show(droplet));
      }),
    deleteDroplet: (id) =>
      this.#call('deleteDroplet', () => {
        const droplet = this.droplets.find((candidate) => candidate.id === id);
        if (droplet !== undefined && this.undeletable.has(droplet.name)) {
          throw new ClusterError('The droplet is locked', { code: 'cloudRefused' });
        }
        this.droplets = this.droplets.filter((other) => other.id !== id);
      }),
    actOnDroplet: (id, type) =>
      this.#call('actOnDroplet', () => {
        const droplet = this.droplets.find((candidate) => candidate.id === id);
        if (droplet === undefined) {
          throw new ClusterError('No such droplet', { code: 'notFound' });
        }
        droplet.isOn = type !== 'power_off' && type !== 'shutdown';
        droplet.bootedAt = droplet.isOn ? this.clock.now() : droplet.bootedAt;
        const action: DropletAction = { id: this.#nextId++, type, status: 'completed' };
        this.actions.set(action.id, action);
        return { ...action, status: 'in-progress' as const };
      }),
    getAction: (id) => this.#call('getAction', () => this.actions.get(id)),
  };
}
