import type { Host, Kernel } from '../kernel';
import type { HostInside } from '../host/inside';
import { insideOf } from '../host/inside';
import { EtcdAccess } from './etcdAccess';

const MONITOR = 'deis-store-monitor';
const DAEMON = 'deis-store-daemon';
const METADATA = 'deis-store-metadata';

export interface CephView {
  /** Monitors that etcd lists, and those of them that a node sees running. */
  readonly monitors: number;
  readonly monitorsUp: number;
  readonly hasQuorum: boolean;
  readonly osds: number;
  readonly osdsUp: number;
  readonly hasMetadata: boolean;
}

/** Ceph as one node sees it: from the hosts listed in etcd and what runs on those it reaches. */
export function viewCeph(inside: HostInside): CephView {
  const { kernel, host } = inside;
  const etcd = new EtcdAccess(inside, host.power);
  const monitors = etcd.names('/deis/store/hosts');
  const osds = etcd.names('/deis/store/osds');
  const reachable = (address: string): HostInside | undefined => reach(kernel, host, address);
  const monitorsUp = monitors.filter((address) => runs(reachable(address), MONITOR)).length;
  const all = new Set([...monitors, ...osds]);
  return {
    monitors: monitors.length,
    monitorsUp,
    // Two monitors must agree when there are two; majority otherwise (facts/fault-tolerance.md §2).
    hasQuorum:
      monitorsUp > 0 && monitorsUp > monitors.length / 2 && etcd.peek('/deis/store/monSetupComplete') !== undefined,
    osds: osds.length,
    osdsUp: osds.filter((address) => runs(reachable(address), DAEMON)).length,
    hasMetadata: [...all].some((address) => runs(reachable(address), METADATA)),
  };
}

/** Nodes whose object store is up and that `inside` reaches. */
export function storeNodes(inside: HostInside): HostInside[] {
  const etcd = new EtcdAccess(inside, inside.host.power);
  return etcd
    .names('/deis/store/osds')
    .map((address) => reach(inside.kernel, inside.host, address))
    .filter((node): node is HostInside => node !== undefined && runs(node, DAEMON));
}

function reach(kernel: Kernel, from: Host, address: string): HostInside | undefined {
  const dropletId = kernel.network.dropletAt(address);
  const host = dropletId === undefined ? undefined : dropletId === from.dropletId ? from : kernel.host(dropletId);
  if (host?.isUp !== true || (host !== from && !kernel.network.areConnected(from.dropletId, host.dropletId))) {
    return undefined;
  }
  return insideOf(host);
}

const runs = (inside: HostInside | undefined, name: string): boolean =>
  inside?.docker.running.get(name)?.isReady === true;

/** The words of `ceph health` and the block of `ceph -s`. */
export function describeCeph(view: CephView): { health: string; status: string } {
  const isDegraded = view.osdsUp < view.osds || view.monitorsUp < view.monitors;
  const reasons = [
    ...(view.osdsUp < view.osds ? ['degraded', `${view.osds - view.osdsUp}/${view.osds} in osds are down`] : []),
    ...(view.monitorsUp < view.monitors ? [`${view.monitors - view.monitorsUp} mons down`] : []),
  ];
  const health = isDegraded ? `HEALTH_WARN ${reasons.join('; ')}` : 'HEALTH_OK';
  const status = [
    `     health ${health}`,
    `     monmap e${view.monitors}: ${view.monitors} mons, ${view.monitorsUp} in quorum`,
    `     mdsmap e5: 1/1/1 up {0=${view.hasMetadata ? 'active' : 'down'}}`,
    `     osdmap e42: ${view.osds} osds: ${view.osdsUp} up, ${view.osds} in`,
    `      pgmap v512: 1344 pgs, 12 pools`,
    '',
  ].join('\n');
  return { health, status };
}
