import type { Duplex } from 'node:stream';
import { deisctlPrograms } from './deisctl/programs';
import { dockerPrograms } from './docker/programs';
import { createEtcdDaemon } from './etcd/daemon';
import { etcdPrograms, etcdServerProgram } from './etcd/programs';
import { EtcdWorld } from './etcd/world';
import { createFleetDaemon } from './fleet/daemon';
import { fleetPrograms } from './fleet/programs';
import { createHost } from './host/host';
import { hostPrograms } from './host/programs';
import type { DaemonFactory, HostSpec, Kernel, PoweredHost } from './kernel';
import type { Program } from './programs/program';
import { shellPrograms } from './programs';
import { createShell } from './shell/shell';
import { createSshd, type Sshd } from './ssh/server';

/** The insides of droplets: what the cloud powers and what the gates hand connections to. */
export interface Nodes {
  createHost(spec: HostSpec): PoweredHost;
  acceptSsh(dropletId: number, stream: Duplex): void;
  forget(dropletId: number): void;
}

/** Puts a node together from what its image brings: programs, native services, a shell and sshd. */
export function composeNodes(kernel: Kernel): Nodes {
  const etcds = new EtcdWorld(kernel);
  const programs: readonly Program[] = [
    // Of two with one name the later one counts: the host's own mount (Ceph's too) and flock before the shell's plain ones.
    ...[...shellPrograms, ...hostPrograms, ...dockerPrograms],
    ...[...etcdPrograms, etcdServerProgram(etcds), ...fleetPrograms, ...deisctlPrograms],
  ];
  const daemons: Readonly<Record<string, DaemonFactory>> = {
    '/usr/bin/etcd2': createEtcdDaemon(kernel, etcds),
    '/usr/bin/fleetd': createFleetDaemon(kernel),
  };
  const sshds = new Map<number, Sshd>();
  return {
    createHost(spec) {
      sshds.get(spec.dropletId)?.dispose(); // of the machine before it was resized
      const endSessions = (): void => sshds.get(spec.dropletId)?.hangUp();
      const host = createHost({ kernel, programs, daemons, shell: createShell, endSessions }, spec);
      sshds.set(spec.dropletId, createSshd(kernel, host, createShell(host, programs)));
      return host;
    },
    acceptSsh(dropletId, stream) {
      const sshd = sshds.get(dropletId);
      if (sshd === undefined) stream.destroy();
      else sshd.accept(stream);
    },
    forget(dropletId) {
      sshds.get(dropletId)?.dispose();
      sshds.delete(dropletId);
    },
  };
}
