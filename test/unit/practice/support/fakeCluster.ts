import { createEtcdDaemon } from '../../../../src/practice/etcd/daemon';
import { createFleetDaemon } from '../../../../src/practice/fleet/daemon';
import type { FleetApi } from '../../../../src/practice/fleet/server';
import type { EtcdApi } from '../../../../src/practice/etcd/server';
import { FakeDiscovery } from './fakeDiscovery';
import { FakeHost } from './fakeHost';
import { createFakeKernel, type FakeKernel } from './fakeKernel';

export const ETCD = '/usr/bin/etcd2';
export const FLEET = '/usr/bin/fleetd';

export interface FakeCluster {
  readonly kernel: FakeKernel;
  readonly hosts: readonly FakeHost[];
  readonly discovery: FakeDiscovery;
}

export interface ClusterOptions {
  readonly nodes?: number;
  readonly size?: string;
  readonly seed?: string;
  readonly left?: { readonly sections: string; readonly now: number };
  readonly fleetVersion?: '1.0' | '0.11';
}

/** Nodes deis-1… with nothing started. */
export function createCluster(options: ClusterOptions = {}): FakeCluster {
  const kernel = createFakeKernel(options);
  const discovery = new FakeDiscovery(options.size);
  kernel.fetchFrom = discovery.fetch;
  const factories = { [ETCD]: createEtcdDaemon(kernel), [FLEET]: createFleetDaemon(kernel) };
  const count = options.nodes ?? 5;
  const hosts = Array.from({ length: count }, (_, at) => new FakeHost(kernel, at + 1, `deis-${at + 1}`, factories));
  kernel.network.hosts = hosts;
  return { kernel, hosts, discovery };
}

export function etcdEnvironment(host: FakeHost, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    ETCD_NAME: host.machineId,
    ETCD_ADVERTISE_CLIENT_URLS: `http://${host.privateAddress}:2379`,
    ETCD_INITIAL_ADVERTISE_PEER_URLS: `http://${host.privateAddress}:2380`,
    ETCD_LISTEN_CLIENT_URLS: 'http://0.0.0.0:2379,http://0.0.0.0:4001',
    ETCD_LISTEN_PEER_URLS: `http://${host.privateAddress}:2380,http://${host.privateAddress}:7001`,
    ETCD_DATA_DIR: '/var/lib/etcd2',
    ...more,
  };
}

export function startEtcd(host: FakeHost): ReturnType<FakeHost['start']> {
  return host.start(ETCD, etcdEnvironment(host, { ETCD_DISCOVERY: 'http://discovery/token' }));
}

/** Five members, all ready. */
export async function runningEtcd(options: ClusterOptions = {}): Promise<FakeCluster> {
  const cluster = createCluster(options);
  const daemons = cluster.hosts.map(startEtcd);
  await Promise.all(daemons.map((daemon) => daemon.ready));
  return cluster;
}

export function at(cluster: FakeCluster, number: number): FakeHost {
  const host = cluster.hosts[number - 1];
  if (host === undefined) {
    throw new Error(`no node ${number}`);
  }
  return host;
}

export function etcdOf(host: FakeHost): EtcdApi {
  const api = host.daemon('etcd');
  if (api === undefined) {
    throw new Error(`${host.name} has no etcd`);
  }
  return api;
}

export function startFleet(host: FakeHost): ReturnType<FakeHost['start']> {
  return host.start(FLEET, {
    FLEET_PUBLIC_IP: host.privateAddress,
    FLEET_METADATA: 'controlPlane=true,dataPlane=true,routerMesh=true',
  });
}

/** Five nodes with etcd and fleet, all in the list of machines. */
export async function runningFleet(options: ClusterOptions = {}): Promise<FakeCluster> {
  const cluster = await runningEtcd(options);
  cluster.hosts.forEach(startFleet);
  await cluster.kernel.timeline.sleep(1_000);
  return cluster;
}

export function fleetOf(host: FakeHost): FleetApi {
  const api = host.daemon('fleet');
  if (api === undefined) {
    throw new Error(`${host.name} has no fleet`);
  }
  return api;
}

/** Power on, then the two daemons, as a boot does. */
export function bootNode(host: FakeHost): void {
  host.powerOn();
  startEtcd(host);
  startFleet(host);
}
