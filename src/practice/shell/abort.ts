import { setMaxListeners } from 'node:events';

/**
 * A signal that follows others until released. `AbortSignal.any` keeps what it made reachable from long-lived signals, and a
 * node's power lives as long as the node.
 */
export function follow(sources: readonly AbortSignal[]): {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
  release(): void;
} {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // Whatever a session runs at one time listens to it.
  const listeners = sources.map((source) => {
    const listener = (): void => controller.abort(source.reason);
    if (source.aborted) {
      listener();
    } else {
      source.addEventListener('abort', listener, { once: true });
    }
    return { source, listener };
  });
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    release: () => listeners.forEach(({ source, listener }) => source.removeEventListener('abort', listener)),
  };
}
