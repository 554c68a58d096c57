import type { Host, Kernel, PacketFilter } from '../../../kernel';
import type { Negatable, Rule } from './rule';
import { restore } from './restore';
import { Table } from './table';

interface Stored {
  bootId: string;
  /** In iptables-save's form. */
  text: string;
}

/**
 * The tables in a node's kernel: gone with the power, kept over a restart of the practice process. The network asks the filter
 * table's INPUT chain.
 */
export function readTables(kernel: Kernel, host: Host): Map<string, Table> {
  const stored = sectionOf(kernel, host);
  const empty = new Map([['filter', new Table('filter')]]);
  return stored.bootId === host.bootId && stored.text !== '' ? restore(stored.text, empty, false) : empty;
}

export function writeTables(kernel: Kernel, host: Host, tables: ReadonlyMap<string, Table>): void {
  const stored = sectionOf(kernel, host);
  stored.bootId = host.bootId;
  stored.text = [...tables.values()].map((table) => table.save()).join('');
  kernel.state.changed(nameOf(host));
  applyTables(kernel, host, tables);
}

/** Tells the network of the rules that were loaded in this boot; also to be called when the process starts. */
export function restorePacketFilter(kernel: Kernel, host: Host): void {
  const stored = sectionOf(kernel, host);
  if (stored.bootId === host.bootId && stored.text !== '') {
    applyTables(kernel, host, readTables(kernel, host));
  }
}

const nameOf = (host: Host): string => `packetfilter/${host.dropletId}`;

const sectionOf = (kernel: Kernel, host: Host): Stored =>
  kernel.state.section(nameOf(host), (): Stored => ({ bootId: '', text: '' }));

function applyTables(kernel: Kernel, host: Host, tables: ReadonlyMap<string, Table>): void {
  const filter = tables.get('filter');
  const input = filter?.chains.get('INPUT');
  const isOpen = input === undefined || (input.policy === 'ACCEPT' && input.rules.length === 0);
  const { bootId } = host;
  const judge: PacketFilter = (packet) =>
    // Rules of an earlier boot are gone, whoever still holds them.
    filter === undefined || host.bootId !== bootId ? 'accept' : judgePacket(filter, packet);
  kernel.network.setPacketFilter?.(host.dropletId, isOpen ? undefined : judge);
}

type Packet = Parameters<PacketFilter>[0];
type Verdict = ReturnType<PacketFilter>;

/** What INPUT says to the first packet of a TCP connection. */
export function judgePacket(filter: Table, packet: Packet): Verdict {
  const policy: Verdict = filter.chain('INPUT').policy === 'DROP' ? 'drop' : 'accept';
  const verdict = walk(filter, 'INPUT', packet, 0);
  return verdict === 'return' ? policy : verdict;
}

/** The kernel refuses loops of chains; a limit serves the same end. */
const DEEPEST = 16;

function walk(filter: Table, chain: string, packet: Packet, depth: number): Verdict | 'return' {
  for (const rule of filter.chains.get(chain)?.rules ?? []) {
    if (!fits(rule, packet)) {
      continue;
    }
    switch (rule.target) {
      case 'ACCEPT':
        return 'accept';
      case 'DROP':
        return 'drop';
      case 'REJECT':
        return 'reject';
      case 'RETURN':
        return 'return';
      default: {
        if (!filter.chains.has(rule.target) || depth > DEEPEST) {
          break; // LOG and the like: the packet goes on.
        }
        const verdict = walk(filter, rule.target, packet, depth + 1);
        if (verdict !== 'return' || rule.isGoto) {
          return verdict;
        }
      }
    }
  }
  return 'return';
}

function fits(rule: Rule, packet: Packet): boolean {
  const agrees = (part: Negatable | undefined, test: (value: string) => boolean): boolean =>
    part === undefined ? true : test(part.value) !== part.isNegated;
  return (
    agrees(rule.source, (network) => isIn(packet.from, network)) &&
    agrees(rule.protocol, (name) => name === 'tcp') &&
    agrees(rule.inInterface, (name) => faceFits(name, packet.from)) &&
    rule.matches.every((match) => match.options.every((option) => optionFits(option, packet)))
  );
}

/** The private network is eth1 on a droplet. */
const faceFits = (name: string, from: string): boolean => {
  const face = /^(?:10\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.)/.test(from) ? 'eth1' : 'eth0';
  return name.endsWith('+') ? face.startsWith(name.slice(0, -1)) : name === face;
};

function optionFits(
  { name, value = '', isNegated }: Rule['matches'][number]['options'][number],
  { port }: Packet,
): boolean {
  switch (name) {
    case '--ctstate':
    case '--state':
      return value.split(',').includes('NEW') !== isNegated;
    case '--dport':
    case '--dports':
      return value.split(',').some((range) => portFits(range, port)) !== isNegated;
    case '--icmp-type':
      return false;
    default:
      return true;
  }
}

function portFits(range: string, port: number): boolean {
  const [low = '0', high = low] = range.split(':').map((text) => SERVICES[text] ?? text);
  return port >= Number(low || 0) && port <= Number(high || 65_535);
}

const SERVICES: Readonly<Record<string, string>> = { ssh: '22', http: '80', https: '443' };

const numberOf = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

export function isIn(address: string, network: string): boolean {
  const [base = '', bits = '32'] = network.split('/');
  const size = 2 ** (32 - Number(bits));
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size);
}
