import * as v from 'valibot';

/** Users and roles as they stand in etcd's own store (etcd 3.4, etcdserver/api/v2auth). */
export interface User {
  readonly user: string;
  /** What is kept of the password. */
  readonly password: string;
  /** Null for one who was made without a word about roles. */
  readonly roles: readonly string[] | null;
}

export interface KeyPatterns {
  readonly read: readonly string[] | null;
  readonly write: readonly string[] | null;
}

export interface Role {
  readonly role: string;
  readonly permissions: { readonly kv: KeyPatterns };
}

export const ROOT = 'root';
export const GUEST = 'guest';

const EVERYTHING = { kv: { read: ['/*'], write: ['/*'] } };
export const rootRole: Role = { role: ROOT, permissions: EVERYTHING };
export const guestRole: Role = { role: GUEST, permissions: EVERYTHING };

/** What etcd refuses to do with users and roles: the answer's status and its words. */
export class AccountError extends Error {
  override readonly name = 'AccountError';

  constructor(
    readonly status: number,
    problem: string,
  ) {
    super(`auth: ${problem}`);
  }
}

/** Go leaves out what is null or not there. */
const names = v.nullish(v.array(v.string()), null);
const someNames = v.nullish(v.array(v.string()), []);
const NOTHING: KeyPatterns = { read: null, write: null };
const patterns = v.nullish(v.object({ kv: v.nullish(v.object({ read: names, write: names }), NOTHING) }), {
  kv: NOTHING,
});

/** What a client sends to make or change a user. */
export const userRequest = v.object({
  user: v.nullish(v.string(), ''),
  password: v.nullish(v.string(), ''),
  roles: names,
  grant: someNames,
  revoke: someNames,
});
export type UserRequest = v.InferOutput<typeof userRequest>;

export const roleRequest = v.object({
  role: v.nullish(v.string(), ''),
  permissions: patterns,
  grant: patterns,
  revoke: patterns,
});
export interface RoleRequest extends Role {
  readonly grant: Role['permissions'];
  readonly revoke: Role['permissions'];
}

export const storedUser = v.object({ user: v.string(), password: v.string(), roles: names });
export const storedRole = v.object({
  role: v.string(),
  permissions: v.object({ kv: v.object({ read: names, write: names }) }),
});

export const isEmpty = ({ read, write }: KeyPatterns): boolean => (read ?? []).length + (write ?? []).length === 0;

/** The root user has the root role, whatever is written. */
export const withRootRole = (user: User): User =>
  user.user === ROOT && user.roles?.includes(ROOT) !== true ? { ...user, roles: [...(user.roles ?? []), ROOT] } : user;

/** @throws AccountError when a role is granted twice, or one is revoked that is not there */
export function changeRoles(user: User, asked: Pick<UserRequest, 'grant' | 'revoke'>): readonly string[] {
  const roles = new Set(user.roles);
  for (const role of asked.grant) {
    if (roles.has(role)) {
      throw new AccountError(409, `Granting duplicate role ${role} for user ${user.user}`);
    }
    roles.add(role);
  }
  for (const role of asked.revoke) {
    if (!roles.delete(role)) {
      throw new AccountError(409, `Revoking ungranted role ${role} for user ${user.user}`);
    }
  }
  return [...roles].sort();
}

/** @throws AccountError when a pattern is granted twice; one that is revoked need not be there */
export function changePatterns(before: KeyPatterns, grant: KeyPatterns, revoke: KeyPatterns): KeyPatterns {
  const change = (kind: 'read' | 'write'): string[] => {
    const patternsOfKind = new Set(before[kind]);
    for (const pattern of grant[kind] ?? []) {
      if (patternsOfKind.has(pattern)) {
        throw new AccountError(409, `Granting duplicate ${kind} permission ${pattern}`);
      }
      patternsOfKind.add(pattern);
    }
    for (const pattern of revoke[kind] ?? []) patternsOfKind.delete(pattern);
    return [...patternsOfKind].sort();
  };
  return isEmpty(grant) && isEmpty(revoke) ? before : { read: change('read'), write: change('write') };
}

/** Whether a role lets at a key; what it says of all keys below one counts for a look at all of them. */
export function allows(role: Role, asked: { key: string; isWrite: boolean; isRecursive: boolean }): boolean {
  const list = (asked.isWrite ? role.permissions.kv.write : role.permissions.kv.read) ?? [];
  return (
    role.role === ROOT ||
    list.some((pattern) =>
      pattern.endsWith('*') ? asked.key.startsWith(pattern.slice(0, -1)) : !asked.isRecursive && asked.key === pattern,
    )
  );
}
