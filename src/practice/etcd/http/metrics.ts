import { DAEMON_MB } from '../../host/resources/weights';
import { counter, gauge, processMetrics, type Metric } from '../../network/goMetrics';
import type { Member } from '../member';

const MIB = 1_048_576;

/**
 * What /metrics says of the member, its raft and its v2 keys (etcd 3.4, etcdserver/metrics.go and v2store/metrics.go). Of what only
 * the v3 API and its database do there is nothing to tell.
 */
export function describeMetrics(member: Member, version: string): Metric[] {
  const { commit } = member.state;
  const isLeader = member.reportedRole === 'leader';
  const counts = member.machine.statistics.describe(member.history.watcherCount);
  const writes = {
    'action="set"': counts['setsSuccess'] ?? 0,
    'action="create"': counts['createSuccess'] ?? 0,
    'action="update"': counts['updateSuccess'] ?? 0,
    'action="delete"': counts['deleteSuccess'] ?? 0,
    'action="compareAndSwap"': counts['compareAndSwapSuccess'] ?? 0,
    'action="compareAndDelete"': counts['compareAndDeleteSuccess'] ?? 0,
  };
  const isSeen = Object.fromEntries(Object.entries(writes).filter(([, count]) => count > 0));
  return [
    gauge(
      'etcd_cluster_version',
      "Which version is running. 1 for 'cluster_version' label with current cluster version",
      { [`cluster_version="${version.split('.').slice(0, 2).join('.')}"`]: 1 },
    ),
    counter('etcd_debugging_store_expires_total', 'Total number of expired keys.', counts['expireCount'] ?? 0),
    counter(
      'etcd_debugging_store_reads_total',
      'Total number of reads action by (get/getRecursive), local to this member.',
      { 'action="get"': counts['getsSuccess'] ?? 0 },
    ),
    gauge('etcd_debugging_store_watchers', 'Count of currently active watchers.', counts['watchers'] ?? 0),
    counter(
      'etcd_debugging_store_writes_total',
      'Total number of writes (e.g. set/compareAndDelete) seen by this member.',
      isSeen,
    ),
    ...raftMetrics(member, commit, isLeader),
    gauge('etcd_server_quota_backend_bytes', 'Current backend storage quota size in bytes.', 2_048 * MIB),
    gauge('etcd_server_version', "Which version is running. 1 for 'server_version' label with current version.", {
      [`server_version="${version}"`]: 1,
    }),
    ...processMetrics({
      memoryMb: DAEMON_MB['/usr/bin/etcd2'] ?? 0,
      startedAt: member.startedAt,
      fds: 12 + 2 * Object.keys(member.state.members).length,
    }),
  ];
}

function raftMetrics(member: Member, commit: number, isLeader: boolean): Metric[] {
  const total = (what: string): string => `The total number of ${what}.`;
  return [
    gauge(
      'etcd_server_has_leader',
      'Whether or not a leader exists. 1 is existence, 0 is not.',
      member.leaderId === undefined ? 0 : 1,
    ),
    gauge('etcd_server_id', "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.", {
      [`server_id="${member.id}"`]: 1,
    }),
    gauge('etcd_server_is_leader', 'Whether or not this member is a leader. 1 if is, 0 otherwise.', isLeader ? 1 : 0),
    gauge('etcd_server_is_learner', 'Whether or not this member is a learner. 1 if is, 0 otherwise.', 0),
    counter('etcd_server_leader_changes_seen_total', 'The number of leader changes seen.', member.leaderChanges),
    gauge('etcd_server_proposals_applied_total', total('consensus proposals applied'), commit),
    gauge('etcd_server_proposals_committed_total', total('consensus proposals committed'), commit),
    counter('etcd_server_proposals_failed_total', total('failed proposals seen'), member.proposals.failed),
    gauge(
      'etcd_server_proposals_pending',
      'The current number of pending proposals to commit.',
      member.proposals.pending,
    ),
  ];
}
