import * as v from 'valibot';
import type { EtcdMember } from '../ports';
import { badReply, parseReply } from './reply';

const member = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.regex(/^[0-9a-f]{1,16}$/, 'not a member id')),
    /** Empty while a member that was added has not started yet. */
    name: v.optional(v.string(), ''),
    peerURLs: v.nullish(v.array(v.string()), []),
    clientURLs: v.nullish(v.array(v.string()), []),
  }),
  v.transform((m): EtcdMember => ({ id: m.id, name: m.name, peerUrls: m.peerURLs, clientUrls: m.clientURLs })),
);

/** `GET /v2/members`: the configured members, dead ones included. */
export function parseMembers(body: string): EtcdMember[] {
  const schema = v.object({ members: v.nullish(v.array(member), []) });
  return parseReply(schema, body, "etcd's list of members").members;
}

/** `GET /health`: `{"health":"true"}`, a string; newer versions write a boolean. */
export function parseHealth(body: string): boolean {
  const schema = v.object({ health: v.union([v.boolean(), v.picklist(['true', 'false'])]) });
  const { health } = parseReply(schema, body, "etcd's health page");
  return health === true || health === 'true';
}

export interface EtcdSelf {
  readonly id: string;
  readonly name: string;
  readonly isLeader: boolean;
}

/** `GET /v2/stats/self`. A member without quorum may still call itself leader (traces/no-quorum/etcd-stats-self.json). */
export function parseSelf(body: string): EtcdSelf {
  const schema = v.object({ id: v.string(), name: v.string(), state: v.string() });
  const { id, name, state } = parseReply(schema, body, "etcd's statistics");
  return { id, name, isLeader: state === 'StateLeader' };
}

/** `GET /v2/keys/…` of one value. */
export function parseKeyValue(body: string): string {
  const schema = v.object({ node: v.object({ value: v.optional(v.string()), dir: v.optional(v.boolean(), false) }) });
  const { node } = parseReply(schema, body, "etcd's key");
  if (node.dir || node.value === undefined) {
    throw badReply("etcd's key", 'it is a folder, not a value');
  }
  return node.value;
}

export interface EtcdErrorBody {
  /** 100 key not found, 101 compare failed, 105 exists, 300 no quorum, 401 the event index is cleared. */
  readonly code?: number;
  readonly message: string;
}

/** An error body: `{"errorCode":…,"message":…,"cause":…}` of the key space, `{"message":…}` of the other pages. */
export function parseEtcdError(body: string): EtcdErrorBody | undefined {
  const schema = v.object({
    errorCode: v.optional(v.number()),
    message: v.string(),
    cause: v.optional(v.string(), ''),
  });
  try {
    const { errorCode, message, cause } = parseReply(schema, body, 'etcd');
    return {
      ...(errorCode === undefined ? {} : { code: errorCode }),
      message: cause === '' ? message : `${message} (${cause})`,
    };
  } catch {
    return undefined; // A plain text error page: the status says enough.
  }
}
