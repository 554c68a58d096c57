import { addressToNumber } from './cidr';
import type { FirewallRules, RulePeers, RuleRecord } from './records';

/** One side of a connection as rules see it. Without an id it is a stranger on the Internet. */
export interface Peer {
  readonly dropletId?: number | undefined;
  readonly addresses: readonly string[];
  readonly tags: readonly string[];
}

/** IPv4 only: by IPv6 nobody comes, so `::/0` matches nobody. */
export function isInside(address: string, range: string): boolean {
  const [base = '', length = '32'] = range.split('/');
  const [a, b, bits] = [addressToNumber(address), addressToNumber(base), Number(length)];
  if (a === undefined || b === undefined || !Number.isInteger(bits) || bits < 0 || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(a / size) === Math.floor(b / size);
}

/** `"22"`, `"8000-9000"`; `"0"`, `"all"` and nothing mean every port. */
export function isPortIn(ports: string, port: number): boolean {
  if (ports === '' || ports === '0' || ports === 'all') return true;
  const [low, high = low] = ports.split('-').map(Number);
  return low !== undefined && high !== undefined && port >= low && port <= high;
}

function matches(peers: RulePeers, peer: Peer): boolean {
  if (peer.dropletId !== undefined && peers.droplet_ids?.includes(peer.dropletId) === true) return true;
  if (peers.tags?.some((tag) => peer.tags.includes(tag)) === true) return true;
  return peers.addresses?.some((range) => peer.addresses.some((address) => isInside(address, range))) === true;
}

function allows(rules: readonly RuleRecord[], packet: { protocol: string; port: number }, peer: Peer): boolean {
  return rules.some(
    (rule) =>
      rule.protocol === packet.protocol &&
      (rule.protocol === 'icmp' || isPortIn(rule.ports, packet.port)) &&
      matches(rule.peers, peer),
  );
}

/**
 * DigitalOcean's cloud firewalls deny what no rule allows, in both directions and on both networks; several on one droplet add up,
 * and without any everything passes.
 */
export function isLetIn(covering: readonly FirewallRules[], port: number, from: Peer): boolean {
  const packet = { protocol: 'tcp', port };
  return covering.length === 0 || covering.some((rules) => allows(rules.inbound, packet, from));
}

export function isLetOut(covering: readonly FirewallRules[], port: number, to: Peer): boolean {
  const packet = { protocol: 'tcp', port };
  return covering.length === 0 || covering.some((rules) => allows(rules.outbound, packet, to));
}
