import type { Host, Kernel } from '../kernel';
import type { EtcdEvent } from './api';
import { Accounts } from './auth/accounts';
import { ElectionTimer } from './electionTimer';
import type { History } from './history';
import { changeMembers, majorityOf, type MemberState } from './memberState';
import {
  compact,
  entryAt,
  isFleeting,
  isUpToDate,
  lastIndex,
  matchingIndex,
  replaceAfter,
  termAt,
  type LogEntry,
  type MembershipChange,
  type RaftOperation,
} from './raftLog';
import { Proposals } from './proposals';
import type { Store } from './store';
import type { StateMachine } from './stateMachine';
import { raftLine, VainElections } from './vainElections';
import type { EtcdWorld } from './world';

/** etcd's default election time-out; a follower waits between one and two of them (raft, `resetRandomizedElectionTimeout`). */
const ELECTION_MS = 1_000;
/** Entries kept for followers that were away; who missed more is sent the whole store. */
const KEPT_ENTRIES = 500;

type Role = 'leader' | 'follower';

export interface MemberCallbacks {
  log(text: string): void;
  /** Before a vote is given, also to itself: false when it can't be written down, which ends etcd. */
  saves(): boolean;
  removed(): void;
}

/** A voting member: its log, its copy of the store, and raft's rules. Messages take no time; who is not reached gets none. */
export class Member {
  readonly machine: StateMachine;
  readonly accounts = new Accounts(this);
  readonly startedAt: number;
  role: Role = 'follower';
  leaderId: string | undefined;
  /** As /v2/stats/self tells it: a leader that lost its quorum goes on calling itself one (the recorded traces, no-quorum/). */
  reportedRole: Role = 'follower';
  leaderSince = 0;
  leaderChanges = 0;

  readonly proposals: Proposals;
  readonly #vain: VainElections;
  readonly #match = new Map<string, number>();
  /** How much virtual time was lost with the practice process: that long the keys of this member did not live on. */
  #lostMs: number;
  readonly #election: ElectionTimer;
  #peers: { epoch: number; list: readonly Member[] } = { epoch: -1, list: [] };
  #isStopped = false;
  /** Resumed with a leader whose own node is still to be: what is proposed meanwhile waits, as nothing happened to the nodes. */
  #isEarly = false;

  constructor(
    readonly world: EtcdWorld,
    readonly host: Host,
    readonly state: MemberState,
    readonly callbacks: MemberCallbacks,
  ) {
    this.startedAt = world.kernel.timeline.now();
    this.proposals = new Proposals(world.kernel, host, (text) => callbacks.log(text));
    this.#vain = new VainElections(world.kernel, this);
    this.#election = new ElectionTimer(world.kernel, host);
    const { isResumed, lostMs } = world.started(host, state);
    this.#lostMs = lostMs;
    if (isResumed) {
      this.leaderId = state.leader;
      this.role = this.leaderId === state.memberId ? 'leader' : 'follower';
      this.reportedRole = this.role;
      this.leaderSince = this.startedAt;
      this.#isEarly = this.role === 'follower';
    }
    this.machine = world.machineFor(state);
  }

  get store(): Store {
    return this.machine.store;
  }

  get history(): History {
    return this.machine.history;
  }

  get id(): string {
    return this.state.memberId;
  }

  get kernel(): Kernel {
    return this.world.kernel;
  }

  get peers(): readonly Member[] {
    if (this.#peers.epoch !== this.world.epoch) {
      const list = Object.values(this.state.members)
        .filter((info) => info.id !== this.id)
        .map((info) => this.world.reach(this.host.dropletId, info))
        .filter((member) => member !== undefined);
      this.#peers = { epoch: this.world.epoch, list };
    }
    return this.#peers.list;
  }

  /** The leader this member believes in, if it can hear it. */
  get liveLeader(): Member | undefined {
    if (this.leaderId === this.id) {
      return this.role === 'leader' ? this : undefined;
    }
    const leader = this.peers.find((peer) => peer.id === this.leaderId);
    return leader?.role === 'leader' && leader.state.term === this.state.term ? leader : undefined;
  }

  /** The term of the last applied entry. */
  get appliedTerm(): number {
    return termAt(this.state.log, this.state.commit) ?? this.state.term;
  }

  logRaft(text: string): void {
    this.callbacks.log(raftLine(this.kernel.timeline.now(), text));
  }

  /** Another asks for votes that no majority will give. */
  hearCandidate(): void {
    if (this.role === 'follower' && this.liveLeader === undefined) {
      this.#loseLeader();
      this.#vain.start();
    }
  }

  get hasQuorum(): boolean {
    return this.liveLeader?.leadsQuorum ?? false;
  }

  get leadsQuorum(): boolean {
    return this.role === 'leader' && this.peers.length + 1 >= majorityOf(this.state.members);
  }

  stop(): void {
    this.#isStopped = true;
    // fleet may still hold its client: nobody hears a member that has ended.
    this.standDown();
    this.state.bootId = '';
    this.#election.disarm();
    this.#vain.stop();
    this.world.remove(this);
  }

  /** @throws EtcdError 300 when it could not be committed in time, or whatever the store says to it. */
  async propose(operation: RaftOperation): Promise<EtcdEvent | undefined> {
    return await this.proposals.run({
      knowsLeader: () => this.leaderId !== undefined && !this.#isEarly,
      send: (sequence) => this.liveLeader?.accept({ term: 0, from: this.id, sequence, operation }),
    });
  }

  /** Called on the leader: into the log, to the others, and committed if a majority has it. */
  accept(entry: LogEntry): void {
    this.state.log.entries.push({ ...entry, term: this.state.term });
    this.#match.set(this.id, lastIndex(this.state.log));
    this.#save(entry.operation);
    this.#replicate();
  }

  /** What nobody has proposed and nobody waits for. */
  #acceptOwn(operation: RaftOperation): void {
    this.accept({ term: 0, from: this.id, sequence: 0, operation });
  }

  /** Looks again who can be heard: returning followers catch up, a lost leader is waited for and then replaced. */
  review(): void {
    if (this.#isStopped) {
      return;
    }
    if (this.role === 'leader') {
      this.#replicate();
      if (this.leadsQuorum) {
        this.#election.disarm();
        this.#giveBackTime();
      } else {
        this.#election.arm(ELECTION_MS, () => this.#stepDown());
      }
    } else if (this.liveLeader !== undefined) {
      this.#election.disarm();
      this.#isEarly = false;
      this.proposals.leaderFound();
    } else {
      this.#election.arm(this.kernel.random.integer(ELECTION_MS, 2 * ELECTION_MS), () => this.#campaign());
    }
  }

  /** The leader proposes that keys whose time has come go, as etcd does twice a second. */
  expireKeys(): void {
    const now = this.kernel.timeline.now();
    if (this.role === 'leader' && this.leadsQuorum && this.store.hasExpired(now)) {
      this.#acceptOwn({ kind: 'store', operation: { kind: 'expire', now } });
    }
  }

  #replicate(): void {
    // Who is removed by what is committed here still hears of it.
    const { peers } = this;
    for (const peer of peers) {
      const match = peer.follow(this);
      if (match === undefined) {
        return; // A later term is about: this one leads no more.
      }
      this.#match.set(peer.id, match);
    }
    const reached = [this.id, ...peers.map((peer) => peer.id)].map((id) => this.#match.get(id) ?? 0);
    const agreed = reached.sort((a, b) => b - a)[majorityOf(this.state.members) - 1] ?? 0;
    if (agreed > this.state.commit && termAt(this.state.log, agreed) === this.state.term) {
      this.#commitTo(agreed);
    }
    for (const peer of peers) {
      peer.#commitTo(Math.min(this.state.commit, lastIndex(peer.state.log)));
    }
    const known = Math.min(...Object.keys(this.state.members).map((id) => this.#match.get(id) ?? 0));
    compact(this.state.log, Math.min(this.state.commit, Math.max(known, this.state.commit - KEPT_ENTRIES)));
    for (const peer of peers) {
      compact(peer.state.log, Math.min(peer.state.commit, this.state.log.base));
    }
  }

  /** Once for the whole cluster after a restart of the practice process, by whoever leads it. */
  #giveBackTime(): void {
    const ms = this.#lostMs;
    this.#lostMs = 0;
    if (ms > 0) {
      const operation = { kind: 'extend', ms, now: this.kernel.timeline.now() } as const;
      this.#acceptOwn({ kind: 'store', operation });
    }
  }

  #stepDown(): void {
    if (this.role === 'leader' && !this.leadsQuorum) {
      this.logRaft(`${this.id} stepped down to follower since quorum is not active`);
      this.standDown();
      this.review();
    }
  }

  /** It leads no more, and knows of nobody who does. */
  standDown(): void {
    this.role = 'follower';
    this.#loseLeader();
  }

  /** An append from the leader. Answers up to where the logs agree now; undefined when this member knows a later term. */
  follow(leader: Member): number | undefined {
    if (leader.state.term < this.state.term) {
      return undefined;
    }
    if (this.leaderId !== leader.id || this.state.term !== leader.state.term) {
      this.#adopt(leader);
    }
    const mine = this.state.log;
    const theirs = leader.state.log;
    const last = lastIndex(theirs);
    const newest = theirs.entries.at(-1);
    if (newest !== undefined && lastIndex(mine) === last - 1 && termAt(mine, last - 1) === termAt(theirs, last - 1)) {
      mine.entries.push(newest); // As a rule one entry is missing, the one that was just accepted.
      return last;
    }
    const match = matchingIndex(theirs, mine);
    if (match === undefined) {
      this.#installSnapshot(leader);
    } else if (match < lastIndex(theirs) || match < lastIndex(mine)) {
      replaceAfter(mine, match, theirs.entries.slice(match - theirs.base));
    }
    return lastIndex(mine);
  }

  #adopt(leader: Member): void {
    this.#election.disarm();
    this.#lostMs = 0;
    this.state.term = leader.state.term;
    this.role = 'follower';
    this.reportedRole = 'follower';
    this.leaderId = leader.id;
    this.state.leader = leader.id;
    this.leaderSince = this.kernel.timeline.now();
    this.leaderChanges += 1;
    this.logRaft(`raft.node: ${this.id} elected leader ${leader.id} at term ${this.state.term}`);
    this.proposals.leaderFound();
  }

  #installSnapshot(leader: Member): void {
    const { log, commit, store, members, removed, clusterId } = structuredClone(leader.state);
    Object.assign(this.state.store, store);
    Object.assign(this.state, { log, commit, members, removed, clusterId });
    this.machine.replaceBy(leader.machine);
    this.callbacks.log(`etcdserver: applied snapshot at index ${commit}`);
    this.world.changed();
  }

  #loseLeader(): void {
    this.#isEarly = false;
    this.leaderId = undefined;
    delete this.state.leader;
  }

  #campaign(): void {
    if (this.role === 'leader' || this.liveLeader !== undefined || !this.callbacks.saves()) {
      return;
    }
    this.#loseLeader();
    this.logRaft(`${this.id} is starting a new election at term ${this.state.term}`);
    const votes = 1 + this.peers.filter((peer) => peer.#grants(this)).length;
    if (this.state.members[this.id] !== undefined && votes >= majorityOf(this.state.members)) {
      this.#lead();
    } else if (this.peers.length + 1 >= majorityOf(this.state.members)) {
      // Asks again in a while.
      this.#election.repeat(1.5 * ELECTION_MS, () => {
        this.#election.disarm();
        this.review();
      });
    } else {
      this.#vain.start();
    }
  }

  #grants(candidate: Member): boolean {
    const isFree = this.liveLeader === undefined && this.role !== 'leader';
    return isFree && isUpToDate(candidate.state.log, this.state.log) && this.callbacks.saves();
  }

  #lead(): void {
    this.state.term = Math.max(this.state.term, ...this.peers.map((peer) => peer.state.term)) + 1 + this.#vain.count;
    this.role = 'leader';
    this.reportedRole = 'leader';
    this.leaderId = this.id;
    this.leaderSince = this.kernel.timeline.now();
    this.leaderChanges += 1;
    this.#match.clear();
    this.logRaft(`${this.id} became leader at term ${this.state.term}`);
    this.state.leader = this.id;
    this.#acceptOwn({ kind: 'noop' });
    this.#giveBackTime();
    this.proposals.leaderFound();
  }

  #commitTo(index: number): void {
    while (this.state.commit < index) {
      const entry = entryAt(this.state.log, this.state.commit + 1);
      if (entry === undefined) {
        return;
      }
      this.state.commit += 1;
      this.#apply(entry);
    }
  }

  #apply(entry: LogEntry): void {
    const waiter = entry.from === this.id ? this.proposals.take(entry.sequence) : undefined;
    this.state.at = this.kernel.timeline.now();
    try {
      const event = this.#perform(entry.operation);
      waiter?.resolve(event?.());
    } catch (error) {
      waiter?.reject(error);
    }
    this.#save(entry.operation);
  }

  #save(operation: RaftOperation): void {
    if (!isFleeting(operation)) {
      this.kernel.state.changed(`etcd/${this.host.dropletId}`);
    }
  }

  #perform(operation: RaftOperation): (() => EtcdEvent) | undefined {
    if (operation.kind === 'store' || operation.kind === 'accounts') {
      return this.machine.apply(operation);
    }
    if (operation.kind !== 'noop') {
      this.#changeMembers(operation);
    }
    return undefined;
  }

  #changeMembers(change: MembershipChange): void {
    changeMembers(this.state, change);
    if (change.kind === 'removeMember' && change.id === this.id) {
      queueMicrotask(() => this.callbacks.removed());
    }
    this.machine.changeMembers(change.kind);
    this.world.changed();
  }
}
