import type { Duplex } from 'node:stream';
import type { DropletRecord, FirewallRules } from '../../../../src/practice/cloud/records';
import { sizes2016 } from '../../../../src/practice/cloud/catalogue/catalogue2016';
import type { Host, HttpHandler } from '../../../../src/practice/kernel';
import { PracticeNetwork } from '../../../../src/practice/network/network';

/** A node that only has power and listeners. */
export class BareNode {
  isUp = true;
  readonly listeningPorts: number[] = [];
  readonly handlers = new Map<string, HttpHandler>();
  readonly publicAddress: string;
  readonly privateAddress: string;
  #power = new AbortController();

  constructor(readonly dropletId: number) {
    this.publicAddress = `203.0.113.${dropletId}`;
    this.privateAddress = `10.128.0.${dropletId}`;
  }

  get power(): AbortSignal {
    return this.#power.signal;
  }

  get host(): Host {
    // The network uses no more of a host than this.
    return this as unknown as Host;
  }

  listener(target: { port: number } | { socketPath: string }): HttpHandler | undefined {
    return this.handlers.get(JSON.stringify(target));
  }

  serve(target: { port: number } | { socketPath: string }, handler: HttpHandler): void {
    this.handlers.set(JSON.stringify(target), handler);
  }

  cutPower(): void {
    this.isUp = false;
    this.#power.abort();
    this.#power = new AbortController();
    this.handlers.clear();
  }
}

/** A network of nodes 1, 2, 3… in one private network; firewalls by droplet. */
export class SmallWorld {
  readonly nodes: BareNode[];
  readonly records: DropletRecord[];
  readonly firewalls = new Map<number, FirewallRules[]>();
  readonly network: PracticeNetwork;
  readonly hung = new Set<number>();
  /** `droplet:port`. */
  readonly closed = new Set<string>();
  groups: readonly (readonly number[])[] = [];

  constructor(count: number) {
    this.nodes = Array.from({ length: count }, (_, index) => new BareNode(index + 1));
    this.records = this.nodes.map((node) => recordOf(node));
    this.network = new PracticeNetwork({
      droplets: () => this.records,
      droplet: (id) => this.records.find((record) => record.id === id),
      host: (id) => this.nodes.find((node) => node.dropletId === id)?.host,
      covering: (droplet) => this.firewalls.get(droplet.id) ?? [],
      isHung: (id) => this.hung.has(id),
      isClosed: (id, port) => this.closed.has(`${id}:${port}`),
      areSplit: (a, b) => this.groups.some((group) => group.includes(a) !== group.includes(b)),
    });
  }

  node(id: number): BareNode {
    const found = this.nodes[id - 1];
    if (found === undefined) throw new Error(`no node ${id}`);
    return found;
  }
}

function recordOf(node: BareNode): DropletRecord {
  const [size] = sizes2016;
  if (size === undefined) throw new Error('no size');
  const image = { id: 1, name: '', slug: null, distribution: 'CoreOS', minDiskGb: 1, sizeGb: 1, createdAt: '' };
  return {
    ...{ id: node.dropletId, account: 'a', name: `deis-${node.dropletId}`, status: 'active', power: 'up' },
    ...{ createdAt: 0, visibleAt: 0, regionSlug: 'nyc3', size, image, keys: [], tags: [`tag-${node.dropletId}`] },
    ...{ userData: '', hasMonitoring: false, vpc: 'v' },
    ...{ publicAddress: node.publicAddress, privateAddress: node.privateAddress },
  };
}

export async function textOf(stream: Duplex): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
