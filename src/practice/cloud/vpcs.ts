import type { Random } from '../kernel';
import { doOverlap, isWithin, numberToAddress, parseCidr, sizeOf, type Cidr } from './cidr';
import type { VpcRecord } from './records';
import { forbidden, notFound, Refusal, unprocessable } from './refusal';
import type { CloudStore } from './store';

export interface VpcRequest {
  readonly name: string;
  readonly regionSlug: string;
  readonly description: string;
  readonly range: string | undefined;
}

/** Private networks begin with 10.x from here on; 10.229 and 10.244 to 10.246 are DigitalOcean's own, and flannel's in Deis. */
const FIRST_OCTET = 128;
const TAKEN_OCTETS = [229, 244, 245, 246];
/** Behind the network's own address and its gateway's. */
const FIRST_HOST = 2;
const NAME = /^[a-zA-Z0-9\-.]+$/;
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(rangeOf);
/** digitalocean/openapi, vpcs/models/vpc.yml. */
const [LARGEST_BITS, SMALLEST_BITS, GENERATED_BITS, MOST_DESCRIPTION] = [16, 28, 20, 255];

function rangeOf(text: string): Cidr {
  const range = parseCidr(text);
  if (range === undefined) throw new Error(`${text} is no range of addresses`);
  return range;
}

function asBefore(vpc: VpcRecord): Partial<VpcRecord> {
  const octet = 'octet' in vpc ? String(vpc.octet) : FIRST_OCTET;
  return { name: `default-${vpc.regionSlug}`, description: '', isDefault: true, range: `10.${octet}.0.0/16` };
}

export const cidrOf = (vpc: VpcRecord): Cidr => rangeOf(vpc.range);

/** Private networks: every region has a default one, which droplets join that name none. */
export class Vpcs {
  constructor(
    private readonly store: CloudStore,
    private readonly random: Random,
    /** How large the regions' own are: a /16 in 2016, as private networking had it; today as those that are asked for without a range. */
    private readonly defaultBits: 16 | 20 = 16,
  ) {
    // A state that was written when there were only default networks has less of each.
    for (const vpc of store.data.vpcs) Object.assign(vpc, { ...asBefore(vpc), ...vpc });
  }

  list(account: string): VpcRecord[] {
    return this.store.data.vpcs.filter((vpc) => vpc.account === account);
  }

  get(account: string, id: string): VpcRecord {
    const vpc = this.list(account).find((candidate) => candidate.id === id);
    if (vpc === undefined) throw notFound();
    return vpc;
  }

  byId(id: string): VpcRecord | undefined {
    return this.store.data.vpcs.find((candidate) => candidate.id === id);
  }

  /** The region's default network, made when its first droplet comes. */
  ensure(account: string, regionSlug: string, now: number): VpcRecord {
    const known = this.list(account).find((vpc) => vpc.regionSlug === regionSlug && vpc.isDefault);
    if (known !== undefined) return known;
    const range = `10.${this.#freeOctet(account)}.0.0/${this.defaultBits}`;
    return this.#add(account, { name: `default-${regionSlug}`, regionSlug, description: '', range }, now);
  }

  create(account: string, { range, ...request }: VpcRequest, now: number): VpcRecord {
    this.#checkWords(account, request);
    if (range !== undefined) this.#checkRange(account, range);
    return this.#add(account, { ...request, range }, now);
  }

  /** What is not said stays. One that becomes the region's default takes that from the one before. */
  update(
    account: string,
    id: string,
    change: Partial<Pick<VpcRecord, 'name' | 'description' | 'isDefault'>>,
  ): VpcRecord {
    const vpc = this.get(account, id);
    const { name = vpc.name, description = vpc.description } = change;
    this.#checkWords(account, { name, description }, id);
    if (change.isDefault === true && !vpc.isDefault) {
      for (const other of this.list(account)) if (other.regionSlug === vpc.regionSlug) other.isDefault = false;
      vpc.isDefault = true;
    }
    Object.assign(vpc, { name, description });
    this.store.changed();
    return vpc;
  }

  delete(account: string, id: string): void {
    const vpc = this.get(account, id);
    if (vpc.isDefault) throw forbidden('Can not delete default VPCs');
    if (this.store.data.droplets.some((droplet) => droplet.vpc === id)) {
      throw new Refusal(409, 'conflict', 'Can not delete VPC with members');
    }
    this.store.data.vpcs = this.store.data.vpcs.filter((other) => other !== vpc);
    this.store.changed();
  }

  takeAddress(id: string): string {
    const vpc = this.byId(id);
    if (vpc === undefined) throw new Error(`There is no private network ${id}`);
    const range = cidrOf(vpc);
    // Another account may have a network of the same range: in this model an address still belongs to one droplet.
    const used = new Set(this.store.data.droplets.map((droplet) => droplet.privateAddress));
    for (let tries = 0; tries < sizeOf(range); tries += 1) {
      const host = vpc.nextHost % sizeOf(range);
      vpc.nextHost = host + ((host & 255) === 254 ? 3 : 1); // .255 and .0 look like broadcast and network to people
      const address = numberToAddress(range.base + host);
      if (host >= FIRST_HOST && host < sizeOf(range) - 1 && !used.has(address)) return address;
    }
    throw new Error(`The private network ${id} is full`);
  }

  /** Addresses that are left in a network for droplets. */
  room(id: string): number {
    const vpc = this.byId(id);
    const members = this.store.data.droplets.filter((droplet) => droplet.vpc === id).length;
    return vpc === undefined ? 0 : sizeOf(cidrOf(vpc)) - FIRST_HOST - 1 - members;
  }

  #add(account: string, request: Omit<VpcRequest, 'range'> & { range?: string | undefined }, now: number): VpcRecord {
    const { name, regionSlug, description, range = `10.${this.#freeOctet(account)}.0.0/${GENERATED_BITS}` } = request;
    // The first of a region becomes its default, whoever made it.
    const isDefault = !this.list(account).some((vpc) => vpc.regionSlug === regionSlug && vpc.isDefault);
    const vpc: VpcRecord = {
      ...{ id: this.random.uuid(), account, regionSlug, createdAt: now, name, description, isDefault, range },
      nextHost: FIRST_HOST,
    };
    this.store.data.vpcs.push(vpc);
    this.store.changed();
    return vpc;
  }

  #checkWords(account: string, { name, description }: Pick<VpcRecord, 'name' | 'description'>, ownId?: string): void {
    if (!NAME.test(name)) throw unprocessable('name must contain only alphanumeric characters, dashes, and periods');
    if (description.length > MOST_DESCRIPTION)
      throw unprocessable('description is too long (maximum is 255 characters)');
    if (this.list(account).some((vpc) => vpc.name === name && vpc.id !== ownId)) {
      throw unprocessable('a VPC with the same name already exists in your account');
    }
  }

  #checkRange(account: string, text: string): void {
    const range = parseCidr(text);
    if (range === undefined) throw unprocessable('ip_range is not a valid CIDR range');
    if (range.bits < LARGEST_BITS || range.bits > SMALLEST_BITS || !PRIVATE.some((all) => isWithin(range, all))) {
      throw unprocessable('ip_range must be a private network between /28 and /16 in size');
    }
    const other = this.list(account).find((vpc) => doOverlap(cidrOf(vpc), range));
    if (other !== undefined) {
      const which = `${other.name} ${other.range}`;
      throw unprocessable(`This range/size overlaps with another VPC network in your account: ${which}.`);
    }
  }

  #freeOctet(account: string): number {
    const isTaken = (octet: number): boolean => {
      const range = rangeOf(`10.${octet}.0.0/16`);
      return this.store.data.vpcs.some((vpc) => doOverlap(cidrOf(vpc), range));
    };
    for (let octet = FIRST_OCTET; octet < 254; octet += 1) {
      if (!TAKEN_OCTETS.includes(octet) && !isTaken(octet)) return octet;
    }
    // So many regions and accounts: addresses of strangers may be alike, as they may on the real thing.
    const own = this.list(account).map(cidrOf);
    for (let octet = FIRST_OCTET; octet < 254; octet += 1) {
      if (!own.some((range) => doOverlap(range, rangeOf(`10.${octet}.0.0/16`)))) return octet;
    }
    return FIRST_OCTET;
  }
}
