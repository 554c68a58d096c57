import { createHash } from 'node:crypto';
import type { LogState, MemberInfo, MembershipChange } from './raftLog';
import { emptyStore, type StoreState } from './tree';

/** What a member keeps on its disk: plain data in the state file, mutated in place. */
export interface MemberState {
  memberId: string;
  clusterId: string;
  term: number;
  commit: number;
  log: LogState;
  store: StoreState;
  members: Record<string, MemberInfo>;
  removed: string[];
  /** Virtual time of the last write to it. */
  at: number;
  /** Of the node when it was started; empty after it was stopped. */
  bootId: string;
  /** Whom it takes for the leader: a restart of the practice process is none of the member. */
  leader?: string;
}

export const majorityOf = (members: Readonly<Record<string, MemberInfo>>): number =>
  Math.floor(Object.keys(members).length / 2) + 1;

/** etcd sorts members by the number that their id is, not by its text. */
export function sortedMembers(members: Readonly<Record<string, MemberInfo>>): MemberInfo[] {
  const key = (member: MemberInfo): string => member.id.padStart(16, '0');
  return Object.values(members).sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** 64 bits of a SHA-1 over the peer URLs and the cluster's token, written as Go writes an integer: without leading zeros. */
export function memberIdFor(peerUrls: readonly string[], token: string): string {
  return hash64([...peerUrls].sort().join('') + token);
}

export const clusterIdFor = (memberIds: readonly string[]): string => hash64([...memberIds].sort().join(''));

function hash64(text: string): string {
  const digits = createHash('sha1').update(text).digest('hex').slice(0, 16);
  return digits.replace(/^0+/, '') || '0';
}

/** The first state of a member of a new cluster: every member is in the log already, as etcd's bootstrap puts it there. */
export function newMemberState(memberId: string, members: readonly MemberInfo[]): MemberState {
  const known = Object.fromEntries(members.map((member) => [member.id, member]));
  const store = emptyStore();
  store.index = members.length;
  return {
    memberId,
    clusterId: clusterIdFor(Object.keys(known)),
    term: 1,
    commit: members.length,
    log: { base: members.length, baseTerm: 1, entries: [] },
    store,
    members: known,
    removed: [],
    at: 0,
    bootId: '',
  };
}

/** A member that joins a running cluster knows who is in it and nothing else. */
export function joiningMemberState(
  memberId: string,
  cluster: { readonly clusterId: string; readonly members: readonly MemberInfo[] },
): MemberState {
  const known = Object.fromEntries(cluster.members.map((member) => [member.id, member]));
  return {
    memberId,
    clusterId: cluster.clusterId,
    term: 0,
    commit: 0,
    log: { base: 0, baseTerm: 0, entries: [] },
    store: emptyStore(),
    members: known,
    removed: [],
    at: 0,
    bootId: '',
  };
}

/** Who belongs to the cluster from now on. */
export function changeMembers(state: MemberState, change: MembershipChange): void {
  switch (change.kind) {
    case 'addMember':
    case 'publish':
      state.members[change.member.id] = change.member;
      return;
    case 'updateMember': {
      const info = state.members[change.id];
      if (info !== undefined) {
        state.members[change.id] = { ...info, peerUrls: change.peerUrls };
      }
      return;
    }
    case 'removeMember':
      Reflect.deleteProperty(state.members, change.id);
      state.removed.push(change.id);
  }
}

/** The member alone, as `--force-new-cluster` makes it: what was not committed is gone, and so are the others (etcdserver/raft.go). */
export function forceNewCluster(state: MemberState): readonly string[] {
  const gone = Object.keys(state.members).filter((id) => id !== state.memberId);
  const own = state.members[state.memberId];
  // A backup has forgotten where its member was: etcd puts its default in that place.
  const self = own ?? { id: state.memberId, name: '', peerUrls: ['http://localhost:2380'], clientUrls: [] };
  state.members = { [self.id]: self };
  state.removed.push(...gone);
  state.log.entries.length = Math.max(0, state.commit - state.log.base);
  state.store.index += gone.length + (own === undefined ? 1 : 0);
  delete state.leader;
  return gone;
}

/** What `etcdctl backup` makes of a member's data: the keys, with another identity and no members (etcd 3.4, `backup_command.go`). */
export function backedUp(state: MemberState, now: number): MemberState {
  const kept = structuredClone(state);
  delete kept.leader;
  // Go's generator of ids: the milliseconds, and a count.
  const first = (BigInt(now) % 2n ** 40n) * 256n + 1n;
  return {
    ...kept,
    memberId: first.toString(16),
    clusterId: (first + 1n).toString(16),
    members: {},
    removed: [],
    bootId: '',
  };
}
