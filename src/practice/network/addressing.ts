import { gatewayOf } from '../cloud/addresses';
import { addressToNumber, numberToAddress, type Cidr } from '../cloud/cidr';
import type { Addressing, HostSpec } from '../kernel';

/** Public addresses are given out of ranges of that size. */
const PUBLIC_BITS = 24;
/** Of a private network when nothing else is said. */
const PRIVATE_BITS = 16;
const V6_BITS = 64;
export const NAMESERVERS = ['8.8.8.8', '8.8.4.4'];

type Addresses = Pick<HostSpec, 'dropletId' | 'publicAddress' | 'privateAddress'>;

/** How a droplet's two interfaces are configured: what API, metadata service and the node itself say alike. */
export function addressingOf(droplet: Addresses, more: { range?: Cidr; hasV6?: boolean } = {}): Addressing {
  const { dropletId: id, publicAddress, privateAddress } = droplet;
  const { range = rangeOf(privateAddress), hasV6 = false } = more;
  const gateway = gatewayOf(publicAddress);
  return {
    public: {
      mac: macOf(id, 1),
      v4: { address: publicAddress, bits: PUBLIC_BITS, gateway },
      ...(hasV6 && { v6: v6Of(id) }),
    },
    private: {
      mac: macOf(id, 2),
      v4: { address: privateAddress, bits: range.bits, gateway: numberToAddress(range.base + 1) },
    },
  };
}

function rangeOf(address: string): Cidr {
  const number = addressToNumber(address) ?? 0;
  return { base: number - (number % 2 ** (32 - PRIVATE_BITS)), bits: PRIVATE_BITS };
}

/** 04:01 is what DigitalOcean's machines had in 2016. */
function macOf(id: number, which: number): string {
  const digits = (id * 4 + which).toString(16).padStart(6, '0').slice(-6);
  return `04:01:${['0a', ...(digits.match(/../g) ?? [])].join(':')}`;
}

/** In the range for documentation (RFC 3849): nothing is reached by it. */
function v6Of(id: number): { address: string; bits: number; gateway: string } {
  const prefix = `2001:db8:${(id >>> 16).toString(16)}:${(id & 0xffff).toString(16)}`;
  return { address: `${prefix}::1001`, bits: V6_BITS, gateway: `${prefix}::1` };
}
