import * as v from 'valibot';
import type { FirewallRequest } from '../../cloud/firewalls';
import type { FirewallRules, RuleRecord } from '../../cloud/records';
import { pageOf } from '../paging';
import { unprocessable } from '../../cloud/refusal';
import type { Call, Route } from '../router';
import { optional, parseBody } from './body';
import { renderFirewall } from './render';

const PATH = '/v2/firewalls';
const peers = v.object({
  ...{ addresses: optional(v.array(v.string())), tags: optional(v.array(v.string())) },
  droplet_ids: optional(v.array(v.number())),
});
const rule = {
  protocol: v.string(),
  // One client sends a number for a single port.
  ports: optional(v.union([v.string(), v.number()])),
};
const rules = {
  inbound_rules: optional(v.array(v.object({ ...rule, sources: optional(peers) }))),
  outbound_rules: optional(v.array(v.object({ ...rule, destinations: optional(peers) }))),
};
const attached = { droplet_ids: optional(v.array(v.number())), tags: optional(v.array(v.string())) };
const rulesOnly = v.object(rules);
const dropletsOnly = v.object({ droplet_ids: v.array(v.number()) });
const tagsOnly = v.object({ tags: v.array(v.string()) });
const whole = v.object({ name: v.string(), ...rules, ...attached });

type RulesBody = v.InferOutput<typeof rulesOnly>;
interface Rule {
  readonly protocol: string;
  readonly ports?: string | number | null | undefined;
}

const PROTOCOLS = ['tcp', 'udp', 'icmp'] as const;

/** Capitals are taken as what they mean, as is a number in place of a port's text. */
function toProtocol(text: string): RuleRecord['protocol'] {
  const protocol = PROTOCOLS.find((one) => one === text.toLowerCase());
  if (protocol === undefined) throw unprocessable('you specified an invalid protocol');
  return protocol;
}

/** "The API returns 0 when the port range was specified as all", and for icmp (Terraform's provider, firewalls.go). Without ports a rule for tcp or udp is refused. */
function toPorts(protocol: RuleRecord['protocol'], ports: Rule['ports']): string {
  return protocol === 'icmp' || ports === 'all' ? '0' : String(ports ?? '');
}

function toRule(from: Rule, side: v.InferOutput<typeof peers> | null | undefined): RuleRecord {
  const { addresses, droplet_ids, tags } = side ?? {};
  const protocol = toProtocol(from.protocol);
  return {
    ...{ protocol, ports: toPorts(protocol, from.ports) },
    peers: {
      ...(addresses && addresses.length > 0 && { addresses }),
      ...(droplet_ids && droplet_ids.length > 0 && { droplet_ids }),
      ...(tags && tags.length > 0 && { tags }),
    },
  };
}

function toRules(body: RulesBody): { inbound: RuleRecord[]; outbound: RuleRecord[] } {
  return {
    inbound: (body.inbound_rules ?? []).map((one) => toRule(one, one.sources)),
    outbound: (body.outbound_rules ?? []).map((one) => toRule(one, one.destinations)),
  };
}

function toRequest(body: unknown): FirewallRequest {
  const parsed = parseBody(whole, body);
  return { name: parsed.name, ...toRules(parsed), dropletIds: parsed.droplet_ids ?? [], tags: parsed.tags ?? [] };
}

const isSame = (a: RuleRecord) => (b: RuleRecord) => JSON.stringify(a) === JSON.stringify(b);

function withoutRules(all: readonly RuleRecord[], gone: readonly RuleRecord[]): RuleRecord[] {
  return all.filter((one) => !gone.some(isSame(one)));
}

/** The sub-resources of a firewall: POST adds, DELETE takes away. */
const parts: Readonly<Record<string, (body: unknown, isAdding: boolean) => (rules: FirewallRules) => FirewallRules>> = {
  droplets: (body, isAdding) => (now) => {
    const { droplet_ids: ids } = parseBody(dropletsOnly, body);
    const rest = now.dropletIds.filter((id) => !ids.includes(id));
    return { ...now, dropletIds: isAdding ? [...rest, ...ids] : rest };
  },
  tags: (body, isAdding) => (now) => {
    const { tags } = parseBody(tagsOnly, body);
    const rest = now.tags.filter((tag) => !tags.includes(tag));
    return { ...now, tags: isAdding ? [...rest, ...tags] : rest };
  },
  rules: (body, isAdding) => (now) => {
    const { inbound, outbound } = toRules(parseBody(rulesOnly, body));
    const rest = { inbound: withoutRules(now.inbound, inbound), outbound: withoutRules(now.outbound, outbound) };
    if (!isAdding) return { ...now, ...rest };
    return { ...now, inbound: [...rest.inbound, ...inbound], outbound: [...rest.outbound, ...outbound] };
  },
};

function partRoutes(): Route[] {
  return Object.entries(parts).flatMap(([name, change]) =>
    ['POST', 'DELETE'].map((method) => ({
      ...{ method, path: `${PATH}/:id/${name}`, scope: 'firewall:update' },
      run: ({ cloud, account, params, body }: Call) => {
        cloud.firewalls.change(account, params['id'] ?? '', change(body, method === 'POST'));
        return { status: 204 };
      },
    })),
  );
}

export const firewallRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: PATH, scope: 'firewall:read' },
    run: ({ cloud, account, url }) => {
      const { items, links, meta } = pageOf(cloud.firewalls.list(account), url);
      return { status: 200, body: { firewalls: items.map((one) => renderFirewall(cloud, one)), links, meta } };
    },
  },
  {
    ...{ method: 'POST', path: PATH, scope: 'firewall:create' },
    run: ({ cloud, account, body }) => {
      const firewall = cloud.firewalls.create(account, toRequest(body));
      return { status: 202, body: { firewall: renderFirewall(cloud, firewall) } };
    },
  },
  {
    ...{ method: 'GET', path: `${PATH}/:id`, scope: 'firewall:read' },
    run: ({ cloud, account, params }) => ({
      status: 200,
      body: { firewall: renderFirewall(cloud, cloud.firewalls.get(account, params['id'] ?? '')) },
    }),
  },
  {
    ...{ method: 'PUT', path: `${PATH}/:id`, scope: 'firewall:update' },
    run: ({ cloud, account, params, body }) => {
      const firewall = cloud.firewalls.update(account, params['id'] ?? '', toRequest(body));
      return { status: 200, body: { firewall: renderFirewall(cloud, firewall) } };
    },
  },
  {
    ...{ method: 'DELETE', path: `${PATH}/:id`, scope: 'firewall:delete' },
    run: ({ cloud, account, params }) => {
      cloud.firewalls.delete(account, params['id'] ?? '');
      return { status: 204 };
    },
  },
  ...partRoutes(),
];
