import type { Random, Timeline } from '../kernel';
import type { DropletRecord, FirewallRecord, FirewallRules, RuleRecord } from './records';
import { notFound, Refusal, unprocessable } from './refusal';
import type { CloudStore } from './store';
import type { Tags } from './tags';

export interface FirewallRequest extends FirewallRules {
  readonly name: string;
}

/** Between the call and the moment at which the rules hold. */
const APPLY_MS = 1_200;
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9.-]+$/;
/** DigitalOcean's documented limits of one firewall. */
const LIMITS = { dropletIds: 10, tags: 5, rules: 50, addresses: 1000 };

/** Cloud firewalls: attached by tag or id, and in force a moment after they were asked for. */
export class Firewalls {
  /** Who reaches whom may have changed. */
  onChange: () => void = () => undefined;

  constructor(
    private readonly parts: {
      readonly store: CloudStore;
      readonly timeline: Timeline;
      readonly random: Random;
      readonly tags: Tags;
    },
  ) {}

  list(account: string): FirewallRecord[] {
    return this.parts.store.data.firewalls.filter((firewall) => firewall.account === account);
  }

  get(account: string, id: string): FirewallRecord {
    const firewall = this.list(account).find((candidate) => candidate.id === id);
    if (firewall === undefined) throw notFound();
    return firewall;
  }

  create(account: string, request: FirewallRequest): FirewallRecord {
    const wanted = this.#check(account, request);
    const firewall: FirewallRecord = {
      ...{ id: this.parts.random.uuid(), account, name: request.name, createdAt: this.parts.timeline.now(), wanted },
    };
    this.parts.store.data.firewalls.push(firewall);
    this.#applyLater(firewall);
    return firewall;
  }

  /** Replaces everything: what the request leaves out is gone. */
  update(account: string, id: string, request: FirewallRequest): FirewallRecord {
    const firewall = this.get(account, id);
    firewall.wanted = this.#check(account, request, id);
    firewall.name = request.name;
    this.#applyLater(firewall);
    return firewall;
  }

  change(account: string, id: string, change: (rules: FirewallRules) => FirewallRules): void {
    const firewall = this.get(account, id);
    firewall.wanted = this.#check(account, { name: firewall.name, ...change(firewall.wanted) }, id);
    this.#applyLater(firewall);
  }

  delete(account: string, id: string): void {
    const firewall = this.get(account, id);
    const { data } = this.parts.store;
    data.firewalls = data.firewalls.filter((other) => other !== firewall);
    this.parts.store.changed();
    this.onChange();
  }

  /** The rules in force on a droplet, one set per firewall that covers it. */
  covering(droplet: DropletRecord): FirewallRules[] {
    const found: FirewallRules[] = [];
    for (const { account, applied } of this.parts.store.data.firewalls) {
      if (account !== droplet.account || applied === undefined) continue;
      if (applied.dropletIds.includes(droplet.id) || applied.tags.some((tag) => droplet.tags.includes(tag))) {
        found.push(applied);
      }
    }
    return found;
  }

  /** Droplets on which a change is still under way. */
  pendingDroplets(firewall: FirewallRecord): number[] {
    if (firewall.appliesAt === undefined) return [];
    const { tags, dropletIds } = firewall.wanted;
    const tagged = tags.flatMap((tag) => this.parts.tags.dropletsWith(firewall.account, tag));
    return [...new Set([...dropletIds, ...tagged.map((droplet) => droplet.id)])];
  }

  forgetDroplet(id: number): void {
    const without = (rules: FirewallRules): FirewallRules => ({
      ...rules,
      dropletIds: rules.dropletIds.filter((other) => other !== id),
    });
    for (const firewall of this.parts.store.data.firewalls) {
      firewall.wanted = without(firewall.wanted);
      if (firewall.applied !== undefined) firewall.applied = without(firewall.applied);
    }
  }

  forgetTag(account: string, name: string): void {
    for (const firewall of this.list(account)) {
      if (!firewall.wanted.tags.includes(name)) continue;
      firewall.wanted = { ...firewall.wanted, tags: firewall.wanted.tags.filter((tag) => tag !== name) };
      this.#applyLater(firewall);
    }
  }

  /** After a restart of the process: what was on its way still comes. */
  resume(): void {
    for (const firewall of this.parts.store.data.firewalls) {
      if (firewall.appliesAt !== undefined) this.#schedule(firewall, firewall.appliesAt);
    }
  }

  #applyLater(firewall: FirewallRecord): void {
    firewall.appliesAt = this.parts.timeline.now() + APPLY_MS;
    this.#schedule(firewall, firewall.appliesAt);
    this.parts.store.changed();
  }

  #schedule(firewall: FirewallRecord, at: number): void {
    this.parts.timeline.after(at - this.parts.timeline.now(), () => {
      if (firewall.appliesAt !== at) return; // a later change has taken its place
      firewall.applied = firewall.wanted;
      delete firewall.appliesAt;
      this.parts.store.changed();
      this.onChange();
    });
  }

  #check(account: string, request: FirewallRequest, ownId?: string): FirewallRules {
    const { name, inbound, outbound, dropletIds } = request;
    if (!NAME.test(name)) throw unprocessable('name must be alphanumeric characters, dots and dashes only');
    if (this.list(account).some((other) => other.name === name && other.id !== ownId)) {
      throw new Refusal(409, 'conflict', 'duplicate name');
    }
    const rules = [...inbound, ...outbound];
    if (rules.length === 0) throw unprocessable('firewall must have at least one rule');
    if (rules.length > LIMITS.rules) throw unprocessable(`firewall may have at most ${LIMITS.rules} rules`);
    for (const rule of rules) this.#checkRule(rule);
    if (dropletIds.length > LIMITS.dropletIds) throw unprocessable('firewall may have at most 10 droplets');
    for (const id of dropletIds) {
      if (this.parts.store.droplet(id)?.account !== account) throw unprocessable(`droplet ${id} not found`);
    }
    return { inbound, outbound, dropletIds, tags: this.#checkTags(account, request.tags) };
  }

  #checkTags(account: string, tags: readonly string[]): string[] {
    if (tags.length > LIMITS.tags) throw unprocessable('firewall may have at most 5 tags');
    const known = this.parts.tags.list(account);
    return tags.map((name) => {
      const tag = known.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
      if (tag === undefined) throw unprocessable(`tag ${name} does not exist`);
      return tag.name;
    });
  }

  #checkRule(rule: RuleRecord): void {
    const { addresses = [], droplet_ids = [], tags = [] } = rule.peers;
    if (rule.protocol !== 'icmp' && !isPortRange(rule.ports)) throw unprocessable('invalid port range');
    if (addresses.length + droplet_ids.length + tags.length === 0) {
      throw unprocessable('rule must have at least one source or destination');
    }
    if (addresses.length > LIMITS.addresses) throw unprocessable('rule may have at most 1000 addresses');
  }
}

const LAST_PORT = 65_535;

/** `22`, `8000-9000`, and `0` or `all` for every port. */
function isPortRange(ports: string): boolean {
  if (ports === 'all') return true;
  if (!/^\d{1,5}$|^\d{1,5}-\d{1,5}$/.test(ports)) return false;
  const [low = 0, high = low] = ports.split('-').map(Number);
  return low <= high && high <= LAST_PORT;
}
