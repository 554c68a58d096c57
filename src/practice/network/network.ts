import { isLetIn, isLetOut, type Peer } from '../cloud/firewallRules';
import type { DropletRecord, FirewallRules } from '../cloud/records';
import type { Cancel, Host, Network, Origin, PacketFilter } from '../kernel';

/** What the network asks of the rest of the cloud. */
export interface World {
  droplets(): readonly DropletRecord[];
  droplet(id: number): DropletRecord | undefined;
  host(id: number): Host | undefined;
  covering(droplet: DropletRecord): readonly FirewallRules[];
  /** Broken on purpose: a node that has power but answers nothing, two nodes that do not reach each other. */
  isHung(dropletId: number): boolean;
  areSplit(a: number, b: number): boolean;
  /** Nobody listens on a port that has a listener else. */
  isClosed(dropletId: number, port: number): boolean;
}

type Passage = 'pass' | 'drop' | 'reject';

/** The address from which the user's own machine seems to come; no droplet ever has it. */
const USER_ADDRESS = '192.0.2.1';
const INTERNET: Peer = { addresses: [USER_ADDRESS], tags: [] };
const SSH_PORT = 22;
/** etcd's peer port stands for all traffic between members. */
const PEER_PORT = 2380;

export class PracticeNetwork implements Network {
  readonly #listeners = new Set<() => void>();
  readonly #filters = new Map<number, PacketFilter>();
  #addresses: Map<string, number> | undefined;
  readonly #passages = new Map<string, boolean>();

  constructor(private readonly world: World) {}

  /** Something changed who reaches whom: power, a firewall, a filter, a fault. */
  changed(): void {
    this.#addresses = undefined;
    this.#passages.clear();
    for (const listener of [...this.#listeners]) listener();
  }

  forget(dropletId: number): void {
    this.#filters.delete(dropletId);
    this.changed();
  }

  onChange(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setPacketFilter(dropletId: number, filter: PacketFilter | undefined): void {
    if (filter === undefined) this.#filters.delete(dropletId);
    else this.#filters.set(dropletId, filter);
    this.changed();
  }

  dropletAt(address: string): number | undefined {
    if (this.#addresses === undefined) {
      this.#addresses = new Map();
      for (const { id, publicAddress, privateAddress, goneAt } of this.world.droplets()) {
        if (goneAt !== undefined) continue;
        if (publicAddress !== undefined) this.#addresses.set(publicAddress, id);
        if (privateAddress !== undefined) this.#addresses.set(privateAddress, id);
      }
    }
    return this.#addresses.get(address);
  }

  probe(from: Origin, toDropletId: number, port: number): 'open' | 'mute' | 'refused' {
    const host = this.world.host(toDropletId);
    if (host === undefined || !this.#answers(toDropletId)) return 'mute';
    const passage = this.#passage(from, toDropletId, port);
    if (passage === 'drop') return 'mute';
    return passage === 'pass' && isListening(host, port) && !this.world.isClosed(toDropletId, port)
      ? 'open'
      : 'refused';
  }

  areConnected(a: number, b: number): boolean {
    if (!this.#answers(a) || !this.#answers(b)) return false;
    const key = a < b ? `${a}-${b}` : `${b}-${a}`;
    const known = this.#passages.get(key);
    if (known !== undefined) return known;
    const isOpen =
      this.world.droplet(a)?.vpc === this.world.droplet(b)?.vpc &&
      this.#passage({ dropletId: a }, b, PEER_PORT) === 'pass' &&
      this.#passage({ dropletId: b }, a, PEER_PORT) === 'pass';
    this.#passages.set(key, isOpen);
    return isOpen;
  }

  /** Whether a node's packets may leave for somewhere outside the model's droplets. */
  mayLeave(dropletId: number, port: number): boolean {
    const droplet = this.world.droplet(dropletId);
    return droplet !== undefined && isLetOut(this.world.covering(droplet), port, INTERNET);
  }

  #answers(dropletId: number): boolean {
    return this.world.host(dropletId)?.isUp === true && !this.world.isHung(dropletId);
  }

  /** What becomes of a new connection's first packet on its way: partitions, both cloud firewalls, then the node's own rules. */
  #passage(from: Origin, toId: number, port: number): Passage {
    const to = this.world.droplet(toId);
    if (to === undefined) return 'drop';
    const source = from === 'internet' ? undefined : this.world.droplet(from.dropletId);
    if (from !== 'internet') {
      if (source === undefined || !this.#answers(source.id) || this.world.areSplit(source.id, toId)) return 'drop';
      if (source.id !== toId && !isLetOut(this.world.covering(source), port, peerOf(to))) return 'drop';
    }
    if (source?.id === toId) return 'pass';
    if (!isLetIn(this.world.covering(to), port, source === undefined ? INTERNET : peerOf(source))) return 'drop';
    const verdict = this.#filters.get(toId)?.({ from: seenAddress(source, to), port }) ?? 'accept';
    return verdict === 'accept' ? 'pass' : verdict;
  }
}

function peerOf(droplet: DropletRecord): Peer {
  const addresses = [droplet.privateAddress, droplet.publicAddress].filter((address) => address !== undefined);
  return { dropletId: droplet.id, addresses, tags: droplet.tags };
}

function seenAddress(source: DropletRecord | undefined, to: DropletRecord): string {
  if (source === undefined) return USER_ADDRESS;
  return (source.vpc === to.vpc ? source.privateAddress : source.publicAddress) ?? USER_ADDRESS;
}

function isListening(host: Host, port: number): boolean {
  const listener = host.listener({ port });
  if (listener?.isLocal === true) return false;
  return port === SSH_PORT || listener !== undefined || host.listeningPorts.includes(port);
}
