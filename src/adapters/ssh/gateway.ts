import type { Clock, Dialer, NodeConnection, NodeEndpoint, NodeGateway } from '../../core/ports';
import { unlessAborted } from '../net/abort';
import { Connection } from './connection';
import { openTransport } from './transport';

const SSH_PORT = 22;
/** Real milliseconds that an unused connection is kept: when everybody gave it back, and when somebody still holds it. */
const IDLE_MS = 60_000;
const IDLE_HELD_MS = 10 * 60_000;

interface Deps {
  readonly dialer: Dialer;
  readonly clock: Clock;
  /** Real milliseconds between two questions whether a node is alive; three unanswered ones end its connection. */
  readonly keepaliveMs: () => number;
  /** Default: `core`, as on every image that has fleet. */
  readonly user?: string;
}

/** One connection a node, made when first asked for and made again when it was lost. */
interface Kept {
  readonly endpoint: NodeEndpoint;
  readonly opening: Promise<Connection>;
  /** Ends the attempt to connect. */
  readonly stop: AbortController;
  connection?: Connection;
  /** How many wait for it or hold it. */
  users: number;
  idleCheck?: NodeJS.Timeout;
}

export function createNodeGateway(deps: Deps): NodeGateway {
  return new Gateway(deps);
}

class Gateway implements NodeGateway {
  readonly #deps: Deps;
  readonly #kept = new Map<string, Kept>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async connect(endpoint: NodeEndpoint, signal?: AbortSignal): Promise<NodeConnection> {
    signal?.throwIfAborted();
    const kept = this.#keep(endpoint);
    kept.users += 1;
    try {
      const connection = await unlessAborted(kept.opening, signal);
      return lease(connection, () => this.#release(kept));
    } catch (error) {
      this.#release(kept);
      throw error;
    }
  }

  forget(clusterId: string, nodeName: string): void {
    const kept = this.#kept.get(keyOf({ clusterId, name: nodeName }));
    if (kept !== undefined) {
      this.#drop(kept);
    }
  }

  dispose(): void {
    for (const kept of [...this.#kept.values()]) {
      this.#drop(kept);
    }
  }

  #keep(endpoint: NodeEndpoint): Kept {
    const known = this.#kept.get(keyOf(endpoint));
    if (known !== undefined && fits(known, endpoint)) {
      return known;
    }
    if (known !== undefined) {
      this.#drop(known);
    }
    const stop = new AbortController();
    const kept: Kept = { endpoint, stop, users: 0, opening: this.#open(endpoint, stop.signal) };
    this.#kept.set(keyOf(endpoint), kept);
    kept.opening.then(
      (connection) => {
        kept.connection = connection;
        connection.onClose(() => this.#drop(kept));
        kept.idleCheck = setInterval(() => this.#closeWhenIdle(kept, connection), IDLE_MS);
        kept.idleCheck.unref();
        if (stop.signal.aborted) {
          this.#drop(kept); // It arrived after it was given up.
        }
      },
      () => this.#drop(kept),
    );
    return kept;
  }

  /** A dial to a mute address need not go on when nobody waits for it; an open connection is kept for a while. */
  #release(kept: Kept): void {
    kept.users -= 1;
    if (kept.users === 0 && kept.connection === undefined) {
      this.#drop(kept);
    }
  }

  #closeWhenIdle(kept: Kept, connection: Connection): void {
    if (connection.idleMs >= (kept.users === 0 ? IDLE_MS : IDLE_HELD_MS)) {
      this.#drop(kept);
    }
  }

  #drop(kept: Kept): void {
    if (this.#kept.get(keyOf(kept.endpoint)) === kept) {
      this.#kept.delete(keyOf(kept.endpoint));
    }
    clearInterval(kept.idleCheck);
    kept.stop.abort();
    kept.connection?.close();
  }

  async #open(endpoint: NodeEndpoint, signal: AbortSignal): Promise<Connection> {
    const { dialer, clock } = this.#deps;
    const socket = await dialer.connect(endpoint.address, SSH_PORT, signal);
    const { keepaliveMs, user = 'core' } = this.#deps;
    const options = { endpoint, user, socket, clock, keepaliveMs: keepaliveMs(), signal };
    return new Connection(await openTransport(options), endpoint, clock);
  }
}

/** What one caller holds. Giving it back leaves the connection to the others and, for a while, to the next one. */
function lease(connection: Connection, release: () => void): NodeConnection {
  let isHeld = true;
  return {
    endpoint: connection.endpoint,
    hostKey: connection.hostKey,
    get isOpen() {
      return connection.isOpen;
    },
    exec: async (command, options) => await connection.exec(command, options),
    request: async (request) => await connection.request(request),
    openShell: async (size) => await connection.openShell(size),
    onClose: (listener) => connection.onClose(listener),
    dispose() {
      if (isHeld) {
        isHeld = false;
        release();
      }
    },
  };
}

const keyOf = ({ clusterId, name }: Pick<NodeEndpoint, 'clusterId' | 'name'>): string => `${clusterId}/${name}`;

/** A kept connection serves an endpoint only if that would be trusted, and would let us in, today. */
function fits({ endpoint, connection, stop }: Kept, asked: NodeEndpoint): boolean {
  if (stop.signal.aborted || endpoint.address !== asked.address || endpoint.privateKey !== asked.privateKey) {
    return false;
  }
  return connection === undefined
    ? endpoint.trustedHostKeys.join('\n') === asked.trustedHostKeys.join('\n')
    : connection.isOpen && asked.trustedHostKeys.some((line) => withoutComment(line) === connection.hostKey);
}

const withoutComment = (line: string): string => line.trim().split(/\s+/, 2).join(' ');
