import * as v from 'valibot';
import type { RecordRequest } from '../../cloud/domainRecordRules';
import type { DomainRecord, DomainRecordEntry } from '../../cloud/records';
import { pageOf } from '../paging';
import { numericId, type Call, type Route } from '../router';
import { optional, parseBody } from './body';

const PATH = '/v2/domains';
const RECORDS = `${PATH}/:domain/records`;
const newDomain = v.object({ name: v.string(), ip_address: optional(v.string()) });
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2_147_483_647));
const recordBody = v.object({
  type: optional(v.picklist(['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NS', 'SOA', 'SRV', 'TXT'])),
  ...{ name: optional(v.string()), data: optional(v.string()), tag: optional(v.string()) },
  ...{ ttl: optional(whole), priority: optional(whole), port: optional(whole), weight: optional(whole) },
  flags: optional(whole),
});

/** Null and absent are one; Go's clients send a 0 for each number that was not given. */
function toRequest(body: unknown): RecordRequest {
  const { type, name, data, ttl, priority, port, weight, flags, tag } = parseBody(recordBody, body);
  return {
    ...{ type: type ?? undefined, name: name ?? undefined, data: data ?? undefined, tag: tag ?? undefined },
    ttl: ttl === 0 ? undefined : (ttl ?? undefined),
    ...{ priority: priority ?? undefined, port: port ?? undefined, weight: weight ?? undefined },
    flags: flags ?? undefined,
  };
}

function zoneFile({ name, ttl, records }: DomainRecord): string {
  const lines = records.map((record) => {
    const owner = record.name === '@' ? `${name}.` : `${record.name}.${name}.`;
    const isTarget = ['CNAME', 'MX', 'NS', 'SRV'].includes(record.type);
    const target = record.data === '@' ? `${name}.` : `${record.data}${isTarget ? '.' : ''}`;
    if (record.type === 'SOA') {
      return `${owner} IN SOA ns1.digitalocean.com. hostmaster.${name}. ${record.id} 10800 3600 604800 ${record.data}`;
    }
    const numbers = [record.priority, record.weight, record.port, record.flags, record.tag].filter(
      (one) => one !== null,
    );
    return [owner, record.ttl, 'IN', record.type, ...numbers, target].join(' ');
  });
  return `$ORIGIN ${name}.\n$TTL ${ttl}\n${lines.join('\n')}\n`;
}

const renderDomain = (domain: DomainRecord): object => ({
  ...{ name: domain.name, ttl: domain.ttl, zone_file: zoneFile(domain) },
});

const renderRecord = ({ id, type, name, data, ...rest }: DomainRecordEntry): object => ({
  ...{ id, type, name, data, priority: rest.priority, port: rest.port, ttl: rest.ttl },
  ...{ weight: rest.weight, flags: rest.flags, tag: rest.tag },
});

const domainOf = ({ cloud, account, params }: Call): DomainRecord => cloud.domains.get(account, params['domain'] ?? '');

function listRecords(call: Call) {
  const { records, name: domainName } = domainOf(call);
  const type = call.url.searchParams.get('type');
  const name = call.url.searchParams.get('name');
  const wanted = records.filter((record) => {
    const full = record.name === '@' ? domainName : `${record.name}.${domainName}`;
    return (type === null || record.type === type) && (name === null || full === name);
  });
  const { items, links, meta } = pageOf(wanted, call.url);
  return { status: 200, body: { domain_records: items.map(renderRecord), links, meta } };
}

function update(call: Call) {
  const id = numericId(call.params['record']);
  const record = call.cloud.domains.updateRecord(domainOf(call), id, toRequest(call.body));
  return { status: 200, body: { domain_record: renderRecord(record) } };
}

export const domainRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: PATH, scope: 'domain:read' },
    run: ({ cloud, account, url }) => {
      const { items, links, meta } = pageOf(cloud.domains.list(account), url);
      return { status: 200, body: { domains: items.map(renderDomain), links, meta } };
    },
  },
  {
    ...{ method: 'POST', path: PATH, scope: 'domain:create' },
    run: ({ cloud, account, body }) => {
      const { name, ip_address: address } = parseBody(newDomain, body);
      const made = cloud.domains.create(account, name, address === null || address === '' ? undefined : address);
      // The zone is not written yet at that moment.
      return { status: 201, body: { domain: { ...renderDomain(made), zone_file: null } } };
    },
  },
  {
    ...{ method: 'GET', path: `${PATH}/:domain`, scope: 'domain:read' },
    run: (call) => ({ status: 200, body: { domain: renderDomain(domainOf(call)) } }),
  },
  {
    ...{ method: 'DELETE', path: `${PATH}/:domain`, scope: 'domain:delete' },
    run: ({ cloud, account, params }) => {
      cloud.domains.delete(account, params['domain'] ?? '');
      return { status: 204 };
    },
  },
  { method: 'GET', path: RECORDS, scope: 'domain:read', run: listRecords },
  {
    ...{ method: 'POST', path: RECORDS, scope: 'domain:create' },
    run: (call) => {
      const record = call.cloud.domains.createRecord(domainOf(call), toRequest(call.body));
      return { status: 201, body: { domain_record: renderRecord(record) } };
    },
  },
  {
    ...{ method: 'GET', path: `${RECORDS}/:record`, scope: 'domain:read' },
    run: (call) => {
      const record = call.cloud.domains.record(domainOf(call), numericId(call.params['record']));
      return { status: 200, body: { domain_record: renderRecord(record) } };
    },
  },
  { method: 'PUT', path: `${RECORDS}/:record`, scope: 'domain:update', run: update },
  { method: 'PATCH', path: `${RECORDS}/:record`, scope: 'domain:update', run: update },
  {
    ...{ method: 'DELETE', path: `${RECORDS}/:record`, scope: 'domain:delete' },
    run: (call) => {
      call.cloud.domains.deleteRecord(domainOf(call), numericId(call.params['record']));
      return { status: 204 };
    },
  },
];
