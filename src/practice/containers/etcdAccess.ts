import * as v from 'valibot';
import type { HostInside } from '../host/inside';

/** The part of etcd's v2 API that Deis's components use, through the node's own port 4001 (facts/coreos.md §2). */
export interface EtcdAccess {
  /** The value, or undefined when the key is not there. @throws Error when etcd does not answer. */
  get(key: string): Promise<string | undefined>;
  /** Names of the children of a directory; empty when it is not there. */
  list(key: string): Promise<string[]>;
  set(key: string, value: string, ttlSeconds?: number): Promise<void>;
  /** False when it is there already: how the components agree on who goes first. */
  create(key: string, value: string): Promise<boolean>;
  makeDirectory(key: string): Promise<void>;
}

const nodeSchema = v.object({
  key: v.optional(v.string()),
  value: v.optional(v.string()),
  nodes: v.optional(v.array(v.object({ key: v.string() }))),
});
const answerSchema = v.object({ node: v.optional(nodeSchema), errorCode: v.optional(v.number()) });

const KEY_NOT_FOUND = 100;
const ALREADY_EXISTS = 105;
const NOT_A_FILE = 102;

export function createEtcdAccess(inside: HostInside, signal: AbortSignal): EtcdAccess {
  const call = async (
    method: string,
    key: string,
    form?: Readonly<Record<string, string>>,
  ): Promise<v.InferOutput<typeof answerSchema>> => {
    const reply = await inside.kernel.fetch(inside.host, {
      url: `http://127.0.0.1:4001/v2/keys${key}`,
      method,
      headers: form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
      signal,
    });
    const answer = v.parse(answerSchema, JSON.parse(reply.body));
    const isExpected = [KEY_NOT_FOUND, ALREADY_EXISTS, NOT_A_FILE].includes(answer.errorCode ?? KEY_NOT_FOUND);
    if (reply.status >= 400 && !isExpected) {
      throw new Error(`etcd answered ${reply.status} to ${method} ${key}`);
    }
    return answer;
  };
  return {
    get: async (key) => (await call('GET', key)).node?.value,
    list: async (key) => {
      const { node } = await call('GET', key);
      return (node?.nodes ?? []).map((child) => child.key.slice(child.key.lastIndexOf('/') + 1));
    },
    set: async (key, value, ttlSeconds) => {
      await call('PUT', key, { value, ...(ttlSeconds === undefined ? {} : { ttl: String(ttlSeconds) }) });
    },
    create: async (key, value) => (await call('PUT', key, { value, prevExist: 'false' })).errorCode !== ALREADY_EXISTS,
    makeDirectory: async (key) => {
      await call('PUT', key, { dir: 'true', prevExist: 'false' });
    },
  };
}
