import type { Cancel, Kernel } from '../kernel';
import type { Member } from './member';
import { majorityOf } from './memberState';
import type { MemberInfo } from './raftLog';

/** Between one and two of etcd's election time-outs, the first survivor's patience ends. */
const ELECTION_EVERY_MS = 1_500;
/** Silent peers are looked for every 5 s (rafthttp, `probing_status.go`): about every third election. */
const PROBE_EVERY = 3;
/** A neighbour that lost power is forgotten by ARP about a minute later; before that a connection just hangs. */
const ARP_MS = 55_000;

/** What raft writes into the journal, with its own clock (the recorded no-quorum/journal-etcd2). */
export function raftLine(now: number, text: string): string {
  const time = new Date(now).toISOString();
  return `raft${time.slice(0, 10).replaceAll('-', '/')} ${time.slice(11, 19)} INFO: ${text}`;
}

/** What survivors without a majority do: ask each other for votes again and again, in ever higher terms. */
export class VainElections {
  #cancel: Cancel | undefined;
  #count = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly member: Member,
  ) {}

  start(): void {
    this.#cancel ??= this.kernel.timeline.every(ELECTION_EVERY_MS, () => this.#tick());
  }

  /** How many there have been, each with a term of its own: whoever leads next goes on from there. */
  get count(): number {
    return this.#count;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#count = 0;
  }

  #tick(): void {
    const { member } = this;
    if (!isLost(member)) {
      this.stop();
      return;
    }
    this.#count += 1;
    if (this.#count % PROBE_EVERY === 0) {
      for (const info of this.#silent()) this.#probe(info);
    }
    // Whoever is asked for its vote believes in no leader any more, not even in one that only lost its majority.
    for (const peer of member.peers) peer.hearCandidate();
    // One of them keeps the turns, so that all see the same elections.
    const group = [member, ...member.peers].sort((a, b) => (a.id < b.id ? -1 : 1));
    const candidate = group[this.#count % group.length];
    if (group[0] === member && candidate !== undefined) elect(candidate, group, member.state.term + this.#count);
  }

  #silent(): MemberInfo[] {
    const { id, peers, state } = this.member;
    const heard = new Set([id, ...peers.map((peer) => peer.id)]);
    return Object.values(state.members).filter((info) => !heard.has(info.id));
  }

  #probe({ id, peerUrls: [url = ''] }: MemberInfo): void {
    const address = url.replace(/^https?:\/\//, '');
    const problem = this.member.world.silentMs(url) < ARP_MS ? 'i/o timeout' : 'connect: no route to host';
    this.member.callbacks.log(`health check for peer ${id} could not connect: dial tcp ${address}: ${problem}`);
  }
}

/** Without a leader and without enough others to make one. */
const isLost = ({ leaderId, peers, state }: Member): boolean =>
  leaderId === undefined && peers.length + 1 < majorityOf(state.members);

function elect(candidate: Member, group: readonly Member[], term: number): void {
  const { id, state } = candidate;
  const before = term - 1;
  const at = `[logterm: ${candidate.appliedTerm}, index: ${state.commit}`;
  candidate.logRaft(`${id} is starting a new election at term ${before}`);
  candidate.logRaft(`${id} became candidate at term ${term}`);
  candidate.logRaft(`${id} received MsgVoteResp from ${id} at term ${term}`);
  for (const other of Object.keys(state.members).filter((one) => one !== id)) {
    candidate.logRaft(`${id} ${at}] sent MsgVote request to ${other} at term ${term}`);
  }
  for (const voter of group.filter((member) => member !== candidate)) {
    voter.logRaft(
      `${voter.id} [term: ${before}] received a MsgVote message with higher term from ${id} [term: ${term}]`,
    );
    voter.logRaft(`${voter.id} became follower at term ${term}`);
    const own = `[logterm: ${voter.appliedTerm}, index: ${voter.state.commit}, vote: 0]`;
    voter.logRaft(`${voter.id} ${own} cast MsgVote for ${id} ${at}] at term ${term}`);
    candidate.logRaft(`${id} received MsgVoteResp from ${voter.id} at term ${term}`);
  }
  candidate.logRaft(`${id} has received ${group.length} MsgVoteResp votes and 0 vote rejections`);
}
