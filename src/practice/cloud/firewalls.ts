import type { Random, Timeline } from '../kernel';
import { checkFirewallWords } from './firewallChecks';
import type { DropletRecord, FirewallRecord, FirewallRules, RulePeers } from './records';
import { notFound, Refusal, unprocessable } from './refusal';
import type { CloudStore } from './store';
import type { Tags } from './tags';

export interface FirewallRequest extends FirewallRules {
  readonly name: string;
}

/** Between the call and the moment at which the rules hold. */
const APPLY_MS = 1_200;
/** DigitalOcean's documented limits of one firewall. */
const LIMITS = { dropletIds: 10, tags: 5 };

/** A droplet on which the rules do not hold yet, or from which they are not yet gone. */
export interface PendingChange {
  readonly dropletId: number;
  readonly isRemoving: boolean;
}

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

  pendingChanges(firewall: FirewallRecord): PendingChange[] {
    return firewall.appliesAt === undefined ? [] : this.#touched(firewall);
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

  /** Where no droplet is touched there is nothing to wait for. */
  #applyLater(firewall: FirewallRecord): void {
    if (this.#touched(firewall).length === 0) {
      this.#apply(firewall);
      return;
    }
    firewall.appliesAt = this.parts.timeline.now() + APPLY_MS;
    this.#schedule(firewall, firewall.appliesAt);
    this.parts.store.changed();
  }

  #schedule(firewall: FirewallRecord, at: number): void {
    this.parts.timeline.after(at - this.parts.timeline.now(), () => {
      if (firewall.appliesAt !== at) return; // a later change has taken its place
      this.#apply(firewall);
    });
  }

  #apply(firewall: FirewallRecord): void {
    firewall.applied = firewall.wanted;
    delete firewall.appliesAt;
    this.parts.store.changed();
    this.onChange();
  }

  #touched({ account, wanted, applied }: FirewallRecord): PendingChange[] {
    const has = this.#dropletsOf(account, wanted);
    const had = applied === undefined ? [] : this.#dropletsOf(account, applied);
    return [
      ...has.map((dropletId) => ({ dropletId, isRemoving: false })),
      ...had.filter((id) => !has.includes(id)).map((dropletId) => ({ dropletId, isRemoving: true })),
    ];
  }

  #dropletsOf(account: string, { dropletIds, tags }: FirewallRules): number[] {
    const tagged = tags.flatMap((tag) => this.parts.tags.dropletsWith(account, tag));
    return [...new Set([...dropletIds, ...tagged.map(({ id }) => id)])];
  }

  #check(account: string, request: FirewallRequest, ownId?: string): FirewallRules {
    const { name, dropletIds } = request;
    checkFirewallWords(name, [...request.inbound, ...request.outbound]);
    if (this.list(account).some((other) => other.name === name && other.id !== ownId)) {
      throw new Refusal(409, 'conflict', 'duplicate name');
    }
    const [inbound, outbound] = [request.inbound, request.outbound].map((rules) =>
      rules.map((rule) => ({ ...rule, peers: this.#checkPeers(account, rule.peers) })),
    );
    if (dropletIds.length > LIMITS.dropletIds) throw unprocessable('firewall may have at most 10 droplets');
    if (request.tags.length > LIMITS.tags) throw unprocessable('firewall may have at most 5 tags');
    this.#checkDroplets(account, dropletIds);
    return {
      inbound: inbound ?? [],
      outbound: outbound ?? [],
      dropletIds,
      tags: this.#knownTags(account, request.tags),
    };
  }

  #checkPeers(account: string, peers: RulePeers): RulePeers {
    this.#checkDroplets(account, peers.droplet_ids ?? []);
    return { ...peers, ...(peers.tags !== undefined && { tags: this.#knownTags(account, peers.tags) }) };
  }

  #checkDroplets(account: string, ids: readonly number[]): void {
    if (ids.some((id) => this.parts.store.droplet(id)?.account !== account)) {
      throw unprocessable('droplet does not exist');
    }
  }

  /** Unlike a droplet, a firewall makes no tags, neither its own nor those of its rules. */
  #knownTags(account: string, names: readonly string[]): readonly string[] {
    const known = this.parts.tags.list(account);
    const missing = names.find((name) => !known.some((tag) => tag.name === name));
    if (missing !== undefined) throw unprocessable(`tag ${missing} does not exist`);
    return names;
  }
}
