import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { ClusterError, type ErrorCode } from '../../../src/core/errors';
import type { EngineSettings } from '../../../src/core/engine';
import type { ClusterSpec } from '../../../src/core/model/cluster';
import type { Operator } from '../../../src/core/operator';
import type { SecretStore } from '../../../src/core/ports';
import { tokenSecret } from '../../../src/core/secretKeys';
import { Computer } from '../core/window';
import { at, listAt } from '../practice/support';
import { startProxy, type Meddling, type Proxy } from './proxy';
import { PRACTICE_SPEC } from '../../samples';

/** Three nodes do where the fault is not about their number: a cluster of three is there in half the time. */
export const SMALL: ClusterSpec = {
  ...PRACTICE_SPEC,
  prefix: 'small',
  instances: 3,
  routerMeshSize: 3,
  installPlatform: false,
  openPorts: false,
};

/** What an account holds that costs something or stays behind. */
export interface Holdings {
  readonly droplets: readonly string[];
  readonly keys: number;
  readonly firewalls: number;
  readonly tags: number;
}
export const NOTHING: Holdings = { droplets: [], keys: 0, firewalls: 0, tags: 0 };
export const one = (spec: ClusterSpec): Holdings => ({
  ...{ keys: 1, firewalls: 1, tags: 1 },
  droplets: Array.from({ length: spec.instances }, (_, i) => `${spec.prefix}-${i + 1}`),
});

/** A user's computer with the practice cloud that its windows have started, and a hand that breaks it. */
export class World {
  readonly computer: Computer;
  #proxy: Proxy | undefined;

  constructor(makeSecrets?: (folder: string) => SecretStore) {
    this.computer = new Computer(makeSecrets);
  }

  /** The practice process runs when this returns. */
  async open(settings: Partial<EngineSettings> = {}): Promise<Operator> {
    const operator = await this.computer.open(settings);
    await operator.choices('practice');
    return operator;
  }

  /** A window between whose calls and the cloud somebody stands; the process must run already, and not die meanwhile. */
  async openMeddled(meddling: Meddling, settings: Partial<EngineSettings> = {}): Promise<Operator> {
    await this.open(settings);
    const { pid, api } = this.#process();
    this.#proxy = await startProxy(api, meddling);
    writeFileSync(this.#processFile, JSON.stringify({ pid, api: this.#proxy.origin }));
    return await this.open();
  }

  get #processFile(): string {
    return path.join(this.computer.folder, 'practice', 'process.json');
  }

  #process(): { readonly pid: number; readonly api: string } {
    const facts: unknown = JSON.parse(readFileSync(this.#processFile, 'utf8'));
    return { pid: Number(at(facts, 'pid')), api: String(at(facts, 'api')) };
  }

  killPractice(): void {
    process.kill(this.#process().pid, 'SIGKILL');
  }

  async token(): Promise<string> {
    return (await this.computer.secrets.get(tokenSecret('practice'))) ?? '';
  }

  async call(method: string, where: string, body?: object): Promise<unknown> {
    const reply = await fetch(`${this.#process().api}${where}`, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    assert.ok(reply.ok, `${method} ${where}: ${reply.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async fault(fault: object): Promise<void> {
    await this.call('POST', '/practice/faults', fault);
  }

  async heal(): Promise<void> {
    await this.call('DELETE', '/practice/faults');
  }

  /** Gives the token other rights, or to another account: the account that had it keeps all it holds. */
  async account(name: string, change: { scopes?: readonly string[]; dropletLimit?: number } = {}): Promise<void> {
    const { scopes = ['*'], ...limits } = change;
    const others = listAt(await this.call('GET', '/practice/accounts'), 'accounts').map((known) => at(known, 'name'));
    await this.call('PUT', '/practice/accounts', [
      ...others.filter((other) => other !== name).map((other) => ({ name: other, tokens: [] })),
      { name, ...limits, tokens: [{ token: await this.token(), scopes }] },
    ] as object);
  }

  /** The account's name as the cloud knows it. */
  async ownAccount(): Promise<string> {
    return String(at(await this.call('GET', '/practice/accounts'), 'accounts.0.name'));
  }

  /** Nobody knows the token any more. */
  async revoke(): Promise<void> {
    await this.call('PUT', '/practice/accounts', [{ name: await this.ownAccount(), tokens: [] }] as object);
  }

  async holdings(): Promise<Holdings> {
    const list = async (where: string, key: string): Promise<readonly unknown[]> =>
      listAt(await this.call('GET', `/v2/${where}?per_page=200`), key);
    return {
      droplets: (await list('droplets', 'droplets')).map((droplet) => String(at(droplet, 'name'))).sort(),
      keys: (await list('account/keys', 'ssh_keys')).length,
      firewalls: (await list('firewalls', 'firewalls')).length,
      tags: (await list('tags', 'tags')).length,
    };
  }

  async dropletId(name: string): Promise<number> {
    const droplets = listAt(await this.call('GET', '/v2/droplets?per_page=200'), 'droplets');
    return Number(
      at(
        droplets.find((droplet) => at(droplet, 'name') === name),
        'id',
      ),
    );
  }

  async dispose(): Promise<void> {
    this.#proxy?.close();
    await this.computer.dispose();
  }
}

/** What the user reads: a code to branch on, the words that name the thing, and something to do next. */
export async function failure(work: Promise<unknown>): Promise<ClusterError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(ClusterError.is(error), `not foreseen: ${String(error)}`);
  assert.ok(!/undefined|\[object|NaN/.test(error.message), error.message);
  assert.ok(error.message.length < 700, error.message);
  return error;
}

export async function fails(work: Promise<unknown>, code: ErrorCode, words: RegExp): Promise<ClusterError> {
  const error = await failure(work);
  assert.deepEqual({ code: error.code, says: words.test(error.message) }, { code, says: true }, error.message);
  return error;
}

interface UserData {
  readonly coreos: { etcd2: Record<string, unknown>; units: Record<string, unknown>[] };
  readonly write_files: Record<string, unknown>[];
}

/** Changes the user data of the droplets of a prefix on their way to the cloud, and what else is asked for with them. */
export type UserDataChange = (config: UserData, request: Record<string, unknown>) => void;

export function changeUserData(
  method: string,
  where: string,
  body: unknown,
  changes: ReadonlyMap<string, UserDataChange>,
) {
  if (method !== 'POST' || where !== '/v2/droplets') return undefined;
  const request = body as Record<string, unknown>; // The window's own request.
  const change = changes.get(String(at(request, 'names.0')).replace(/-\d+$/, ''));
  if (change === undefined) return undefined;
  const config = parse(String(request['user_data']), { version: '1.1' }) as UserData;
  change(config, request);
  return { ...request, user_data: `#cloud-config\n${stringify(config, { version: '1.1', lineWidth: 0 })}` };
}
