import type { Kernel } from '../../kernel';
import type { Member } from '../member';
import { formatExpiry } from '../tree';

/**
 * /health asks for a read by majority and gives up after a second (etcd 3.4, `checkHealth`). What went to a leader that has died is
 * lost, even when there is another within that second.
 */
const HEALTH_TIMEOUT_MS = 1_000;

export async function isHealthy(member: Member, kernel: Kernel): Promise<boolean> {
  if (member.leaderId === undefined) {
    return false;
  }
  if (!member.hasQuorum) {
    await kernel.timeline.sleep(HEALTH_TIMEOUT_MS);
    return false;
  }
  return true;
}

/** /v2/stats/self */
export function describeSelf(member: Member, now: number): object {
  const info = member.state.members[member.id];
  const isLeader = member.reportedRole === 'leader';
  const leader = isLeader ? member.id : (member.leaderId ?? '');
  const sent = isLeader ? member.state.commit * (Object.keys(member.state.members).length - 1) : 0;
  return {
    name: info?.name ?? '',
    id: member.id,
    state: isLeader ? 'StateLeader' : 'StateFollower',
    startTime: formatExpiry(member.startedAt, 1),
    leaderInfo: {
      leader,
      uptime: goDuration(now - member.leaderSince),
      startTime: formatExpiry(member.leaderSince, 2),
    },
    recvAppendRequestCnt: isLeader ? 0 : member.state.commit,
    // Rates are of what came and went lately: nothing, without a quorum or without anyone to talk to.
    ...(isLeader || !member.hasQuorum ? {} : { recvPkgRate: 10.0, recvBandwidthRate: 944.6 }),
    sendAppendRequestCnt: sent,
    ...(isLeader && member.hasQuorum && sent > 0 ? { sendPkgRate: 41.4, sendBandwidthRate: 4324.7 } : {}),
  };
}

/** /v2/stats/leader; only the leader has it. */
export function describeLeader(member: Member): object {
  const latency = { current: 0.000728, average: 0.0038, standardDeviation: 0.115, minimum: 0.000073, maximum: 12.47 };
  const followers = Object.keys(member.state.members)
    .filter((id) => id !== member.id)
    .map((id) => {
      const isReached = member.peers.some((peer) => peer.id === id);
      return [id, { latency, counts: { fail: isReached ? 0 : 1, success: member.state.commit } }] as const;
    });
  return { leader: member.id, followers: Object.fromEntries(followers) };
}

/** As Go prints a duration: `13m50.126s`. */
export function goDuration(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = `${String((ms % 60_000) / 1_000)}s`;
  return (hours > 0 ? `${hours}h` : '') + (hours > 0 || minutes > 0 ? `${minutes}m` : '') + seconds;
}
