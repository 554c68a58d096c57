import { stallMs } from '../host/resources/stall';
import type { Member } from './member';

/** A leader that is silent for longer has lost its followers to an election (etcd's default election time-out). */
const ELECTION_MS = 1_000;

/** The heartbeats of a leader whose node thrashes come too late: its followers elect another (etcdserver/raft.go warns of it). */
export function handOverWhenLate(member: Member, log: (text: string) => void): void {
  const lateMs = stallMs(member.host.resources);
  if (member.role !== 'leader' || lateMs <= ELECTION_MS || member.peers.length === 0) {
    return;
  }
  log(`etcdserver: failed to send out heartbeat on time (deadline exceeded for ${(lateMs / 1_000).toFixed(6)}s)`);
  log('etcdserver: server is likely overloaded');
  member.standDown();
  for (const peer of member.peers) {
    peer.review();
  }
}
