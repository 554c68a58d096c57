import type { Host } from '../kernel';
import { isTrue, type Flags } from './commandFlags';

type Environment = Readonly<Record<string, string>>;

/** An empty variable is as good as none. */
const notEmpty = (text: string | undefined): string | undefined => (text?.trim() === '' ? undefined : text?.trim());

/** What the daemon reads from its environment, as coreos-cloudinit writes it (`ETCD_*`), with etcd 2's defaults. */
export interface EtcdSettings {
  readonly name: string;
  readonly dataDir: string;
  readonly discovery: string | undefined;
  readonly discoveryFallback: string;
  readonly initialCluster: ReadonlyMap<string, readonly string[]> | undefined;
  readonly initialClusterState: string;
  readonly token: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
  readonly listenPorts: readonly number[];
  /** Those of them that listen on the loopback only. */
  readonly localPorts: readonly number[];
  readonly peerPorts: readonly number[];
  readonly isProxy: boolean;
  readonly isForced: boolean;
}

/** A flag of the command line counts more than the variable of the same name. */
export function readSettings(host: Host, environment: Environment, flags: Flags = new Map()): EtcdSettings {
  const get = (name: string): string | undefined =>
    notEmpty(flags.get(name.toLowerCase().replaceAll('_', '-')) ?? environment[`ETCD_${name}`]);
  const name = get('NAME') ?? host.machineId;
  const dataDir = get('DATA_DIR') ?? '/var/lib/etcd2';
  const initialCluster = get('INITIAL_CLUSTER');
  const discovery = get('DISCOVERY');
  const listened = list(get('LISTEN_CLIENT_URLS') ?? 'http://localhost:2379,http://localhost:4001');
  return {
    name,
    dataDir,
    discovery,
    discoveryFallback: get('DISCOVERY_FALLBACK') ?? 'proxy',
    initialCluster: initialCluster === undefined ? undefined : parseCluster(initialCluster),
    initialClusterState: get('INITIAL_CLUSTER_STATE') ?? 'new',
    // With discovery the URL itself is the token, so that two clusters never share member ids.
    token: discovery ?? get('INITIAL_CLUSTER_TOKEN') ?? 'etcd-cluster',
    peerUrls: list(get('INITIAL_ADVERTISE_PEER_URLS') ?? 'http://localhost:2380,http://localhost:7001'),
    clientUrls: list(get('ADVERTISE_CLIENT_URLS') ?? 'http://localhost:2379,http://localhost:4001'),
    listenPorts: ports(listened),
    localPorts: ports(listened.filter((url) => LOOPBACK.test(url))).filter(
      (port) => !ports(listened.filter((url) => !LOOPBACK.test(url))).includes(port),
    ),
    peerPorts: ports(list(get('LISTEN_PEER_URLS') ?? 'http://localhost:2380,http://localhost:7001')),
    isProxy: ['on', 'readonly'].includes(get('PROXY') ?? 'off'),
    isForced: isTrue(get('FORCE_NEW_CLUSTER') ?? 'false'),
  };
}

/** `name=url,name=url`; a name may come more than once. */
export function parseCluster(text: string): Map<string, readonly string[]> {
  const members = new Map<string, readonly string[]>();
  for (const part of list(text)) {
    const at = part.indexOf('=');
    const [name, url] = [part.slice(0, at), part.slice(at + 1)];
    members.set(name, [...(members.get(name) ?? []), url]);
  }
  return members;
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const LOOPBACK = /^https?:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::|\/|$)/;

function ports(urls: readonly string[]): number[] {
  const found = urls.map((url) => Number(/:(\d+)\/?$/.exec(url)?.[1] ?? NaN));
  return [...new Set(found.filter((port) => Number.isInteger(port)))];
}
