import type { Cancel, HttpHandler, UnitStatus } from '../kernel';
import { deaf } from '../containers/http';
import { dockerApi } from '../docker/api';
import type { HostInside } from './inside';
import { serviceOf } from './systemd/sockets';

/** Somebody else listens there: sshd belongs to the network, fleet's socket to fleetd. */
const SERVED_ELSEWHERE = new Set(['sshd.socket', 'fleet.socket']);

/** While a socket unit is active systemd listens for it: `docker-tcp.socket` opens port 2375 to everybody. */
export class SocketListeners {
  readonly #inside: HostInside;
  readonly #open = new Map<string, readonly Cancel[]>();

  constructor(inside: HostInside) {
    this.#inside = inside;
    inside.manager.onChange((status) => this.#follow(status));
  }

  /** Those that were active when the practice process ended. */
  resume(): void {
    for (const unit of this.#inside.manager.units) {
      this.#follow(unit.status);
    }
  }

  clear(): void {
    this.#open.clear();
  }

  #follow({ name, active }: UnitStatus): void {
    if (!name.endsWith('.socket') || SERVED_ELSEWHERE.has(name)) {
      return;
    }
    const isOpen = this.#open.has(name);
    if (active === 'active' && !isOpen) {
      this.#open.set(name, this.#listen(name));
    } else if (active !== 'active' && isOpen) {
      this.#open.get(name)?.forEach((cancel) => cancel());
      this.#open.delete(name);
    }
  }

  #listen(name: string): Cancel[] {
    const { host, manager } = this.#inside;
    const unit = manager.unit(name);
    const handler: HttpHandler = serviceOf(unit) === 'docker.service' ? dockerApi(this.#inside) : deaf;
    return unit.config.listens.map((address) => {
      const port = /(?:^|:)(\d+)$/.exec(address)?.[1];
      return host.listen(port === undefined ? { socketPath: address } : { port: Number(port) }, handler);
    });
  }
}
