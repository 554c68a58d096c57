import type { Random } from '../kernel';
import type { VpcRecord } from './records';
import type { CloudStore } from './store';

/** The documentation ranges of RFC 5737 and, when they are used up, the benchmark range of RFC 2544: never a real host's. */
const DOCUMENTATION = ['203.0.113', '198.51.100', '192.0.2'];
const FIRST_HOST = 10;
const HOSTS_PER_RANGE = 245 - FIRST_HOST;
/** Private networks are 10.x.0.0/16 from here on; 10.229 and 10.244 to 10.246 are DigitalOcean's own, and flannel's in Deis. */
const FIRST_OCTET = 128;
const TAKEN_OCTETS = [229, 244, 245, 246];

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

/** Every droplet of an account in a region joins that region's one private network. */
export class Vpcs {
  constructor(
    private readonly store: CloudStore,
    private readonly random: Random,
  ) {}

  list(account: string): VpcRecord[] {
    return this.store.data.vpcs.filter((vpc) => vpc.account === account);
  }

  ensure(account: string, regionSlug: string, now: number): VpcRecord {
    const known = this.list(account).find((vpc) => vpc.regionSlug === regionSlug);
    if (known !== undefined) return known;
    const vpc: VpcRecord = {
      ...{ id: this.random.uuid(), account, regionSlug, createdAt: now },
      ...{ octet: this.#freeOctet(), nextHost: 2 },
    };
    this.store.data.vpcs.push(vpc);
    this.store.changed();
    return vpc;
  }

  takeAddress(id: string): string {
    const vpc = this.store.data.vpcs.find((candidate) => candidate.id === id);
    if (vpc === undefined) throw new Error(`There is no private network ${id}`);
    const host = vpc.nextHost;
    vpc.nextHost += (host & 255) === 254 ? 3 : 1; // .255 and .0 look like broadcast and network to people
    return `10.${vpc.octet}.${(host >> 8) & 255}.${host & 255}`;
  }

  #freeOctet(): number {
    const used = new Set([...TAKEN_OCTETS, ...this.store.data.vpcs.map((vpc) => vpc.octet)]);
    for (let octet = FIRST_OCTET; octet < 254; octet += 1) if (!used.has(octet)) return octet;
    // So many regions and accounts: addresses of strangers may be alike, as they may on the real thing.
    return FIRST_OCTET + this.random.integer(0, 90);
  }
}
