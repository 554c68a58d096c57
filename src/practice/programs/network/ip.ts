import { addressToNumber, numberToAddress } from '../../cloud/cidr';
import type { ProgramContext } from '../program';
import { interfacesOf, type Interface, type InterfaceAddress } from './interfaces';
import { program, refuse } from '../program';

interface Asked {
  readonly context: ProgramContext;
  readonly words: readonly string[];
  readonly chosen: readonly Interface[];
  readonly family: 'inet' | 'inet6' | undefined;
  readonly isBrief: boolean;
}

type Show = (asked: Asked) => string;

/** iproute2's objects by their first letter: it takes any abbreviation. */
const OBJECTS: Readonly<Record<string, Show>> = { a: showAddresses, l: showLinks, r: showRoutes, n: showNeighbours };

function ip(context: ProgramContext): number {
  const words = context.args.filter((arg) => !arg.startsWith('-'));
  const [object = ''] = words;
  const only = words.find(
    (word, index) => (index > 0 && words[index - 1] === 'dev') || /^(?:lo|eth\d|docker0)$/.test(word),
  );
  const chosen = interfacesOf(context).filter(({ name }) => only === undefined || name === only);
  if (only !== undefined && chosen.length === 0) {
    return refuse(context, `Device "${only}" does not exist.`);
  }
  const show = OBJECTS[object.slice(0, 1)];
  if (show === undefined) {
    context.stderr(
      object === ''
        ? 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n'
        : `Object "${object}" is unknown, try "ip help".\n`,
    );
    return object === '' ? 255 : 1;
  }
  const has = (pattern: RegExp): boolean => context.args.some((arg) => pattern.test(arg));
  const family = has(/^-(?:6|family=inet6)$/) ? 'inet6' : has(/^-(?:4|family=inet)$/) ? 'inet' : undefined;
  context.stdout(show({ context, words, chosen, family, isBrief: has(/^-(?:o|oneline)$/) }));
  return 0;
}

function showAddresses({ chosen, family, isBrief }: Asked): string {
  return chosen
    .map((one) => {
      const addresses = one.addresses.filter((address) => family === undefined || address.family === family);
      if (isBrief) return addresses.map((address) => briefAddress(one, address)).join('');
      const link = family === undefined ? linkText(one) : `${linkText(one).split('\n')[0] ?? ''}\n`;
      return addresses.length === 0 && family !== undefined
        ? ''
        : link + addresses.map((address) => addressText(one, address)).join('');
    })
    .join('');
}

function showLinks({ chosen }: Asked): string {
  return chosen.map(linkText).join('');
}

function showRoutes({ context, words, chosen, family }: Asked): string {
  if (words[1] === 'get') return routeTo(context, chosen, words[2] ?? '');
  return family === 'inet6' ? routesV6(chosen) : routes(context, chosen);
}

function showNeighbours({ context }: Asked): string {
  return `${gatewayOf(context)} dev eth0 lladdr 00:00:5e:00:01:6c REACHABLE\n`;
}

const isLoopback = ({ name }: Interface): boolean => name === 'lo';

function linkText(one: Interface): string {
  const { index, name, flags, mtu, mac, state } = one;
  const discipline = isLoopback(one) || name === 'docker0' ? 'noqueue' : 'pfifo_fast';
  const [kind, everybody] = isLoopback(one) ? ['loopback', '00:00:00:00:00:00'] : ['ether', 'ff:ff:ff:ff:ff:ff'];
  const queue = name === 'docker0' ? '' : 'qlen 1000';
  return (
    `${index}: ${name}: ${flags} mtu ${mtu} qdisc ${discipline} state ${state} group default ${queue}\n` +
    `    link/${kind} ${mac} brd ${everybody}\n`
  );
}

const FOREVER = 'valid_lft forever preferred_lft forever';

function addressText(one: Interface, address: InterfaceAddress): string {
  return `    ${addressWords(one, address)}\n       ${FOREVER}\n`;
}

function briefAddress(one: Interface, address: InterfaceAddress): string {
  return `${one.index}: ${one.name}    ${addressWords(one, address)}\\       ${FOREVER}\n`;
}

/** Of an IPv4 address the label stands at the end; of an IPv6 address there is none, but the blank before it. */
function addressWords(one: Interface, { family, address, bits, scope }: InterfaceAddress): string {
  const broadcast = family === 'inet6' || isLoopback(one) ? '' : ` brd ${lastOf(address, bits)}`;
  return `${family} ${address}/${bits}${broadcast} scope ${scope} ${family === 'inet' ? one.name : ''}`;
}

const size = (bits: number): number => 2 ** (32 - bits);

function networkOf(address: string, bits: number): string {
  const value = addressToNumber(address) ?? 0;
  return numberToAddress(value - (value % size(bits)));
}

function lastOf(address: string, bits: number): string {
  return numberToAddress((addressToNumber(networkOf(address, bits)) ?? 0) + size(bits) - 1);
}

/** The default route's. */
export function gatewayOf(context: ProgramContext): string {
  const gateways = interfacesOf(context).flatMap((one) => one.gateways);
  return gateways.find((gateway) => !gateway.includes(':')) ?? '';
}

const v4Of = (one: Interface): InterfaceAddress | undefined => one.addresses.find(({ family }) => family === 'inet');

function routes(context: ProgramContext, chosen: readonly Interface[]): string {
  const lines = chosen.map((one) => {
    const v4 = v4Of(one);
    if (v4 === undefined || isLoopback(one)) return '';
    const { address, bits } = v4;
    const down = one.name === 'docker0' ? 'linkdown ' : '';
    return `${networkOf(address, bits)}/${bits} dev ${one.name}  proto kernel  scope link  src ${address} ${down}\n`;
  });
  return `default via ${gatewayOf(context)} dev eth0  proto static \n${lines.join('')}`;
}

/** Each address has its /64, and whoever has a gateway a way to everybody else. */
function routesV6(chosen: readonly Interface[]): string {
  const outer = chosen.filter((one) => !isLoopback(one));
  const own = outer.flatMap(({ name, addresses }) =>
    addresses
      .filter(({ family }) => family === 'inet6')
      .map(({ address, bits }) => `${prefixOf(address)}/${bits} dev ${name}  proto kernel  metric 256 \n`),
  );
  const ways = outer.flatMap(({ name, gateways }) =>
    gateways
      .filter((gateway) => gateway.includes(':'))
      .map((gateway) => `default via ${gateway} dev ${name}  proto static  metric 1024 \n`),
  );
  return [...own.sort(), ...ways].join('');
}

/** The first four groups, which is all that a node's addresses have before their `::`. */
const prefixOf = (address: string): string => `${address.split('::')[0] ?? ''}::`;

function routeTo(context: ProgramContext, chosen: readonly Interface[], to: string): string {
  const near = chosen.find((one) => {
    const v4 = v4Of(one);
    return v4 !== undefined && !isLoopback(one) && networkOf(to, v4.bits) === networkOf(v4.address, v4.bits);
  });
  return near === undefined
    ? `${to} via ${gatewayOf(context)} dev eth0  src ${context.host.publicAddress} \n    cache \n`
    : `${to} dev ${near.name}  src ${v4Of(near)?.address ?? ''} \n    cache \n`;
}

export const ipProgram = program('ip', ip);
