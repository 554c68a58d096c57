import { createHash, timingSafeEqual } from 'node:crypto';
import type { Random } from '../kernel';
import type { AccountRecord } from './records';
import type { CloudStore } from './store';

export interface AccountSpec {
  readonly name: string;
  readonly email?: string | undefined;
  readonly dropletLimit?: number | undefined;
  readonly status?: AccountRecord['status'] | undefined;
  readonly statusMessage?: string | undefined;
  readonly isEmailVerified?: boolean | undefined;
  readonly tokens: readonly { readonly token: string; readonly scopes: readonly string[] }[];
}

export interface Identity {
  readonly account: AccountRecord;
  readonly scopes: readonly string[];
  /** The hash of the token: rate limits are counted by token. */
  readonly tokenHash: string;
}

/** As many droplets as DigitalOcean gave new accounts of some standing; the guide needs five. */
const DROPLET_LIMIT = 25;

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** Who may use the cloud. An account is known by its name; its uuid stays when its tokens change. */
export class Accounts {
  constructor(
    private readonly store: CloudStore,
    private readonly random: Random,
  ) {}

  get all(): readonly AccountRecord[] {
    return this.store.data.accounts;
  }

  byId(uuid: string): AccountRecord | undefined {
    return this.all.find((account) => account.uuid === uuid);
  }

  identify(token: string): Identity | undefined {
    const tokenHash = hashToken(token);
    for (const account of this.all) {
      const found = account.tokens.find((candidate) => isSame(candidate.hash, tokenHash));
      if (found !== undefined) return { account, scopes: found.scopes, tokenHash };
    }
    return undefined;
  }

  /** Makes the account or brings it to what is said; what is not said stays. */
  put(spec: AccountSpec): AccountRecord {
    const account = this.all.find((known) => known.name === spec.name) ?? this.#make(spec.name);
    account.email = spec.email ?? account.email;
    account.dropletLimit = spec.dropletLimit ?? account.dropletLimit;
    account.status = spec.status ?? account.status;
    account.statusMessage = spec.statusMessage ?? account.statusMessage;
    account.isEmailVerified = spec.isEmailVerified ?? account.isEmailVerified;
    account.tokens = spec.tokens.map(({ token, scopes }) => ({ hash: hashToken(token), scopes }));
    this.store.changed();
    return account;
  }

  #make(name: string): AccountRecord {
    const account: AccountRecord = {
      ...{ uuid: this.random.hex(40), name, email: `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '.')}@example.com` },
      ...{ isEmailVerified: true, status: 'active', statusMessage: '', dropletLimit: DROPLET_LIMIT, tokens: [] },
    };
    this.store.data.accounts.push(account);
    return account;
  }
}

/** A scope such as `droplet:create` is held by itself, by `*` and, for reading, by `read`; holding any right includes reading. */
export function hasScope(scopes: readonly string[], wanted: string): boolean {
  if (scopes.includes('*') || scopes.includes(wanted)) return true;
  const [resource, right] = wanted.split(':');
  if (right !== 'read') return false;
  return scopes.includes('read') || scopes.some((scope) => scope.startsWith(`${resource ?? ''}:`));
}
