import { goJson } from '../network/goJson';

/** etcd's v2 error codes with their messages (etcd 2.3/3.4, etcdserver/api/v2error). */
const MESSAGES = {
  100: 'Key not found',
  101: 'Compare failed',
  102: 'Not a file',
  104: 'Not a directory',
  105: 'Key already exists',
  107: 'Root is read only',
  108: 'Directory not empty',
  110: 'The request requires user authentication',
  201: 'PrevValue is Required in POST form',
  202: 'The given TTL in POST form is not a number',
  203: 'The given index in POST form is not a number',
  205: 'The given timeout in POST form is not a number',
  209: 'Invalid field',
  210: 'Invalid POST form',
  211: 'Value provided on refresh',
  212: 'A TTL must be provided on refresh',
  300: 'Raft Internal Error',
  301: 'During Leader Election',
  400: 'watcher is cleared due to etcd recovery',
  401: 'The event in requested index is outdated and cleared',
} as const;

export type EtcdErrorCode = keyof typeof MESSAGES;

const STATUS: Partial<Record<EtcdErrorCode, number>> = {
  100: 404,
  101: 412,
  102: 403,
  105: 412,
  108: 403,
  110: 401,
  300: 500,
  301: 500,
};

/** An answer of etcd that is an error: what the HTTP body says, and what the clients print. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';

  constructor(
    readonly code: EtcdErrorCode,
    override readonly cause: string,
    readonly index: number,
  ) {
    super(MESSAGES[code]);
  }

  get status(): number {
    return STATUS[this.code] ?? 400;
  }

  /** The body of the answer, keys in etcd's order. */
  get body(): string {
    return goJson({ errorCode: this.code, message: this.message, cause: this.cause, index: this.index });
  }

  /** As Go's clients print it: `100: Key not found (/nosuch) [4041]`. */
  describe(): string {
    return `${this.code}: ${this.message} (${this.cause}) [${this.index}]`;
  }
}

/** Without a majority a proposal is given up after 7 s: 5 s and twice the election time-out (the recorded traces, no-quorum/). */
export const PROPOSAL_TIMEOUT_MS = 7_000;

export function timedOut(): EtcdError {
  return new EtcdError(300, 'etcdserver: request timed out', 0);
}

/** Access control is on, and whoever asks may not. */
export function unauthorised(): EtcdError {
  return new EtcdError(110, 'Insufficient credentials', 0);
}
