import type { Member } from '../member';
import { isPassword } from './passwords';
import { AccountError, allows, GUEST, ROOT, type User } from './records';

/** Who asks: a name with a password, nobody, or something that is neither. */
export type Credentials = { readonly user: string; readonly password: string } | 'malformed' | undefined;

export interface KeyAccess {
  /** As the client wrote it. */
  readonly key: string;
  readonly isWrite: boolean;
  readonly isRecursive: boolean;
}

/** What an `Authorization` header says (RFC 7617). */
export function readCredentials(header: string | undefined): Credentials {
  if (header === undefined || header === '') {
    return undefined;
  }
  const encoded = /^basic (.*)$/i.exec(header)?.[1];
  const text = encoded === undefined ? '' : Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? 'malformed' : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Whether whoever asks may touch a key (etcd 3.4, `hasKeyPrefixAccess`): everybody, until access control is on. */
export function mayTouch(member: Member, credentials: Credentials, asked: KeyAccess): boolean {
  const { accounts } = member;
  if (!accounts.isEnabled) {
    return true;
  }
  const refuse = (why: string): boolean => refused(member, why);
  if (credentials === undefined) {
    // A guest's look at all keys below one is taken for a look at that one.
    const guest = existing(() => accounts.role(GUEST));
    if (guest === undefined) return false;
    const isAllowed = allows(guest, { ...asked, isRecursive: false });
    return isAllowed || refuse(`invalid access for unauthenticated user on resource ${asked.key}.`);
  }
  if (credentials === 'malformed') {
    return refuse('malformed basic auth encoding');
  }
  const user = knownUser(member, credentials);
  if (user === undefined) {
    return false;
  }
  const roles = (user.roles ?? []).map((name) => existing(() => accounts.role(name)));
  const isAllowed = roles.some((role) => role !== undefined && allows(role, asked));
  return isAllowed || refuse(`invalid access for user ${user.user} on key ${asked.key}.`);
}

/** Whether whoever asks may change members, users and roles (etcd 3.4, `hasRootAccess`). */
export function isRoot(member: Member, credentials: Credentials, resource: string): boolean {
  if (!member.accounts.isEnabled) {
    return true;
  }
  if (credentials === undefined || credentials === 'malformed') {
    return refused(member, 'malformed basic auth encoding');
  }
  const user = knownUser(member, credentials);
  if (user === undefined || (user.roles ?? []).includes(ROOT)) {
    return user !== undefined;
  }
  return refused(member, `user ${user.user} does not have the root role for resource ${resource}.`);
}

function knownUser(
  member: Member,
  { user: name, password }: Exclude<Credentials, string | undefined>,
): User | undefined {
  const user = existing(() => member.accounts.user(name));
  if (user === undefined || isPassword(password, user.password)) {
    return user;
  }
  refused(member, `incorrect password for user: ${name}`);
  return undefined;
}

function existing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AccountError) return undefined;
    throw error;
  }
}

function refused(member: Member, why: string): false {
  member.callbacks.log(`etcdserver/api/v2http: auth: ${why}`);
  return false;
}
