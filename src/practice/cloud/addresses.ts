import type { CloudStore } from './store';

/** The documentation ranges of RFC 5737 and, when they are used up, the benchmark range of RFC 2544: never a real host's. */
const DOCUMENTATION = ['203.0.113', '198.51.100', '192.0.2'];
const FIRST_HOST = 10;
const HOSTS_PER_RANGE = 245 - FIRST_HOST;

function publicAddress(index: number): string {
  const range = DOCUMENTATION[Math.floor(index / HOSTS_PER_RANGE)];
  if (range !== undefined) return `${range}.${FIRST_HOST + (index % HOSTS_PER_RANGE)}`;
  const rest = index - DOCUMENTATION.length * HOSTS_PER_RANGE;
  return `198.18.${Math.floor(rest / HOSTS_PER_RANGE) % 256}.${FIRST_HOST + (rest % HOSTS_PER_RANGE)}`;
}

/** The next address nobody has. One that was given back rests as long as there are others, as stale host keys are a trap. */
export function takePublicAddress(store: CloudStore): string {
  const used = new Set(store.data.droplets.map((droplet) => droplet.publicAddress));
  let address: string;
  do {
    address = publicAddress(store.data.nextAddress);
    store.data.nextAddress += 1;
  } while (used.has(address));
  return address;
}

export function gatewayOf(publicAddressOfDroplet: string): string {
  return publicAddressOfDroplet.replace(/\.\d+$/, '.1');
}
