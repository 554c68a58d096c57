import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { GateConnection } from './gateConnection';
import type { WireOptions } from './wire';

/**
 * The public ports that can be tried: those the guide opens, and those of Deis, etcd, Docker and Ceph that must be closed
 * (Deis, docs/managing_deis/security_considerations.rst).
 */
export const PUBLIC_PORTS = [
  22, 80, 443, 2222, 2223, 2375, 2379, 2380, 4001, 5000, 5432, 6789, 7001, 8000, 8088, 8888, 9090,
] as const;

interface Parts {
  probe(dropletId: number, port: number): 'open' | 'mute' | 'refused';
  deliver(dropletId: number, port: number, stream: Duplex): void;
  isStalled(dropletId: number): boolean;
  breaksAfter(dropletId: number, port: number): number | undefined;
  hangsAfter(dropletId: number, port: number): number | undefined;
  /** Nobody listens there on purpose: while the node answers, connections are refused before they are made. */
  isClosed(dropletId: number, port: number): boolean;
  touch(): void;
  readonly settle: WireOptions['settle'];
}

interface DropletGates {
  readonly ports: Map<number, Promise<number>>;
  readonly servers: Map<number, Server>;
  /** Ports that do not listen now. */
  readonly closed: Set<number>;
  readonly connections: Set<GateConnection>;
}

/** Where each droplet's public ports listen on this machine's loopback: each opened when first asked for, kept until it is gone. */
export class Gates {
  readonly #droplets = new Map<number, DropletGates>();

  constructor(private readonly parts: Parts) {}

  /** All of them, or those that are named. */
  async portsOf(
    dropletId: number,
    wanted: readonly number[] = PUBLIC_PORTS,
  ): Promise<Readonly<Record<string, number>>> {
    const gates = this.#gatesOf(dropletId);
    const opened = wanted.map(async (port) => {
      const local = gates.ports.get(port) ?? this.#open(dropletId, port, gates);
      gates.ports.set(port, local);
      this.#closeOrReopen(dropletId, port, gates);
      return [String(port), await local] as const;
    });
    return Object.fromEntries(await Promise.all(opened));
  }

  /** Power, a firewall or a listener changed: whoever waits is looked at again. */
  evaluate(): void {
    for (const [dropletId, gates] of this.#droplets) {
      for (const connection of [...gates.connections]) connection.evaluate();
      for (const port of gates.servers.keys()) this.#closeOrReopen(dropletId, port, gates);
    }
  }

  freeze(dropletId: number): void {
    for (const connection of this.#droplets.get(dropletId)?.connections ?? []) connection.freeze();
  }

  /** The connections to one port end with a reset. */
  reset(dropletId: number, port: number): void {
    for (const connection of [...(this.#droplets.get(dropletId)?.connections ?? [])]) {
      if (connection.port === port) connection.reset();
    }
  }

  close(dropletId: number): void {
    const gates = this.#droplets.get(dropletId);
    this.#droplets.delete(dropletId);
    for (const connection of [...(gates?.connections ?? [])]) connection.destroy();
    for (const server of gates?.servers.values() ?? []) server.close();
  }

  dispose(): void {
    for (const id of [...this.#droplets.keys()]) this.close(id);
  }

  #gatesOf(dropletId: number): DropletGates {
    const known = this.#droplets.get(dropletId);
    if (known !== undefined) return known;
    const made: DropletGates = { ports: new Map(), servers: new Map(), closed: new Set(), connections: new Set() };
    this.#droplets.set(dropletId, made);
    return made;
  }

  #open(dropletId: number, port: number, { servers, connections }: DropletGates): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const connection = new GateConnection(
        socket,
        {
          probe: () => this.parts.probe(dropletId, port),
          deliver: (stream) => this.parts.deliver(dropletId, port, stream),
          isStalled: () => this.parts.isStalled(dropletId),
          breaksAfter: () => this.parts.breaksAfter(dropletId, port),
          hangsAfter: () => this.parts.hangsAfter(dropletId, port),
          port,
          touch: () => this.parts.touch(),
          settle: this.parts.settle,
        },
        (closed) => connections.delete(closed),
      );
      connections.add(connection);
    });
    servers.set(port, server);
    return listen(server, 0);
  }

  /** Again at the port where it was; at another one in case somebody else has taken that meanwhile. */
  #closeOrReopen(dropletId: number, port: number, gates: DropletGates): void {
    const isClosed = this.parts.isClosed(dropletId, port) && this.parts.probe(dropletId, port) === 'refused';
    const [server, before] = [gates.servers.get(port), gates.ports.get(port)];
    if (server === undefined || before === undefined || isClosed === gates.closed.has(port)) return;
    if (isClosed) gates.closed.add(port);
    else gates.closed.delete(port);
    const change = async (local: number): Promise<number> => {
      if (isClosed) server.close();
      else if (this.#droplets.get(dropletId) === gates)
        return await listen(server, local).catch(() => listen(server, 0));
      return local;
    };
    gates.ports.set(port, before.then(change));
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      // Listening on TCP: the address is an AddressInfo.
      resolve((server.address() as AddressInfo).port);
    });
  });
}
