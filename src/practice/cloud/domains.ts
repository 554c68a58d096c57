import { checkRecord, type RecordRequest } from './domainRecordRules';
import type { DomainRecord, DomainRecordEntry } from './records';
import { notFound, unprocessable } from './refusal';
import type { CloudStore } from './store';

const DEFAULT_TTL = 1800;
const LABEL = /^[a-z0-9-]{1,63}$/;
const NAME_SERVERS = ['ns1.digitalocean.com', 'ns2.digitalocean.com', 'ns3.digitalocean.com'];

function isDomain(name: string): boolean {
  const labels = name.split('.');
  return name.length <= 253 && labels.length > 1 && labels.every((label) => LABEL.test(label) && !/^-|-$/.test(label));
}

/** Domains of an account and what stands in their zones. Nothing here is ever resolved: a practice cloud has no name of its own. */
export class Domains {
  constructor(private readonly store: CloudStore) {}

  list(account: string): DomainRecord[] {
    return this.store.data.domains.filter((domain) => domain.account === account);
  }

  get(account: string, name: string): DomainRecord {
    const domain = this.list(account).find((candidate) => candidate.name === name.toLowerCase());
    if (domain === undefined) throw notFound();
    return domain;
  }

  /** A name belongs to one account of all. A new zone has its authority and three name servers; `address` makes an apex record. */
  create(account: string, asked: string, address: string | undefined): DomainRecord {
    const name = asked.toLowerCase();
    if (!isDomain(name)) throw unprocessable(`domain '${name}': name is invalid`);
    if (this.store.data.domains.some((domain) => domain.name === name)) {
      throw unprocessable(`domain '${name}': name already exists`);
    }
    const domain: DomainRecord = { account, name, ttl: DEFAULT_TTL, records: [] };
    this.#add(domain, { type: 'SOA', name: '@', data: String(DEFAULT_TTL) });
    for (const server of NAME_SERVERS) this.#add(domain, { type: 'NS', name: '@', data: server });
    if (address !== undefined) this.#add(domain, checkRecord(domain, { type: 'A', name: '@', data: address }));
    this.store.data.domains.push(domain);
    this.store.changed();
    return domain;
  }

  delete(account: string, name: string): void {
    const domain = this.get(account, name);
    this.store.data.domains = this.store.data.domains.filter((other) => other !== domain);
    this.store.changed();
  }

  record(domain: DomainRecord, id: number): DomainRecordEntry {
    const record = domain.records.find((candidate) => candidate.id === id);
    if (record === undefined) throw notFound();
    return record;
  }

  createRecord(domain: DomainRecord, request: RecordRequest): DomainRecordEntry {
    const record = this.#add(domain, checkRecord(domain, request));
    this.#levelTimes(domain, record);
    this.store.changed();
    return record;
  }

  /** What is not said stays. */
  updateRecord(domain: DomainRecord, id: number, request: RecordRequest): DomainRecordEntry {
    const known = this.record(domain, id);
    Object.assign(known, checkRecord(domain, { ...request, type: request.type ?? known.type }, known));
    this.#levelTimes(domain, known);
    this.store.changed();
    return known;
  }

  deleteRecord(domain: DomainRecord, id: number): void {
    const record = this.record(domain, id);
    domain.records = domain.records.filter((other) => other !== record);
    this.store.changed();
  }

  /** Records of one name and type have one time to live (RFC 2181, 5.2): the latest said, without a word to who said another. */
  #levelTimes(domain: DomainRecord, { type, name, ttl }: DomainRecordEntry): void {
    for (const record of domain.records) if (record.type === type && record.name === name) record.ttl = ttl;
  }

  #add(domain: DomainRecord, fields: Partial<DomainRecordEntry> & Pick<DomainRecordEntry, 'type' | 'name' | 'data'>) {
    const record: DomainRecordEntry = {
      ...{ ttl: domain.ttl, priority: null, port: null, weight: null, flags: null, tag: null },
      ...{ ...fields, id: this.store.nextId() },
    };
    domain.records.push(record);
    return record;
  }
}
