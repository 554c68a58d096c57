import type { Cancel, HttpHandler } from '../kernel';

type Target = { readonly port: number } | { readonly socketPath: string };

/** What listens on the node's ports and unix sockets. */
export class Listeners {
  readonly #handlers = new Map<string, HttpHandler>();

  get(target: Target): HttpHandler | undefined {
    return this.#handlers.get(keyOf(target));
  }

  add(target: Target, handler: HttpHandler): Cancel {
    const key = keyOf(target);
    this.#handlers.set(key, handler);
    return () => {
      if (this.#handlers.get(key) === handler) {
        this.#handlers.delete(key);
      }
    };
  }

  get ports(): readonly number[] {
    return [...this.#handlers.keys()]
      .filter((key) => key.startsWith('port:'))
      .map((key) => Number(key.slice('port:'.length)))
      .sort((a, b) => a - b);
  }

  clear(): void {
    this.#handlers.clear();
  }
}

/** /var/run is /run. */
const keyOf = (target: Target): string =>
  'port' in target ? `port:${target.port}` : `socket:${target.socketPath.replace(/^\/var\/run\//, '/run/')}`;
