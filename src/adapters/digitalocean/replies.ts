import * as v from 'valibot';
import type {
  Account,
  Droplet,
  DropletAction,
  Firewall,
  FirewallRule,
  Image,
  Region,
  Size,
  SshKey,
} from '../../core/model/cloud';

/**
 * What we read of DigitalOcean's replies, and how it becomes our records. Unknown fields are ignored: the API grows.
 * Names and types from its OpenAPI description; what old or narrow tokens leave out is optional.
 */

const id = v.pipe(v.number(), v.integer(), v.minValue(1));
const strings = v.optional(v.array(v.string()), []);

export const AccountReply = v.pipe(
  v.object({
    account: v.object({
      uuid: v.pipe(v.string(), v.minLength(1)),
      email: v.string(),
      status: v.picklist(['active', 'warning', 'locked']),
      status_message: v.optional(v.string(), ''),
      email_verified: v.boolean(),
      droplet_limit: v.optional(v.number()),
    }),
  }),
  v.transform(({ account }): Account => ({
    uuid: account.uuid,
    email: account.email,
    status: account.status,
    statusMessage: account.status_message,
    isEmailVerified: account.email_verified,
    ...(account.droplet_limit !== undefined && { dropletLimit: account.droplet_limit }),
  })),
);

const sshKey = v.pipe(
  v.object({ id, name: v.string(), fingerprint: v.string(), public_key: v.string() }),
  v.transform(({ public_key, ...key }): SshKey => ({ ...key, publicKey: public_key })),
);
export const SshKeyReply = v.object({ ssh_key: sshKey });
export const SshKeysReply = v.object({ ssh_keys: v.array(sshKey) });

const region = v.pipe(
  v.object({ slug: v.string(), name: v.string(), available: v.boolean(), features: strings, sizes: strings }),
  v.transform(({ available, sizes, ...rest }): Region => ({ ...rest, isAvailable: available, sizeSlugs: sizes })),
);
export const RegionsReply = v.object({ regions: v.array(region) });

const size = v.pipe(
  v.object({
    slug: v.string(),
    memory: v.number(),
    vcpus: v.number(),
    disk: v.number(),
    price_monthly: v.number(),
    price_hourly: v.number(),
    available: v.optional(v.boolean(), true),
    regions: strings,
  }),
  v.transform((s): Size => ({
    slug: s.slug,
    memoryMb: s.memory,
    vcpus: s.vcpus,
    diskGb: s.disk,
    priceMonthly: s.price_monthly,
    priceHourly: s.price_hourly,
    isAvailable: s.available,
    regionSlugs: s.regions,
  })),
);
export const SizesReply = v.object({ sizes: v.array(size) });

const image = v.pipe(
  v.object({
    id,
    slug: v.nullish(v.string()),
    name: v.string(),
    distribution: v.string(),
    status: v.optional(v.string(), 'available'),
    regions: strings,
    min_disk_size: v.nullish(v.number(), 0),
  }),
  v.transform((i): Image => ({
    id: i.id,
    ...(typeof i.slug === 'string' && { slug: i.slug }),
    name: i.name,
    distribution: i.distribution,
    status: i.status,
    regionSlugs: i.regions,
    minDiskGb: i.min_disk_size,
  })),
);
export const ImageReply = v.object({ image });

const network = v.object({ ip_address: v.string(), type: v.string() });
const droplet = v.pipe(
  v.object({
    id,
    name: v.string(),
    status: v.picklist(['new', 'active', 'off', 'archive']),
    locked: v.boolean(),
    created_at: v.string(),
    region: v.object({ slug: v.string() }),
    size_slug: v.string(),
    size: v.object({ price_hourly: v.number(), price_monthly: v.number() }),
    // Empty, or absent, while the droplet is new; the order of its entries means nothing.
    networks: v.nullish(v.object({ v4: v.optional(v.array(network), []) })),
    tags: strings,
  }),
  v.transform((d): Droplet => {
    const address = (type: string): string | undefined => d.networks?.v4.find((n) => n.type === type)?.ip_address;
    const publicAddress = address('public');
    const privateAddress = address('private');
    return {
      id: d.id,
      name: d.name,
      status: d.status,
      isLocked: d.locked,
      createdAt: d.created_at,
      regionSlug: d.region.slug,
      sizeSlug: d.size_slug,
      priceHourly: d.size.price_hourly,
      priceMonthly: d.size.price_monthly,
      ...(publicAddress !== undefined && { publicAddress }),
      ...(privateAddress !== undefined && { privateAddress }),
      tags: d.tags,
    };
  }),
);
export const DropletReply = v.object({ droplet });
export const DropletsReply = v.object({ droplets: v.array(droplet) });

const action = v.object({ id, type: v.string(), status: v.picklist(['in-progress', 'completed', 'errored']) });
export const ActionReply = v.pipe(
  v.object({ action }),
  v.transform((reply): { action: DropletAction } => reply),
);

const peers = v.object({ addresses: v.optional(v.array(v.string())), tags: v.optional(v.array(v.string())) });
const ruleBase = { protocol: v.picklist(['tcp', 'udp', 'icmp']), ports: v.nullish(v.string(), '0') };
const toRule = (
  rule: { protocol: FirewallRule['protocol']; ports: string },
  { addresses, tags }: v.InferOutput<typeof peers>,
): FirewallRule => ({
  protocol: rule.protocol,
  // "all" and "" come back from what other clients stored; all of them mean every port.
  ports: rule.ports === 'all' || rule.ports === '' ? '0' : rule.ports,
  ...(addresses !== undefined && { addresses }),
  ...(tags !== undefined && { tags }),
});
const inboundRule = v.pipe(
  v.object({ ...ruleBase, sources: v.optional(peers, {}) }),
  v.transform((rule) => toRule(rule, rule.sources)),
);
const outboundRule = v.pipe(
  v.object({ ...ruleBase, destinations: v.optional(peers, {}) }),
  v.transform((rule) => toRule(rule, rule.destinations)),
);
const firewall = v.pipe(
  v.object({
    id: v.string(),
    name: v.string(),
    status: v.picklist(['waiting', 'succeeded', 'failed']),
    tags: v.nullish(v.array(v.string()), []),
    inbound_rules: v.nullish(v.array(inboundRule), []),
    outbound_rules: v.nullish(v.array(outboundRule), []),
  }),
  v.transform(({ inbound_rules, outbound_rules, ...rest }): Firewall => ({
    ...rest,
    inbound: inbound_rules,
    outbound: outbound_rules,
  })),
);
export const FirewallReply = v.object({ firewall });
export const FirewallsReply = v.object({ firewalls: v.array(firewall) });

export const TagReply = v.object({ tag: v.object({ name: v.string() }) });
export const TagsReply = v.object({ tags: v.array(v.object({ name: v.string() })) });

/** Of a list: where the next page is and how many items there are in all. */
export const PageReply = v.object({
  links: v.optional(v.object({ pages: v.optional(v.object({ next: v.optional(v.string()) })) })),
  meta: v.optional(v.object({ total: v.pipe(v.number(), v.integer(), v.minValue(0)) })),
});

/** `id` and `message` in DigitalOcean's own words; support asks for the request's id. */
export const ErrorReply = v.object({
  id: v.optional(v.string()),
  message: v.string(),
  request_id: v.optional(v.string()),
});
