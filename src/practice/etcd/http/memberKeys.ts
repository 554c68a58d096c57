import { mayTouch } from '../auth/access';
import { MemberClient } from '../client';
import type { Member } from '../member';
import type { KeySpace } from './keys';

/** The keys as one member of a cluster has them. */
export const keysOf = (member: Member): KeySpace => ({
  clusterId: member.state.clusterId,
  client: new MemberClient(member, () => true),
  history: member.history,
  get index() {
    return member.store.index;
  },
  get raft() {
    return { index: member.state.commit, term: member.appliedTerm };
  },
  now: () => member.kernel.timeline.now(),
  mayTouch: (credentials, asked) => mayTouch(member, credentials, asked),
});
