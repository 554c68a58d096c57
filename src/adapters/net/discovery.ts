import * as v from 'valibot';
import { ClusterError } from '../../core/errors';
import type { DiscoveryApi } from '../../core/ports';
import { createClock } from './clock';
import { isPrivate, serviceOrigin } from './serviceUrl';

/** Real milliseconds for one call: the wire is real even where the provider's time is not. */
const CALL_MS = 15_000;
/** A listing of nine members is about two KiB. */
const LARGEST_REPLY = 256 * 1024;

/** etcd's v2 keys API, of which the discovery protocol is a use (etcd documentation, "Discovery service protocol"). */
const SizeReply = v.object({ node: v.object({ value: v.pipe(v.string(), v.regex(/^[1-9]\d?$/)) }) });
const MembersReply = v.object({
  node: v.object({ nodes: v.optional(v.array(v.object({ key: v.string(), value: v.optional(v.string()) })), []) }),
});

interface Deps {
  /** The service's address, asked for each time: a setting may change, the practice cloud may have been restarted. */
  serviceUrl(): Promise<string>;
  /** Default: 15 s. */
  readonly callMs?: number;
}

const realTime = createClock();

/** The discovery URL lets anybody join the cluster, so it is in no message: they name the service only. */
export function createDiscoveryApi(deps: Deps): DiscoveryApi {
  return {
    async create(size, signal) {
      const origin = serviceOrigin(await deps.serviceUrl(), 'The address of the discovery service');
      const url = (await get(deps, `${origin}/new?size=${size}`, signal)).trim();
      if (!URL.canParse(url) || !isPrivate(new URL(url)) || !/^\/[\w-]{8,64}$/.test(new URL(url).pathname)) {
        throw failed(new URL(origin), 'did not answer with a discovery URL');
      }
      return url;
    },
    async readSize(url, signal) {
      const text = await get(deps, `${url}/_config/size`, signal);
      return Number(parse(SizeReply, text, url).node.value);
    },
    async listMembers(url, signal) {
      const { nodes } = parse(MembersReply, await get(deps, url, signal), url).node;
      // Each value is `name=http://address:2380`, one pair for each peer URL; etcd hides `_config` itself.
      return nodes.flatMap(({ value }) => value?.split('=', 1) ?? []);
    },
    async check(signal) {
      const url = new URL(serviceOrigin(await deps.serviceUrl(), 'The address of the discovery service'));
      const deadline = realTime.deadline(deps.callMs ?? CALL_MS, signal);
      try {
        // Whatever it says, it is there; `/new` would make a URL.
        const reply = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: deadline.signal });
        if (reply.status >= 500) {
          throw failed(url, `answered with status ${reply.status}`);
        }
      } catch (error) {
        if (signal?.aborted === true || ClusterError.is(error)) {
          throw error;
        }
        throw failed(url, deadline.hasPassed ? 'does not answer' : 'cannot be reached');
      } finally {
        deadline.dispose();
      }
    },
  };
}

function parse<T extends v.GenericSchema>(schema: T, text: string, url: string): v.InferOutput<T> {
  try {
    return v.parse(schema, JSON.parse(text));
  } catch {
    throw failed(new URL(url), 'gave an answer that is not etcd’s');
  }
}

async function get({ callMs = CALL_MS }: Deps, address: string, signal?: AbortSignal): Promise<string> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !isPrivate(url)) {
    throw new ClusterError('The discovery URL is not an https address.', { code: 'discoveryFailed' });
  }
  const deadline = realTime.deadline(callMs, signal);
  try {
    const reply = await fetch(url, { redirect: 'error', signal: deadline.signal, headers: { accept: '*/*' } });
    const text = await readText(reply);
    if (!reply.ok) {
      throw failed(url, `answered with status ${reply.status}`);
    }
    return text;
  } catch (error) {
    if (signal?.aborted === true || ClusterError.is(error)) {
      throw error;
    }
    throw failed(url, deadline.hasPassed ? 'does not answer' : 'cannot be reached');
  } finally {
    deadline.dispose();
  }
}

async function readText(reply: Response): Promise<string> {
  const body: AsyncIterable<Uint8Array> | null = reply.body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LARGEST_REPLY) {
      throw new Error('too long');
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

function failed(url: URL, what: string): ClusterError {
  return new ClusterError(
    `The discovery service ${url.host} ${what}. Try again, or create the cluster without it (bootstrap "static").`,
    { code: 'discoveryFailed' },
  );
}
