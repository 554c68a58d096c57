/** The arithmetic of the guide. Counts configured members, dead ones included; proxies count for nothing (etcd admin guide). */

/** Members that must be up for a write: ⌊n / 2⌋ + 1. */
export const quorumSize = (members: number): number => Math.floor(members / 2) + 1;

/** How many members may fail before writes stop: ⌊(n − 1) / 2⌋. */
export const failureTolerance = (members: number): number => Math.max(0, Math.ceil(members / 2) - 1);

/** How many more may fail now; negative when quorum is already lost. */
export const remainingTolerance = (members: number, up: number): number => up - quorumSize(members);
