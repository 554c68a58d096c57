import type { Addressing, NodeInterface } from '../../kernel';
import type { FileTree } from '../files/tree';

/** Where systemd-networkd looks for what holds until the power goes. */
const FOLDER = '/run/systemd/network';

/**
 * What coreos-cloudinit makes of the metadata service's interfaces at each boot (its network/digitalocean.go and interface.go): one
 * unit for each, named after its hardware address. Only the public one has routes and name servers.
 */
export function writeNetworkUnits(tree: FileTree, addressing: Addressing, nameservers: readonly string[]): void {
  const units = [unitOf(addressing.public, nameservers), unitOf(addressing.private)];
  for (const { mac, text } of units) tree.write(`${FOLDER}/00-${mac}.network`, text);
}

function unitOf({ mac, v4, v6 }: NodeInterface, nameservers?: readonly string[]): { mac: string; text: string } {
  const addresses = [v4, ...(v6 === undefined ? [] : [v6])];
  const hasRoutes = nameservers !== undefined;
  const sections = [
    `[Match]\nMACAddress=${mac}\n`,
    `[Network]\n${(nameservers ?? []).map((address) => `DNS=${address}\n`).join('')}`,
    ...addresses.map(({ address, bits }) => `[Address]\nAddress=${address}/${bits}\n`),
    ...addresses.map(({ gateway }) => {
      const everywhere = gateway.includes(':') ? '::/0' : '0.0.0.0/0';
      return hasRoutes ? `[Route]\nDestination=${everywhere}\nGateway=${gateway}\n` : '';
    }),
  ];
  return { mac, text: sections.filter((section) => section !== '').join('\n') };
}

/** An interface as its unit says that it is to be. */
export interface ConfiguredInterface {
  readonly mac: string;
  readonly addresses: readonly { readonly address: string; readonly bits: number }[];
  readonly gateways: readonly string[];
}

/** The interfaces of this boot in their order; none on a node that coreos-cloudinit has not configured. */
export function readNetworkUnits(tree: FileTree): ConfiguredInterface[] {
  return tree
    .names(FOLDER)
    .filter((name) => name.endsWith('.network'))
    .sort()
    .map((name) => {
      const text = tree.text(`${FOLDER}/${name}`) ?? '';
      return {
        mac: valuesOf(text, 'MACAddress')[0] ?? '',
        addresses: valuesOf(text, 'Address').map((value) => {
          const [address = '', bits = ''] = value.split('/');
          return { address, bits: Number(bits) };
        }),
        gateways: valuesOf(text, 'Gateway'),
      };
    });
}

const valuesOf = (text: string, key: string): string[] =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value = '']) => value);
