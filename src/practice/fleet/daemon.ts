import type { DaemonFactory, Kernel } from '../kernel';
import { FleetServer } from './server';

/** `/usr/bin/fleetd`: agent, engine and API of one node. */
export function createFleetDaemon(kernel: Kernel): DaemonFactory {
  return (host, environment) => {
    const server = new FleetServer(kernel, host, environment);
    return { exited: server.exited, ready: Promise.resolve(), stop: () => server.stop(), apis: { fleet: server } };
  };
}
