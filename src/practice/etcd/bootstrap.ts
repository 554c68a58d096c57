import type { Kernel, Host } from '../kernel';
import { failure, joinByDiscovery } from './discovery';
import { joiningMemberState, memberIdFor, newMemberState, type MemberState } from './memberState';
import type { MemberInfo } from './raftLog';
import { parseCluster, type EtcdSettings } from './settings';
import type { EtcdWorld } from './world';

export type Bootstrap =
  | { readonly kind: 'member'; readonly state: MemberState }
  | { readonly kind: 'proxy'; readonly peerUrls: readonly string[] }
  | { readonly kind: 'exit'; readonly reason: string };

export interface BootstrapDeps {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly world: EtcdWorld;
  readonly settings: EtcdSettings;
  readonly signal: AbortSignal;
  readonly log: (text: string) => void;
  /** It had begun to register with the discovery service, and only the practice process was away since. */
  readonly hasBegun: boolean;
  /** Called before it registers: were it afterwards, a process that dies in between would leave a node that is refused for ever. */
  begins(): void;
}

/** How a node without data becomes a member (or a proxy): by discovery, by a written list, or by joining a running cluster. */
export async function bootstrap(deps: BootstrapDeps): Promise<Bootstrap> {
  const { settings } = deps;
  if (settings.discovery !== undefined && settings.initialCluster === undefined) {
    return await byDiscovery(deps, settings.discovery);
  }
  const cluster = settings.initialCluster ?? new Map([[settings.name, settings.peerUrls]]);
  if (settings.isProxy) {
    return { kind: 'proxy', peerUrls: [...cluster.values()].flat() };
  }
  const problem = mismatch(settings, cluster);
  if (problem !== undefined) {
    return { kind: 'exit', reason: problem };
  }
  return settings.initialClusterState === 'existing' ? joinExisting(deps, cluster) : found(settings, cluster);
}

async function byDiscovery(deps: BootstrapDeps, url: string): Promise<Bootstrap> {
  const { settings } = deps;
  const { name, dataDir } = settings;
  const self = {
    ...{ id: memberIdFor(settings.peerUrls, settings.token), name },
    value: settings.peerUrls.map((peer) => `${name}=${peer}`).join(','),
    ...{ hasBegun: deps.hasBegun, begins: () => deps.begins() },
  };
  const result = await joinByDiscovery({ ...deps, dataDir }, url, self);
  if (result.kind === 'failed') {
    return { kind: 'exit', reason: result.lines.join('\n') };
  }
  const cluster = parseCluster(result.members.join(','));
  if (result.kind === 'joined') {
    return found(settings, cluster);
  }
  if (settings.discoveryFallback !== 'proxy') {
    return { kind: 'exit', reason: failure('discovery: cluster is full', url).join('\n') };
  }
  deps.log('etcdmain: discovery cluster full, falling back to proxy');
  return { kind: 'proxy', peerUrls: [...cluster.values()].flat() };
}

/** Each node's own entry must be what it advertises (etcd 2.3, `ValidateClusterAndAssignIDs`, `advertiseMatchesCluster`). */
function mismatch(settings: EtcdSettings, cluster: ReadonlyMap<string, readonly string[]>): string | undefined {
  const own = cluster.get(settings.name);
  if (own === undefined) {
    return `couldn't find local name "${settings.name}" in the initial cluster configuration`;
  }
  const [listed, advertised] = [[...own].sort(), [...settings.peerUrls].sort()];
  if (listed.join() !== advertised.join()) {
    const wanted = advertised.map((url) => `${settings.name}=${url}`).join(',');
    return `--initial-cluster must include ${wanted} given --initial-advertise-peer-urls=${advertised.join(',')}`;
  }
  return undefined;
}

function found(settings: EtcdSettings, cluster: ReadonlyMap<string, readonly string[]>): Bootstrap {
  const members: MemberInfo[] = [...cluster].map(([name, peerUrls]) => ({
    id: memberIdFor(peerUrls, settings.token),
    name,
    peerUrls,
    clientUrls: [],
  }));
  const self = members.find((member) => member.name === settings.name);
  return self === undefined
    ? { kind: 'exit', reason: `couldn't find local name "${settings.name}" in the initial cluster configuration` }
    : { kind: 'member', state: newMemberState(self.id, members) };
}

function joinExisting(deps: BootstrapDeps, cluster: ReadonlyMap<string, readonly string[]>): Bootstrap {
  const others = [...cluster].filter(([name]) => name !== deps.settings.name).flatMap(([, urls]) => urls);
  for (const url of others) {
    const known = deps.world.memberAt(deps.host.dropletId, url)?.state;
    if (known === undefined) {
      continue; // Silent or refused: the next one is asked.
    }
    const members = Object.values(known.members);
    const own = [...deps.settings.peerUrls].sort().join();
    const self = members.find((member) => [...member.peerUrls].sort().join() === own);
    if (members.length !== cluster.size) {
      return { kind: 'exit', reason: 'error validating peerURLs: member count is unequal' };
    }
    if (self === undefined) {
      return { kind: 'exit', reason: 'error validating peerURLs: unmatched member while checking PeerURLs' };
    }
    return { kind: 'member', state: joiningMemberState(self.id, { clusterId: known.clusterId, members }) };
  }
  const reason = 'cannot fetch cluster info from peer urls: could not retrieve cluster information from the given urls';
  return { kind: 'exit', reason };
}
