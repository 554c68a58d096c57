import type { Daemon, DaemonFactory, Host, Kernel } from '../kernel';
import { readFlags, USAGE, type Flags } from './commandFlags';
import { EtcdServer } from './server';
import { readSettings } from './settings';
import { EtcdWorld, joinWorld } from './world';

const UNIT = 'etcd2.service';

/** `/usr/bin/etcd2`: everything it does follows from its flags and environment, its data directory and whom it reaches. */
export function createEtcdDaemon(kernel: Kernel, world = new EtcdWorld(kernel)): DaemonFactory {
  return (host, environment, args = []) => {
    joinWorld(host, world);
    const log = (text: string): void => host.journal.append(UNIT, 'etcd2', text);
    const flags = readFlags(args);
    if (typeof flags === 'string') {
      for (const line of `${flags}\n${USAGE}`.split('\n')) log(line);
      return { exited: Promise.resolve(BAD_FLAGS), ready: new Promise(() => undefined), stop: () => undefined };
    }
    return startEtcd(world, host, { environment, flags, log });
  };
}

/** What etcd exits with when it does not understand its command line. */
export const BAD_FLAGS = 2;

export function startEtcd(
  world: EtcdWorld,
  host: Host,
  asked: { environment: Readonly<Record<string, string>>; flags: Flags; readonly log: (text: string) => void },
): Daemon {
  const server = new EtcdServer(world, host, readSettings(host, asked.environment, asked.flags), asked.log);
  return {
    exited: server.exited,
    ready: server.ready,
    stop: () => server.stop(),
    get apis() {
      return server.api === undefined ? {} : { etcd: server.api };
    },
  };
}
