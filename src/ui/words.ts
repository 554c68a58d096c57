import type { ClusterSnapshot, ClusterState, NodeSnapshot, NodeState } from '../core/model/snapshot';
import type { ProviderName } from '../core/model/cluster';

/** Records -> words for people. No jargon here without a tooltip that explains it. */

export const PROVIDER_NAMES: Record<ProviderName, string> = {
  digitalocean: 'DigitalOcean',
  practice: 'Practice cloud',
};

export const CLUSTER_STATES: Record<ClusterState, string> = {
  creating: 'being set up',
  setupStopped: 'setup stopped',
  healthy: 'healthy',
  degraded: 'degraded',
  atRisk: 'at risk',
  noQuorum: 'no quorum',
  unreachable: 'does not answer',
  destroying: 'being destroyed',
  unknown: 'not looked at yet',
};

export const NODE_STATES: Record<NodeState, string> = {
  missing: 'not created yet',
  new: 'being created',
  booting: 'booting',
  ready: 'ready',
  unreachable: 'does not answer',
  off: 'powered off',
  gone: 'gone',
};

export const ETCD_ROLES: Record<NodeSnapshot['etcd'], string> = {
  leader: 'leader',
  follower: 'member',
  member: 'member',
  proxy: 'proxy, no vote',
  down: 'down',
  unknown: 'not known',
};

/** For rows and bars: `$0.037/h`. Three digits, because an hour of the cheapest droplet is less than a cent. */
export const shortHourly = (dollars: number): string => `$${dollars.toFixed(3)}/h`;

export const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** `['a', 'b', 'c']` -> `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

export function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) {
    return `${seconds} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) {
    return `${minutes} min`;
  }
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** Practice money is not money; say so wherever a price of it is shown. */
export const isBilled = (cluster: Pick<ClusterSnapshot, 'provider'>): boolean => cluster.provider !== 'practice';
