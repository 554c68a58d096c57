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
  touch(): void;
  readonly settle: WireOptions['settle'];
}

interface DropletGates {
  readonly ports: Promise<Readonly<Record<string, number>>>;
  readonly servers: Server[];
  readonly connections: Set<GateConnection>;
}

/** Where each droplet's public ports listen on this machine's loopback: made when somebody asks for them, kept until it is gone. */
export class Gates {
  readonly #droplets = new Map<number, DropletGates>();

  constructor(private readonly parts: Parts) {}

  portsOf(dropletId: number): Promise<Readonly<Record<string, number>>> {
    const known = this.#droplets.get(dropletId);
    if (known !== undefined) return known.ports;
    const servers: Server[] = [];
    const connections = new Set<GateConnection>();
    const opened = PUBLIC_PORTS.map((port) => this.#open({ dropletId, port, servers, connections }));
    const ports = Promise.all(opened).then((entries) => Object.fromEntries(entries));
    this.#droplets.set(dropletId, { ports, servers, connections });
    return ports;
  }

  /** Power, a firewall or a listener changed: whoever waits is looked at again. */
  evaluate(): void {
    for (const { connections } of this.#droplets.values()) {
      for (const connection of [...connections]) connection.evaluate();
    }
  }

  freeze(dropletId: number): void {
    for (const connection of this.#droplets.get(dropletId)?.connections ?? []) connection.freeze();
  }

  close(dropletId: number): void {
    const gates = this.#droplets.get(dropletId);
    this.#droplets.delete(dropletId);
    for (const connection of [...(gates?.connections ?? [])]) connection.destroy();
    for (const server of gates?.servers ?? []) server.close();
  }

  dispose(): void {
    for (const id of [...this.#droplets.keys()]) this.close(id);
  }

  #open(gate: {
    dropletId: number;
    port: number;
    servers: Server[];
    connections: Set<GateConnection>;
  }): Promise<[string, number]> {
    const { dropletId, port, connections } = gate;
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      const connection = new GateConnection(
        socket,
        {
          probe: () => this.parts.probe(dropletId, port),
          deliver: (stream) => this.parts.deliver(dropletId, port, stream),
          isStalled: () => this.parts.isStalled(dropletId),
          breaksAfter: () => this.parts.breaksAfter(dropletId, port),
          touch: () => this.parts.touch(),
          settle: this.parts.settle,
        },
        (closed) => connections.delete(closed),
      );
      connections.add(connection);
    });
    gate.servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        // Listening on TCP: the address is an AddressInfo.
        resolve([String(port), (server.address() as AddressInfo).port]);
      });
    });
  }
}
