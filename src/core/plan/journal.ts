import * as v from 'valibot';
import type { ClusterNode, ClusterSpec } from '../model/cluster';
import type { StepSnapshot } from '../model/snapshot';

/**
 * What we were about to do, with which id, in which account. It is written before each effect, so that whatever happened
 * can be found again; the truth itself is asked of the cloud, etcd and fleet.
 */
const spec = v.pipe(
  v.object({
    provider: v.picklist(['digitalocean', 'practice']),
    prefix: v.string(),
    regionSlug: v.string(),
    sizeSlug: v.string(),
    image: v.union([v.string(), v.number()]),
    instances: v.pipe(v.number(), v.integer(), v.minValue(1)),
    domain: v.optional(v.string()),
    bootstrap: v.picklist(['discovery', 'static']),
    routerMeshSize: v.number(),
    swapSizeMb: v.number(),
    release: v.optional(v.string(), '1.13.4'),
    installPlatform: v.boolean(),
    openPorts: v.boolean(),
  }),
  v.transform(({ domain, ...rest }): ClusterSpec => ({ ...rest, ...(domain === undefined ? {} : { domain }) })),
);

const node = v.object({
  name: v.string(),
  dropletId: v.optional(v.number()),
  publicAddress: v.optional(v.string()),
  privateAddress: v.optional(v.string()),
  /** OpenSSH public key lines; empty until the node has made its own. */
  hostKeys: v.array(v.string()),
});

const step = v.object({
  id: v.string(),
  title: v.string(),
  state: v.picklist(['pending', 'running', 'done', 'failed']),
  detail: v.optional(v.string()),
});

export const journalSchema = v.object({
  version: v.literal(1),
  id: v.string(),
  spec,
  /** Milliseconds since the epoch, by the provider's clock. */
  createdAt: v.number(),
  accountUuid: v.string(),
  domain: v.optional(v.string()),
  /** The line that is pinned for first contact. */
  bootstrapHostKey: v.optional(v.string()),
  sshKey: v.optional(v.object({ fingerprint: v.string(), isOurs: v.boolean(), id: v.optional(v.number()) })),
  firewallId: v.optional(v.string()),
  /** When a create call for droplets went out whose reply has not come (yet). */
  dropletsRequestedAt: v.optional(v.number()),
  nodes: v.array(node),
  /** etcd has its members: from now on a new droplet would not become one. */
  isFormed: v.optional(v.boolean()),
  /** A transient unit of ours on a node, which outlives our window. */
  job: v.optional(v.object({ unit: v.string(), node: v.string() })),
  isDestroying: v.boolean(),
  steps: v.array(step),
  /** What is wrong though nothing failed: an open port that does not answer. */
  problem: v.optional(v.string()),
});

export type Journal = v.InferOutput<typeof journalSchema>;
export type JournalNode = Journal['nodes'][number];

export const nodeNames = (wanted: ClusterSpec): string[] =>
  Array.from({ length: wanted.instances }, (_, i) => `${wanted.prefix}-${i + 1}`);

/** The journal of a cluster of which nothing exists yet. */
export function newJournal(
  id: string,
  wanted: ClusterSpec,
  facts: { accountUuid: string; createdAt: number },
): Journal {
  return {
    version: 1,
    id,
    spec: wanted,
    ...facts,
    nodes: nodeNames(wanted).map((name) => ({ name, hostKeys: [] })),
    isDestroying: false,
    steps: [],
  };
}

/** The nodes that have a droplet. */
export function clusterNodes(journal: Journal): ClusterNode[] {
  return journal.nodes.flatMap(({ name, dropletId, publicAddress, privateAddress }) =>
    dropletId === undefined
      ? []
      : [
          {
            name,
            dropletId,
            ...(publicAddress === undefined ? {} : { publicAddress }),
            ...(privateAddress === undefined ? {} : { privateAddress }),
          },
        ],
  );
}

export const stepSnapshots = (journal: Journal): StepSnapshot[] =>
  journal.steps.map(({ detail, ...rest }) => ({ ...rest, ...(detail === undefined ? {} : { detail }) }));
