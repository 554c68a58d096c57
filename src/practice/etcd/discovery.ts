import type { Host, Kernel } from '../kernel';
import * as v from 'valibot';

/** etcd's v2 discovery protocol, from the member's side (etcd 2.3, `discovery/discovery.go`). */

const listing = v.object({
  node: v.object({
    value: v.optional(v.string()),
    nodes: v.optional(
      v.array(v.object({ key: v.string(), value: v.optional(v.string()), createdIndex: v.optional(v.number(), 0) })),
    ),
  }),
});
const failure = v.object({ errorCode: v.number() });

/** How long to wait before asking again where the service does not hold the question open. */
const POLL_MS = 2_000;

export interface DiscoveryDeps {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly signal: AbortSignal;
  log(text: string): void;
}

export type DiscoveryResult =
  | { readonly kind: 'joined' | 'full'; readonly members: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string };

interface Found {
  readonly members: readonly string[];
  readonly size: number;
  readonly index: number;
  readonly isListed: boolean;
}

/** Registers this member and waits until as many are there as the URL asks for. `members` are their `name=peerURL` values. */
export async function joinByDiscovery(
  deps: DiscoveryDeps,
  url: string,
  self: { readonly id: string; readonly value: string },
): Promise<DiscoveryResult> {
  const before = await check(deps, url, self);
  if (typeof before === 'string') {
    return { kind: 'failed', reason: before };
  }
  if (!before.isListed) {
    if (before.members.length >= before.size) {
      return { kind: 'full', members: before.members };
    }
    const problem = await register(deps, url, self);
    if (problem !== undefined) {
      return { kind: 'failed', reason: problem };
    }
  }
  return await waitForAll(deps, url, self);
}

async function waitForAll(
  deps: DiscoveryDeps,
  url: string,
  self: { readonly id: string; readonly value: string },
): Promise<DiscoveryResult> {
  let seen = -1;
  for (;;) {
    const found = await check(deps, url, self);
    if (typeof found === 'string') {
      return { kind: 'failed', reason: found };
    }
    if (!found.isListed) {
      return { kind: 'full', members: found.members };
    }
    if (found.members.length >= found.size) {
      deps.log(`discovery: found ${found.size} needed peer(s)`);
      return { kind: 'joined', members: found.members };
    }
    if (found.members.length !== seen) {
      seen = found.members.length;
      deps.log(`discovery: found ${seen} peer(s), waiting for ${found.size - seen} more`);
    }
    await nextChange(deps, url, found.index + 1);
  }
}

/** The first `size` that registered are the cluster. A string is what went wrong for good. */
async function check(deps: DiscoveryDeps, url: string, self: { readonly id: string }): Promise<Found | string> {
  const sizeText = await ask(deps, `${url}/_config/size`, 'GET');
  if (sizeText.status === 404) {
    return 'discovery: size key not found';
  }
  const parsedSize = v.safeParse(listing, sizeText.json);
  const size = Number(parsedSize.success ? parsedSize.output.node.value : NaN);
  if (!Number.isInteger(size) || size < 1) {
    return 'discovery: size key is bad';
  }
  const answer = await ask(deps, url, 'GET');
  const parsed = v.safeParse(listing, answer.json);
  const nodes = (parsed.success ? (parsed.output.node.nodes ?? []) : [])
    .filter((node) => !node.key.includes('/_config'))
    .sort((a, b) => a.createdIndex - b.createdIndex);
  const first = nodes.slice(0, size);
  return {
    members: first.map((node) => node.value ?? ''),
    size,
    index: Math.max(answer.index, ...nodes.map((node) => node.createdIndex)),
    isListed: first.some((node) => node.key.endsWith(`/${self.id}`)),
  };
}

async function register(
  deps: DiscoveryDeps,
  url: string,
  self: { readonly id: string; readonly value: string },
): Promise<string | undefined> {
  const body = new URLSearchParams({ value: self.value }).toString();
  const answer = await ask(deps, `${url}/${self.id}?prevExist=false`, 'PUT', body);
  const parsed = v.safeParse(failure, answer.json);
  if (parsed.success) {
    return parsed.output.errorCode === 105 ? 'discovery: found duplicate ID' : `discovery: ${answer.body.trim()}`;
  }
  return undefined;
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly json: unknown;
  readonly index: number;
}

/** Asks until there is an answer: etcd retries for ever, each time waiting twice as long. */
async function ask(deps: DiscoveryDeps, url: string, method: string, body?: string): Promise<Answer> {
  for (let waitSeconds = 1; ; waitSeconds = Math.min(waitSeconds * 2, 64)) {
    deps.signal.throwIfAborted();
    const headers = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    try {
      const request = { url, method, headers, signal: deps.signal, ...(body === undefined ? {} : { body }) };
      const answer = await deps.kernel.fetch(deps.host, request);
      if (answer.status < 500) {
        const index = Number(answer.headers['x-etcd-index'] ?? 0);
        return { status: answer.status, body: answer.body, json: parseJson(answer.body), index };
      }
    } catch {
      deps.signal.throwIfAborted();
    }
    deps.log(`discovery: cluster status check: error connecting to ${originOf(url)}, retrying in ${waitSeconds}s`);
    await tick(deps, waitSeconds * 1_000);
  }
}

/** Holds a question open until somebody registers; where the service does not do that, asks again in a while. */
async function nextChange(deps: DiscoveryDeps, url: string, index: number): Promise<void> {
  const asked = deps.kernel.timeline.now();
  const query = `${url}?recursive=true&wait=true&waitIndex=${index}`;
  try {
    const answer = await deps.kernel.fetch(deps.host, { url: query, method: 'GET', headers: {}, signal: deps.signal });
    const event = v.safeParse(v.object({ action: v.picklist(['set', 'create', 'update']) }), parseJson(answer.body));
    if (event.success) {
      return;
    }
  } catch {
    deps.signal.throwIfAborted();
  }
  await tick(deps, Math.max(0, POLL_MS - (deps.kernel.timeline.now() - asked)));
}

/** Waits as a heartbeat does: for a cluster that never gets its fifth member time must not race ahead. */
async function tick(deps: DiscoveryDeps, ms: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const cancel = deps.kernel.timeline.every(ms, () => {
      cancel();
      deps.signal.removeEventListener('abort', stop);
      resolve();
    });
    const stop = (): void => {
      cancel();
      reject(new Error('stopped'));
    };
    deps.signal.addEventListener('abort', stop, { once: true });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
