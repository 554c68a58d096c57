import type { DaemonFactory, Kernel } from '../kernel';
import { EtcdServer } from './server';
import { EtcdWorld, joinWorld } from './world';

/** `/usr/bin/etcd2`: everything it does follows from its environment, its data directory and whom it reaches. */
export function createEtcdDaemon(kernel: Kernel): DaemonFactory {
  const world = new EtcdWorld(kernel);
  return (host, environment) => {
    joinWorld(host, world);
    const server = new EtcdServer(world, host, environment);
    return {
      exited: server.exited,
      ready: server.ready,
      stop: () => server.stop(),
      get apis() {
        return server.api === undefined ? {} : { etcd: server.api };
      },
    };
  };
}
