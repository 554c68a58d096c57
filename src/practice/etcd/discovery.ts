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
const refusal = v.object({ errorCode: v.number(), message: v.string(), cause: v.string(), index: v.number() });
const change = v.object({ action: v.picklist(['set', 'create', 'update']) });

/** How long to wait before asking again where the service does not hold the question open. */
const POLL_MS = 2_000;

export interface DiscoveryDeps {
  readonly kernel: Kernel;
  readonly host: Host;
  readonly signal: AbortSignal;
  readonly dataDir: string;
  readonly log: (text: string) => void;
}

export type DiscoveryResult =
  | { readonly kind: 'joined' | 'full'; readonly members: readonly string[] }
  /** What etcd says of it before it ends, line by line. */
  | { readonly kind: 'failed'; readonly lines: readonly string[] };

/** This member: its id, its `name=peerURL`, and whether it was about to register, or had, when the practice process went away. */
interface Self {
  readonly id: string;
  readonly name: string;
  readonly value: string;
  readonly hasBegun: boolean;
}

interface Found {
  /** All that have registered, in the order in which they came. */
  readonly nodes: readonly { readonly id: string; readonly value: string }[];
  readonly size: number;
  readonly index: number;
}

/** An answer that ends it all. */
class Hopeless extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

/** Registers this member and waits until as many are there as the URL asks for. `members` are their `name=peerURL` values. */
export async function joinByDiscovery(
  deps: DiscoveryDeps,
  url: string,
  self: Self & { begins(): void },
): Promise<DiscoveryResult> {
  const asker = new Asker(deps, url);
  try {
    const before = await asker.check();
    if (!self.hasBegun || !before.nodes.some(({ id }) => id === self.id)) {
      if (isFull(before, self)) {
        return { kind: 'full', members: valuesOf(before) };
      }
      self.begins();
      await register(asker, self);
    }
    return await waitForAll(deps, asker, self);
  } catch (error) {
    if (!(error instanceof Hopeless)) throw error;
    return { kind: 'failed', lines: error.lines };
  }
}

const valuesOf = ({ nodes, size }: Found): string[] => nodes.slice(0, size).map(({ value }) => value);

const isFull = ({ nodes, size }: Found, { id }: Self): boolean =>
  nodes.length >= size && !nodes.slice(0, size).some((node) => node.id === id);

async function waitForAll(deps: DiscoveryDeps, asker: Asker, self: Self): Promise<DiscoveryResult> {
  const known = new Set<string>();
  let said = -1;
  for (;;) {
    const found = await asker.check();
    if (isFull(found, self)) {
      return { kind: 'full', members: valuesOf(found) };
    }
    const nodes = found.nodes.slice(0, found.size);
    for (const { id } of nodes.filter((node) => !known.has(node.id))) {
      known.add(id);
      deps.log(`discovery: found ${id === self.id ? 'self' : 'peer'} ${id} in the cluster`);
    }
    if (nodes.length >= found.size) {
      deps.log(`discovery: found ${nodes.length} needed peer(s)`);
      const members = valuesOf(found);
      refuseOdd(members, asker.url);
      return { kind: 'joined', members };
    }
    if (nodes.length !== said) {
      said = nodes.length;
      deps.log(`discovery: found ${said} peer(s), waiting for ${found.size - said} more`);
    }
    await asker.nextChange(found.index + 1);
  }
}

/** @throws Hopeless for what no cluster can be made of */
function refuseOdd(members: readonly string[], url: string): void {
  const entries = members.flatMap((value) => value.split(','));
  if (!entries.every((entry) => /^[^=]+=https?:\/\/[^/:]+:\d+$/.test(entry))) {
    throw new Hopeless(failure('discovery: invalid URL', url));
  }
  if (new Set(entries.map((entry) => entry.split('=')[0])).size !== members.length) {
    throw new Hopeless([
      `etcdmain: member with duplicated name has registered with discovery service token(${url}).`,
      'etcdmain: please check (cURL) the discovery token for more information.',
      'etcdmain: please do not reuse the discovery token and generate a new one to bootstrap the cluster.',
    ]);
  }
}

export const failure = (problem: string, url: string): string[] => [
  `etcdmain: failed to join discovery cluster (${problem})`,
  `etcdmain: discovery token ${url} was used, but failed to bootstrap the cluster.`,
  'etcdmain: please generate a new discovery token and try to bootstrap again.',
];

/** @throws Hopeless when somebody has done so before, be it this very node before it was started again */
async function register(asker: Asker, self: Self): Promise<void> {
  const body = new URLSearchParams({ value: self.value }).toString();
  const answer = await asker.ask(`/${self.id}?prevExist=false`, 'PUT', body);
  const refused = v.safeParse(refusal, answer.json);
  if (!refused.success) {
    return;
  }
  if (refused.output.errorCode !== EXISTS) {
    throw new Hopeless(failure(describe(refused.output), asker.url));
  }
  throw new Hopeless([
    `etcdmain: member "${self.name}" has previously registered with discovery service token (${asker.url}).`,
    `etcdmain: But etcd could not find valid cluster configuration in the given data dir (${asker.dataDir}).`,
    'etcdmain: Please check the given data dir path if the previous bootstrap succeeded',
    'etcdmain: or use a new discovery token if the previous bootstrap failed.',
  ]);
}

const EXISTS = 105;

const describe = ({ errorCode, message, cause, index }: v.InferOutput<typeof refusal>): string =>
  `${errorCode}: ${message} (${cause}) [${index}]`;

interface Answer {
  readonly json: unknown;
  readonly index: number;
}

/** Longest pause between two tries: 2 to the power of 8 seconds. */
const MOST_RETRIES = 8;

/** Talks to the discovery service for as long as it takes. */
class Asker {
  #retries = 0;

  constructor(
    private readonly deps: DiscoveryDeps,
    readonly url: string,
  ) {}

  get dataDir(): string {
    return this.deps.dataDir;
  }

  /** @throws Hopeless */
  async check(): Promise<Found> {
    const { json: sized } = await this.ask('/_config/size', 'GET');
    const node = this.#node(sized);
    if (!/^\d+$/.test(node.value ?? '') || Number(node.value) < 1) {
      throw new Hopeless(failure('discovery: size key is bad', this.url));
    }
    const { json, index } = await this.ask('', 'GET');
    const nodes = (this.#node(json).nodes ?? [])
      .filter(({ key }) => !key.endsWith('/_config'))
      .sort((a, b) => a.createdIndex - b.createdIndex);
    return {
      nodes: nodes.map(({ key, value = '' }) => ({ id: key.slice(key.lastIndexOf('/') + 1), value })),
      size: Number(node.value),
      index: Math.max(index, ...nodes.map(({ createdIndex }) => createdIndex)),
    };
  }

  /** Asks until there is an answer: etcd retries for ever, each time waiting twice as long. @throws Hopeless */
  async ask(below: string, method: string, body?: string): Promise<Answer> {
    const { kernel, host, signal, log } = this.deps;
    const headers = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    for (;;) {
      signal.throwIfAborted();
      let problem = 'unexpected status code';
      try {
        const request = { url: this.url + below, method, headers, signal, ...(body === undefined ? {} : { body }) };
        const answer = await kernel.fetch(host, request);
        if (answer.status < 500) {
          return { json: this.#parse(answer.body), index: Number(answer.headers['x-etcd-index'] ?? 0) };
        }
        problem = `client: etcd member ${originOf(this.url)} has no leader`;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Hopeless) throw error;
        problem = error instanceof Error ? error.message : String(error);
      }
      this.#retries = Math.min(this.#retries + 1, MOST_RETRIES);
      const seconds = 2 ** this.#retries;
      log(`discovery: error #0: ${problem}`);
      log(`discovery: cluster status check: error connecting to ${originOf(this.url)}, retrying in ${seconds}s`);
      await tick(this.deps, seconds * 1_000);
    }
  }

  /** Holds a question open until somebody registers; where the service does not do that, asks again in a while. */
  async nextChange(index: number): Promise<void> {
    const { kernel, host, signal } = this.deps;
    const asked = kernel.timeline.now();
    const url = `${this.url}?recursive=true&wait=true&waitIndex=${index}`;
    try {
      const answer = await kernel.fetch(host, { url, method: 'GET', headers: {}, signal });
      if (v.is(change, JSON.parse(answer.body))) {
        return;
      }
    } catch {
      signal.throwIfAborted();
    }
    await tick(this.deps, Math.max(0, POLL_MS - (kernel.timeline.now() - asked)));
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw new Hopeless(failure('discovery: bad discovery endpoint', this.url));
    }
  }

  #node(json: unknown): v.InferOutput<typeof listing>['node'] {
    const listed = v.safeParse(listing, json);
    if (listed.success) {
      return listed.output.node;
    }
    const refused = v.safeParse(refusal, json);
    throw new Hopeless(
      failure(refused.success ? describe(refused.output) : 'discovery: bad discovery endpoint', this.url),
    );
  }
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

function originOf(url: string): string {
  try {
    return new URL(url).origin;
  } catch {
    return url;
  }
}
