import type { StoreOperation } from './store';

export interface MemberInfo {
  readonly id: string;
  readonly name: string;
  readonly peerUrls: readonly string[];
  readonly clientUrls: readonly string[];
}

export type MembershipChange =
  | { readonly kind: 'addMember'; readonly member: MemberInfo }
  | { readonly kind: 'updateMember'; readonly id: string; readonly peerUrls: readonly string[] }
  | { readonly kind: 'publish'; readonly member: MemberInfo }
  | { readonly kind: 'removeMember'; readonly id: string };

export type RaftOperation =
  | { readonly kind: 'store'; readonly operation: StoreOperation }
  | { readonly kind: 'accounts'; readonly operation: StoreOperation }
  | MembershipChange
  | { readonly kind: 'noop' };

export interface LogEntry {
  readonly term: number;
  /** The proposal this entry stands for: the member that proposed it and its own count, so that it knows its answer. */
  readonly from: string;
  readonly sequence: number;
  readonly operation: RaftOperation;
}

/** Plain data: lies in the state file. Entries up to `base` are in the store alone. */
export interface LogState {
  base: number;
  baseTerm: number;
  entries: LogEntry[];
}

export const lastIndex = (log: LogState): number => log.base + log.entries.length;

/** The term of an entry; undefined when the log does not hold it (any more). */
export function termAt(log: LogState, index: number): number | undefined {
  return index === log.base ? log.baseTerm : log.entries[index - log.base - 1]?.term;
}

export const lastTerm = (log: LogState): number => termAt(log, lastIndex(log)) ?? 0;

export const entryAt = (log: LogState, index: number): LogEntry | undefined => log.entries[index - log.base - 1];

/** Whether `candidate` may lead the owner of `voter`: raft's rule of the more up-to-date log. */
export function isUpToDate(candidate: LogState, voter: LogState): boolean {
  const [mine, theirs] = [lastTerm(candidate), lastTerm(voter)];
  return mine > theirs || (mine === theirs && lastIndex(candidate) >= lastIndex(voter));
}

/** Forgets entries up to `index`. */
export function compact(log: LogState, index: number): void {
  const term = termAt(log, index);
  if (term === undefined || index <= log.base) {
    return;
  }
  log.entries.splice(0, index - log.base);
  log.base = index;
  log.baseTerm = term;
}

/** The last position at which both logs hold the same entry; undefined when the leader no longer has what the follower lacks. */
export function matchingIndex(leader: LogState, follower: LogState): number | undefined {
  let index = Math.min(lastIndex(leader), lastIndex(follower));
  while (index >= leader.base && index >= follower.base) {
    if (termAt(leader, index) === termAt(follower, index)) {
      return index;
    }
    index -= 1;
  }
  // What the follower has compacted is committed, so the leader has it too, unless the leader's log starts later.
  return follower.base >= leader.base && follower.base <= lastIndex(leader) ? follower.base : undefined;
}

export function replaceAfter(log: LogState, index: number, entries: readonly LogEntry[]): void {
  log.entries.length = Math.max(0, index - log.base);
  for (const entry of entries) log.entries.push(entry); // one by one: a member that was away can lack more than a call takes
}

/** Heartbeats: what runs out by itself need not be written to our disk at once; it goes along with the next change. */
export function isFleeting(operation: RaftOperation): boolean {
  return operation.kind === 'store' && (operation.operation.kind === 'expire' || 'expiresAt' in operation.operation);
}
