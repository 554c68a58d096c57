import { ClusterError } from '../errors';
import { quorumSize, remainingTolerance } from '../model/quorum';
import type { ClusterSnapshot, NodeSnapshot } from '../model/snapshot';
import type { PowerOffForecast } from '../operator';

/** A member that answers; a droplet that is merely on says nothing about etcd. */
const isMemberUp = ({ etcd }: NodeSnapshot): boolean => etcd === 'leader' || etcd === 'follower' || etcd === 'member';

/** What is left after this node loses power. Counts configured members, dead ones included; proxies count for nothing. */
export function forecastPowerOff(cluster: ClusterSnapshot, nodeName: string): PowerOffForecast {
  const node = cluster.nodes.find(({ name }) => name === nodeName);
  if (node === undefined) {
    throw new ClusterError(`Cluster ${cluster.id} has no node ${nodeName}.`, { code: 'notFound', remedy: 'refresh' });
  }
  const members = cluster.nodes.filter(({ etcd }) => etcd !== 'proxy').length;
  const up = cluster.nodes.filter(isMemberUp).length;
  const membersUpAfter = isMemberUp(node) ? up - 1 : up;
  const tolerance = remainingTolerance(members, membersUpAfter);
  return {
    membersUpAfter,
    members,
    remainingTolerance: tolerance,
    breaksQuorum: tolerance < 0,
    sentence: `After this ${membersUpAfter} of ${members} etcd members are up; ${mayFail(tolerance, members)}.`,
  };
}

function mayFail(tolerance: number, members: number): string {
  if (tolerance > 0) {
    return `${tolerance} more may fail`;
  }
  return tolerance === 0
    ? 'none may fail'
    : `quorum needs ${quorumSize(members)}, so nothing can be changed or moved until enough of them are back`;
}
