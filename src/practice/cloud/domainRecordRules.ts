import { isIPv4, isIPv6 } from 'node:net';
import type { DomainRecord, DomainRecordEntry, DomainRecordType } from './records';
import { unprocessable } from './refusal';

export interface RecordRequest {
  readonly type?: DomainRecordType | undefined;
  readonly name?: string | undefined;
  readonly data?: string | undefined;
  readonly ttl?: number | undefined;
  readonly priority?: number | undefined;
  readonly port?: number | undefined;
  readonly weight?: number | undefined;
  readonly flags?: number | undefined;
  readonly tag?: string | undefined;
}

type Checked = Partial<DomainRecordEntry> & Pick<DomainRecordEntry, 'type' | 'name' | 'data'>;

const LEAST_TTL = 30;
const LABEL = /^(\*|[a-zA-Z0-9_-]+)$/;
/** Which fields beside name, data and time to live a type has (digitalocean/openapi, domain_record.yml). */
const FIELDS: Readonly<Record<DomainRecordType, readonly ('priority' | 'port' | 'weight' | 'flags' | 'tag')[]>> = {
  ...{ A: [], AAAA: [], CNAME: [], NS: [], TXT: [], SOA: [] },
  ...{ MX: ['priority'], SRV: ['priority', 'port', 'weight'], CAA: ['flags', 'tag'] },
};
const POINTERS: readonly DomainRecordType[] = ['CNAME', 'MX', 'NS', 'SRV', 'CAA'];

/** The record as it is kept: names relative to the domain, targets without their last dot; throws the refusal. */
export function checkRecord(domain: DomainRecord, request: RecordRequest, known?: DomainRecordEntry): Checked {
  const { type } = request;
  if (type === undefined) throw unprocessable('Type is invalid.');
  if (type === 'SOA' && known === undefined) throw unprocessable('You cannot create an SOA record.');
  const name = relativeName(domain, request.name ?? known?.name ?? (type === 'NS' || type === 'MX' ? '@' : ''));
  if (name !== '@' && !name.split('.').every((label) => LABEL.test(label)))
    throw unprocessable('Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, ., _ and -)');
  const data = request.data === undefined && known !== undefined ? known.data : targetOf(type, request.data ?? '');
  refuseCompany(domain, { type, name, id: known?.id });
  const ttl = request.ttl ?? known?.ttl ?? domain.ttl;
  if (ttl < LEAST_TTL) throw unprocessable(`TTL must be greater than or equal to ${LEAST_TTL}`);
  return { type, name, data, ttl, ...fieldsOf(type, request, known) };
}

function fieldsOf(type: DomainRecordType, request: RecordRequest, known?: DomainRecordEntry): Partial<Checked> {
  const entries = FIELDS[type].map((field) => {
    const value = request[field] ?? known?.[field];
    if (value === undefined || value === null)
      throw unprocessable(`${capitalized(field)} is required for ${type} records`);
    return [field, value] as const;
  });
  return Object.fromEntries(entries);
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `www.example.com.` is `www` in example.com, `example.com.` is `@`. */
function relativeName(domain: DomainRecord, name: string): string {
  if (name === `${domain.name}.`) return '@';
  const suffix = `.${domain.name}.`;
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

function targetOf(type: DomainRecordType, data: string): string {
  if (data === '') throw unprocessable("Data can't be blank");
  if (type === 'A' && !isIPv4(data)) throw unprocessable('IP address did not match IPv4 format (e.g. 127.0.0.1).');
  if (type === 'AAAA' && !isIPv6(data))
    throw unprocessable('IP address did not match IPv6 format (e.g. 2001:db8::ff00:42:8329).');
  if (!POINTERS.includes(type) || data === '@') return data;
  if (!data.endsWith('.')) throw unprocessable('Data needs to end with a dot (.)');
  return data.slice(0, -1);
}

/** A CNAME stands alone under its name (RFC 1034, 3.6.2). */
function refuseCompany(
  domain: DomainRecord,
  record: { type: DomainRecordType; name: string; id: number | undefined },
): void {
  const others = domain.records.filter((other) => other.name === record.name && other.id !== record.id);
  if (others.some((other) => record.type === 'CNAME' || other.type === 'CNAME')) {
    throw unprocessable('CNAME records cannot share a name with other records');
  }
}
