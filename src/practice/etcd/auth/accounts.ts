import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { EtcdEvent } from '../api';
import { EtcdError } from '../errors';
import type { Member } from '../member';
import type { StoreOperation } from '../store';
import { hashPassword } from './passwords';
import {
  AccountError,
  changePatterns,
  changeRoles,
  GUEST,
  guestRole,
  ROOT,
  rootRole,
  storedRole,
  storedUser,
  withRootRole,
  type Role,
  type RoleRequest,
  type User,
  type UserRequest,
} from './records';

const HOME = '/2';
const DIRECTORIES = [HOME, `${HOME}/users`, `${HOME}/roles`];
const ENABLED = `${HOME}/enabled`;

/** The users and roles of a cluster, as one member sees and changes them (etcd 3.4, etcdserver/api/v2auth). */
export class Accounts {
  #areDirectoriesThere = false;

  constructor(private readonly member: Member) {}

  get isEnabled(): boolean {
    return this.member.machine.accounts.peek(ENABLED, this.#now)?.value === 'true';
  }

  userNames(): string[] {
    return this.#names('users');
  }

  /** The root role is there without having been made. */
  roleNames(): string[] {
    return [ROOT, ...this.#names('roles')].sort();
  }

  /** @throws AccountError */
  user(name: string): User {
    return readUser(name, this.member.machine.accounts.peek(`${HOME}/users/${name}`, this.#now)?.value);
  }

  /** @throws AccountError */
  role(name: string): Role {
    return readRole(name, this.member.machine.accounts.peek(`${HOME}/roles/${name}`, this.#now)?.value);
  }

  /** Makes the user or, if there is one already, changes the password. @throws AccountError, EtcdError */
  async putUser(asked: UserRequest): Promise<{ user: User; isNew: boolean }> {
    const known = await this.#surely(() => this.#readUser(asked.user));
    return known === undefined
      ? { user: await this.createUser(asked), isNew: true }
      : { user: await this.updateUser(asked), isNew: false };
  }

  /** @throws AccountError, EtcdError */
  async createUser(asked: UserRequest): Promise<User> {
    const { user, roles } = asked;
    if (asked.password === '') {
      throw new AccountError(400, `Cannot create user ${user} with an empty password`);
    }
    const made = withRootRole({ user, password: this.#hash(asked.password), roles });
    await this.#write(`users/${user}`, made, false).catch(when(105, 409, `User ${user} already exists.`));
    this.#log(`created user ${user}`);
    return made;
  }

  /** @throws AccountError, EtcdError */
  async updateUser(asked: UserRequest): Promise<User> {
    const before = await this.#readUser(asked.user);
    const password = asked.password === '' ? before.password : this.#hash(asked.password);
    const after = { user: before.user, password, roles: this.#logged(() => changeRoles(before, asked)) };
    if (isDeepStrictEqual(before, after)) {
      throw new AccountError(400, 'User not updated. Use grant/revoke/password to update the user.');
    }
    await this.#write(`users/${asked.user}`, after, true);
    this.#log(`updated user ${asked.user}`);
    return after;
  }

  /** @throws AccountError, EtcdError */
  async deleteUser(name: string): Promise<void> {
    if (this.isEnabled && name === ROOT) {
      throw new AccountError(403, 'Cannot delete root user while auth is enabled.');
    }
    await this.#remove(`users/${name}`).catch(when(100, 404, `User ${name} does not exist`));
    this.#log(`deleted user ${name}`);
  }

  /** @throws AccountError, EtcdError */
  async createRole(role: Role): Promise<void> {
    refuseRoot(role.role);
    await this.#write(`roles/${role.role}`, role, false).catch(when(105, 409, `Role ${role.role} already exists.`));
    this.#log(`created new role ${role.role}`);
  }

  /** @throws AccountError, EtcdError */
  async updateRole(asked: RoleRequest): Promise<Role> {
    refuseRoot(asked.role);
    const path = `${HOME}/roles/${asked.role}`;
    const before = readRole(asked.role, await this.#value(path));
    const after = {
      role: before.role,
      permissions: { kv: changePatterns(before.permissions.kv, asked.grant.kv, asked.revoke.kv) },
    };
    if (isDeepStrictEqual(before, after)) {
      throw new AccountError(400, 'Role not updated. Use grant/revoke to update the role.');
    }
    await this.#write(`roles/${asked.role}`, after, true);
    this.#log(`updated role ${asked.role}`);
    return after;
  }

  /** @throws AccountError, EtcdError */
  async deleteRole(name: string): Promise<void> {
    refuseRoot(name);
    await this.#remove(`roles/${name}`).catch(when(100, 404, `Role ${name} doesn't exist.`));
    this.#log(`deleted role ${name}`);
  }

  /** From now on everybody else is a guest, who may do everything until that is revoked. @throws AccountError, EtcdError */
  async enable(): Promise<void> {
    if (this.isEnabled) {
      throw new AccountError(409, 'already enabled');
    }
    if ((await this.#surely(() => this.#readUser(ROOT))) === undefined) {
      throw new AccountError(409, 'No root user available, please create one');
    }
    const guest = await this.#surely(() => this.#value(`${HOME}/roles/${GUEST}`));
    if (guest === undefined) {
      this.#log('no guest role access found, creating default');
      await this.createRole(guestRole);
    }
    await this.#write('enabled', true, true);
    this.#log('auth: enabled auth');
  }

  /** @throws AccountError, EtcdError */
  async disable(): Promise<void> {
    if (!this.isEnabled) {
      throw new AccountError(409, 'already disabled');
    }
    await this.#write('enabled', false, true);
    this.#log('auth: disabled auth');
  }

  get #now(): number {
    return this.member.kernel.timeline.now();
  }

  #hash(password: string): string {
    return hashPassword(password, this.member.kernel.random);
  }

  #names(kind: 'users' | 'roles'): string[] {
    const nodes = this.member.machine.accounts.peek(`${HOME}/${kind}`, this.#now)?.nodes ?? [];
    return nodes.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)).sort();
  }

  /** Asks the majority. @throws AccountError, EtcdError */
  async #readUser(name: string): Promise<User> {
    return readUser(name, await this.#value(`${HOME}/users/${name}`));
  }

  async #value(key: string): Promise<string | undefined> {
    try {
      return (await this.#propose({ kind: 'get', key, now: this.#now }))?.node.value;
    } catch (error) {
      if (error instanceof EtcdError && error.code === 100) return undefined;
      throw error;
    }
  }

  /** Whatever goes wrong, etcd takes it for "is not there" here. */
  async #surely<T>(read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof AccountError || error instanceof EtcdError) return undefined;
      throw error;
    }
  }

  async #write(name: string, value: unknown, prevExist: boolean): Promise<void> {
    await this.#makeDirectories();
    const content = { value: JSON.stringify(value), prevExist };
    await this.#propose({ kind: 'put', key: `${HOME}/${name}`, now: this.#now, ...content });
  }

  async #remove(name: string): Promise<void> {
    await this.#makeDirectories();
    await this.#propose({ kind: 'delete', key: `${HOME}/${name}`, now: this.#now });
  }

  /** Once in a member's life: each directory is an event, as anywhere. */
  async #makeDirectories(): Promise<void> {
    if (this.#areDirectoriesThere) {
      return;
    }
    const makings: StoreOperation[] = [
      ...DIRECTORIES.map((key) => ({ kind: 'put', key, now: this.#now, dir: true, prevExist: false }) as const),
      { kind: 'put', key: ENABLED, now: this.#now, value: 'false', prevExist: false },
    ];
    for (const making of makings) {
      await this.#propose(making).catch(unless(105));
    }
    this.#areDirectoriesThere = true;
  }

  async #propose(operation: StoreOperation): Promise<EtcdEvent | undefined> {
    return await this.member.propose({ kind: 'accounts', operation });
  }

  /** What is refused here stands in the journal too, in lower case. */
  #logged<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (error instanceof AccountError) this.#log(error.message.replace(/^auth: (.)/, (_, first) => lower(first)));
      throw error;
    }
  }

  #log(text: string): void {
    this.member.callbacks.log(`etcdserver/auth: ${text}`);
  }
}

const lower = (text: unknown): string => String(text).toLowerCase();

function readUser(name: string, text: string | undefined): User {
  if (text === undefined) {
    throw new AccountError(404, `User ${name} does not exist.`);
  }
  return withRootRole(v.parse(storedUser, JSON.parse(text)));
}

function readRole(name: string, text: string | undefined): Role {
  if (name === ROOT) {
    return rootRole;
  }
  if (text === undefined) {
    throw new AccountError(404, `Role ${name} does not exist.`);
  }
  return v.parse(storedRole, JSON.parse(text));
}

function refuseRoot(name: string): void {
  if (name === ROOT) {
    throw new AccountError(403, `Cannot modify role ${name}: is root role.`);
  }
}

/** Turns an error of the store into what it means here. */
const when =
  (code: number, status: number, problem: string) =>
  (error: unknown): never => {
    throw error instanceof EtcdError && error.code === code ? new AccountError(status, problem) : error;
  };

const unless =
  (code: number) =>
  (error: unknown): undefined => {
    if (error instanceof EtcdError && error.code === code) return undefined;
    throw error;
  };
