import { isIP } from 'node:net';
import type { RuleRecord } from './records';
import { unprocessable } from './refusal';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9.-]{1,254}$/;
/** DigitalOcean's documented limits of one firewall. */
const LIMITS = { rules: 50, addresses: 1000 };
const LAST_PORT = 65_535;

/** What can be said of a firewall by itself; the words are the API's (public transcripts of September and October 2026). */
export function checkFirewallWords(name: string, rules: readonly RuleRecord[]): void {
  if (!NAME.test(name)) throw unprocessable('invalid name');
  if (rules.length === 0) throw unprocessable('must have at least one rule');
  if (rules.length > LIMITS.rules) throw unprocessable(`firewall may have at most ${LIMITS.rules} rules`);
  for (const rule of rules) checkRule(rule);
}

/** A rule without a source or a destination is one that lets nobody through. */
function checkRule({ protocol, ports, peers }: RuleRecord): void {
  const { addresses = [] } = peers;
  if (protocol !== 'icmp' && !isPortRange(ports)) throw unprocessable('invalid port range');
  if (addresses.length > LIMITS.addresses) throw unprocessable('rule may have at most 1000 addresses');
  const wrong = addresses.find((address) => !isAddressOrRange(address));
  if (wrong !== undefined) throw unprocessable(`invalid address: ${wrong}`);
}

/** `22`, `8000-9000`, and `0` for every port. */
function isPortRange(ports: string): boolean {
  if (!/^\d{1,5}$|^\d{1,5}-\d{1,5}$/.test(ports)) return false;
  const [low = 0, high = low] = ports.split('-').map(Number);
  return low <= high && high <= LAST_PORT;
}

/** `203.0.113.7`, `10.0.0.0/8`, `::/0`; where a range begins is not asked. */
function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
