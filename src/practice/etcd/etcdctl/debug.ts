import type { Cancel } from '../../kernel';
import type { EtcdClient, EtcdEvent, EtcdNode, EtcdWrite } from '../api';
import { escapePath } from '../http/target';
import type { Member } from '../member';
import { sortedMembers } from '../memberState';

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** What `--debug` tells before a command asks anything: whom it knows of (etcd 3.4, `newClient`). Answers whom it will ask. */
export function sayEndpoints(
  say: (line: string) => void,
  cluster: { readonly endpoints: readonly string[]; readonly member: Member; readonly isSynced: boolean },
): string {
  const { endpoints, member, isSynced } = cluster;
  const known = sortedMembers(member.state.members).flatMap(({ clientUrls }) => clientUrls);
  if (isSynced) {
    say(`start to sync cluster using endpoints(${endpoints.join(',')})`);
    say(`cURL Command: curl -X GET ${endpoints[0] ?? ''}/v2/members`);
    say(`got endpoints(${known.join(',')}) after sync`);
  }
  const used = isSynced ? known : endpoints;
  say(`Cluster-Endpoints: ${used.join(', ')}`);
  return used[0] ?? '';
}

/** Tells each request as a command line of curl, and makes it. */
export class DebugClient implements EtcdClient {
  constructor(
    private readonly inner: EtcdClient,
    private readonly endpoint: string,
    private readonly say: (line: string) => void,
  ) {}

  get index(): number {
    return this.inner.index;
  }

  get hasQuorum(): boolean {
    return this.inner.hasQuorum;
  }

  async get(
    key: string,
    options: { recursive?: boolean; sorted?: boolean; quorum?: boolean } = {},
  ): Promise<EtcdEvent> {
    const { quorum = false, recursive = false, sorted = false } = options;
    this.#tell('GET', key, { quorum, recursive, sorted });
    return await this.inner.get(key, options);
  }

  peek(key: string): EtcdNode | undefined {
    return this.inner.peek(key);
  }

  async set(key: string, write: EtcdWrite): Promise<EtcdEvent> {
    const { dir, prevExist, prevIndex, prevValue } = write;
    this.#tell('PUT', key, { dir, prevExist, prevIndex, prevValue }, formOf(write));
    return await this.inner.set(key, write);
  }

  async createInOrder(key: string, write: EtcdWrite): Promise<EtcdEvent> {
    this.#tell('POST', key, {}, formOf(write));
    return await this.inner.createInOrder(key, write);
  }

  async delete(
    key: string,
    options: { recursive?: boolean; dir?: boolean; prevValue?: string; prevIndex?: number } = {},
  ): Promise<EtcdEvent> {
    const { dir, prevIndex, prevValue, recursive } = options;
    this.#tell('DELETE', key, {
      ...{ dir: dir === true ? true : undefined, prevIndex, prevValue },
      recursive: recursive === true ? true : undefined,
    });
    return await this.inner.delete(key, options);
  }

  watch(prefix: string, listener: (event: EtcdEvent) => void): Cancel {
    return this.inner.watch(prefix, listener);
  }

  #tell(method: string, key: string, asked: Parameters, form?: string): void {
    const query = encode(asked);
    const url = `${this.endpoint}/v2/keys${escapePath(key)}${query === '' ? '' : `?${query}`}`;
    this.say(`cURL Command: curl -X ${method} ${url}${form === undefined ? '' : ` -d "${form}"`}`);
  }
}

const formOf = ({ dir, value, ttlSeconds }: EtcdWrite): string =>
  encode({ ttl: ttlSeconds, value: dir === true ? undefined : value });

function encode(fields: Parameters): string {
  const encoded = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) encoded.append(name, String(value));
  }
  return encoded.toString();
}
