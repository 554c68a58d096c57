import type { EtcdEvent } from './api';
import { History } from './history';
import type { MemberState } from './memberState';
import type { MembershipChange, RaftOperation } from './raftLog';
import { StoreStatistics } from './statistics';
import { Store, type StoreOperation } from './store';
import { accountsOf } from './tree';

/** What a member's log makes of its copy: the keys, the users and roles beside them, what it remembers and what it counts. */
export class StateMachine {
  readonly store: Store;
  /** Users and roles: a tree of its own that no client of the keys sees, on the same index (v2store, `/2`). */
  readonly accounts: Store;
  history: History;
  readonly statistics: StoreStatistics;

  /** With what the member remembered when it ended: on its disk lies the log, and reading that anew makes the same of it. */
  constructor(
    private readonly state: MemberState,
    before?: StateMachine,
  ) {
    // A member that was just founded knows the events that made it; one whose past is lost has only its copy.
    const isFounded = state.commit <= Object.keys(state.members).length;
    this.history = before === undefined ? new History(isFounded ? 0 : state.store.index) : before.history.copy();
    this.statistics = new StoreStatistics(before?.statistics);
    this.store = new Store(state.store, (applied) => this.history.add(applied));
    this.accounts = new Store(accountsOf(state.store), ({ index }) => this.history.skip(index));
  }

  /** Answers what may be asked for the event. @throws EtcdError */
  apply(operation: Extract<RaftOperation, { kind: 'store' | 'accounts' }>): (() => EtcdEvent) | undefined {
    const store = operation.kind === 'store' ? this.store : this.accounts;
    return this.statistics.count(operation.operation, () => store.apply(operation.operation));
  }

  /** A read of this copy alone, which stands in no log. @throws EtcdError */
  read(operation: Extract<StoreOperation, { kind: 'get' }>): EtcdEvent {
    return this.statistics.countRead(() => this.store.get(operation.key, operation, operation.now));
  }

  /** Members stand in the store too: what happens to them raises the index and is counted. */
  changeMembers(kind: MembershipChange['kind']): void {
    this.state.store.index += 1;
    this.statistics.countMembership(kind);
    this.history.skip(this.state.store.index);
  }

  /** Everything is as the leader's snapshot has it, which holds the last events too. Who waits goes on waiting. */
  replaceBy(leader: StateMachine): void {
    this.store.replaced();
    this.accounts.replaced();
    this.history.take(leader.history);
  }
}
