import type { ServerResponse } from 'node:http';
import type { Host } from '../kernel';

const held = new WeakMap<Host, Set<ServerResponse>>();

/**
 * fleetd is gone and its unit will start it again: meanwhile systemd holds the socket. Who connects waits, and is cut off when the
 * new fleetd takes the socket over (the recorded traces, power-off/timeline-kill-3).
 */
export function holdSocket(host: Host, paths: readonly string[]): void {
  const waiting = new Set<ServerResponse>();
  held.set(host, waiting);
  for (const socketPath of paths) {
    host.listen({ socketPath }, (_request, response) => {
      waiting.add(response);
      response.on('close', () => waiting.delete(response));
    });
  }
}

export function cutOffHeld(host: Host): void {
  for (const response of held.get(host) ?? []) {
    response.destroy();
  }
  held.delete(host);
}
