import type { ProgramContext } from '../program';
import { readNetworkUnits, type ConfiguredInterface } from '../../host/boot/networkUnits';
import { insideOf } from '../../host/inside';
import { addressingOf } from '../../network/addressing';

export interface InterfaceAddress {
  readonly family: 'inet' | 'inet6';
  readonly address: string;
  readonly bits: number;
  readonly scope: 'host' | 'link' | 'global';
}

export interface Interface {
  readonly index: number;
  readonly name: string;
  readonly flags: string;
  readonly mtu: number;
  readonly mac: string;
  readonly state: string;
  readonly addresses: readonly InterfaceAddress[];
  /** Where what is for nobody near goes. */
  readonly gateways: readonly string[];
}

const UP = '<BROADCAST,MULTICAST,UP,LOWER_UP>';

/** The node's interfaces as systemd-networkd has set them up, and Docker's bridge while it runs. */
export function interfacesOf({ host }: ProgramContext): Interface[] {
  const loopback: Interface = {
    ...{ index: 1, name: 'lo', flags: '<LOOPBACK,UP,LOWER_UP>', mtu: 65_536, state: 'UNKNOWN', gateways: [] },
    mac: '00:00:00:00:00:00',
    addresses: [
      { family: 'inet', address: '127.0.0.1', bits: 8, scope: 'host' },
      { family: 'inet6', address: '::1', bits: 128, scope: 'host' },
    ],
  };
  const ethernet = configured(host).map((one, index): Interface => ({
    ...{ index: index + 2, name: `eth${index}`, flags: UP, mtu: 1500, mac: one.mac, state: 'UP' },
    addresses: [
      ...one.addresses.map(({ address, bits }): InterfaceAddress => ({
        ...{ family: address.includes(':') ? 'inet6' : 'inet', address, bits, scope: 'global' },
      })),
      { family: 'inet6', address: linkLocal(one.mac), bits: 64, scope: 'link' },
    ],
    gateways: one.gateways,
  }));
  const bridge: Interface = {
    ...{ index: ethernet.length + 2, name: 'docker0', flags: '<NO-CARRIER,BROADCAST,MULTICAST,UP>', mtu: 1500 },
    ...{ mac: '02:42:8d:1c:05:7a', state: 'DOWN', gateways: [] },
    addresses: [{ family: 'inet', address: '172.17.0.1', bits: 16, scope: 'global' }],
  };
  return [...[loopback, ...ethernet], ...(host.systemd.status('docker.service').active === 'active' ? [bridge] : [])];
}

/** Other images than CoreOS are set up before they boot. */
function configured(host: ProgramContext['host']): ConfiguredInterface[] {
  const units = readNetworkUnits(insideOf(host).tree);
  if (units.length > 0) return units;
  const { public: outer, private: inner } = addressingOf(host);
  const all = [{ mac: outer.mac, addresses: [outer.v4], gateways: [outer.v4.gateway] }];
  return host.privateAddress === '' ? all : [...all, { mac: inner.mac, addresses: [inner.v4], gateways: [] }];
}

/** Made of the hardware address as RFC 4291 says (modified EUI-64). */
function linkLocal(mac: string): string {
  const [first = 0, ...rest] = mac.split(':').map((part) => Number.parseInt(part, 16));
  const bytes = [first ^ 2, ...rest.slice(0, 2), 0xff, 0xfe, ...rest.slice(2)];
  const groups = [0, 2, 4, 6].map((at) => (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)).toString(16));
  return `fe80::${groups.join(':')}`;
}
