/**
 * What Go's `json.Unmarshal` takes into the structs of DigitalOcean's Go library (github.com/digitalocean/godo): null into
 * anything, a whole number into `int`, never a string into a number. A pointer that doctl or Terraform's provider follow without
 * looking (`droplet.Region.Slug`, `droplet.Size.Slug`, `droplet.Image.Distribution`, `droplet.Networks.V4`) must be there.
 */
type Kind = 'int' | 'float' | 'string' | 'bool' | 'time';
export interface Shape {
  readonly [field: string]: Kind | Shape | readonly [Kind | Shape] | Followed;
}
/** A pointer that is followed without looking. */
class Followed {
  constructor(readonly to: Shape) {}
}
const followed = (to: Shape): Followed => new Followed(to);

const diskInfo = { disk_info: [{ type: 'string', size: { amount: 'int', unit: 'string' } }] } as const;
const region: Shape = { slug: 'string', name: 'string', sizes: ['string'], available: 'bool', features: ['string'] };
const size: Shape = {
  ...{ slug: 'string', memory: 'int', vcpus: 'int', disk: 'int', price_monthly: 'float', price_hourly: 'float' },
  ...{ regions: ['string'], available: 'bool', transfer: 'float', description: 'string' },
  ...diskInfo,
};
const image: Shape = {
  ...{ id: 'int', name: 'string', type: 'string', distribution: 'string', slug: 'string', public: 'bool' },
  ...{
    regions: ['string'],
    min_disk_size: 'int',
    size_gigabytes: 'float',
    created_at: 'string',
    description: 'string',
  },
  ...{ tags: ['string'], status: 'string', error_message: 'string' },
};
const action: Shape = {
  ...{ id: 'int', status: 'string', type: 'string', started_at: 'time', completed_at: 'time', resource_id: 'int' },
  ...{ resource_type: 'string', region: followed(region), region_slug: 'string' },
};
const network: Shape = { ip_address: 'string', netmask: 'string', gateway: 'string', type: 'string' };
const droplet: Shape = {
  ...{ id: 'int', name: 'string', memory: 'int', vcpus: 'int', disk: 'int', region: followed(region) },
  ...{ image: followed(image), size: followed(size), size_slug: 'string', backup_ids: ['int'], snapshot_ids: ['int'] },
  ...{ next_backup_window: { start: 'time', end: 'time' }, features: ['string'], locked: 'bool', status: 'string' },
  networks: followed({ v4: [network], v6: [{ ...network, netmask: 'int' }] }),
  ...{ created_at: 'time', kernel: { id: 'int', name: 'string', version: 'string' }, tags: ['string'] },
  ...{ volume_ids: ['string'], vpc_uuid: 'string', project_id: 'string', ...diskInfo },
};
const peers: Shape = {
  ...{ addresses: ['string'], tags: ['string'], droplet_ids: ['int'] },
  ...{ load_balancer_uids: ['string'], kubernetes_ids: ['string'] },
};
const firewall: Shape = {
  ...{ id: 'string', name: 'string', status: 'string', created_at: 'string', droplet_ids: ['int'], tags: ['string'] },
  inbound_rules: [{ protocol: 'string', ports: 'string', sources: followed(peers) }],
  outbound_rules: [{ protocol: 'string', ports: 'string', destinations: followed(peers) }],
  pending_changes: [{ droplet_id: 'int', removing: 'bool', status: 'string' }],
};
const key: Shape = { id: 'int', name: 'string', fingerprint: 'string', public_key: 'string' };
const counted: Shape = { count: 'int', last_tagged_uri: 'string' };
const tag: Shape = {
  name: 'string',
  resources: followed({
    ...{ ...counted, droplets: followed({ ...counted, last_tagged: droplet }), images: counted, volumes: counted },
    ...{ volume_snapshots: counted, databases: counted },
  }),
};
const domain: Shape = { name: 'string', ttl: 'int', zone_file: 'string' };
const record: Shape = {
  ...{ id: 'int', type: 'string', name: 'string', data: 'string', priority: 'int', port: 'int', ttl: 'int' },
  ...{ weight: 'int', flags: 'int', tag: 'string' },
};
const vpc: Shape = {
  ...{ id: 'string', urn: 'string', name: 'string', description: 'string', ip_range: 'string', region: 'string' },
  ...{ created_at: 'time', default: 'bool' },
};
const project: Shape = {
  ...{ id: 'string', owner_uuid: 'string', owner_id: 'int', name: 'string', description: 'string', purpose: 'string' },
  ...{ environment: 'string', is_default: 'bool', created_at: 'string', updated_at: 'string' },
};
const account: Shape = {
  ...{ droplet_limit: 'int', floating_ip_limit: 'int', reserved_ip_limit: 'int', volume_limit: 'int', email: 'string' },
  ...{ name: 'string', uuid: 'string', email_verified: 'bool', status: 'string', status_message: 'string' },
  team: { name: 'string', uuid: 'string' },
};

/** The keys of replies, each with what the library has under it. */
export const ROOT: Shape = {
  ...{ account, droplet, droplets: [droplet], action, actions: [action], image, images: [image], firewall },
  ...{ firewalls: [firewall], ssh_key: key, ssh_keys: [key], tag, tags: [tag], domain, domains: [domain] },
  ...{ domain_record: record, domain_records: [record], vpc, vpcs: [vpc], project, projects: [project] },
  ...{ regions: [region], sizes: [size], members: [{ urn: 'string', name: 'string', created_at: 'time' }] },
  ...{ month_to_date_balance: 'string', account_balance: 'string', month_to_date_usage: 'string' },
  ...{ generated_at: 'time', id: 'string', message: 'string', request_id: 'string' },
  resources: [{ urn: 'string', assigned_at: 'string', status: 'string', links: { self: 'string' } }],
  links: {
    pages: { first: 'string', prev: 'string', next: 'string', last: 'string' },
    actions: [{ id: 'int', rel: 'string', href: 'string' }],
  },
  meta: { total: 'int' },
};

/** RFC 3339 as `time.Time` parses it. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*Z$/;

function isKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'int':
      return Number.isSafeInteger(value);
    case 'float':
      return typeof value === 'number';
    case 'bool':
      return typeof value === 'boolean';
    case 'string':
      return typeof value === 'string';
    case 'time':
      return typeof value === 'string' && TIME.test(value);
  }
}

/** Where Go would refuse the value, or a client would follow a pointer to nothing. Fields that a struct lacks are passed over. */
export function refusals(value: unknown, shape: Shape[string], where: string): string[] {
  if (shape instanceof Followed) {
    return value === null || value === undefined
      ? [`${where} is followed, but is not there`]
      : refusals(value, shape.to, where);
  }
  if (value === null || value === undefined) return [];
  if (typeof shape === 'string')
    return isKind(value, shape) ? [] : [`${where} is ${JSON.stringify(value)}, no ${shape}`];
  if (isList(shape)) {
    if (!Array.isArray(value)) return [`${where} is no list`];
    return value.flatMap((one: unknown, index) => refusals(one, shape[0], `${where}[${index}]`));
  }
  if (typeof value !== 'object' || Array.isArray(value)) return [`${where} is no object`];
  const fields = new Map(Object.entries(value));
  return Object.entries(shape).flatMap(([field, of]) => refusals(fields.get(field), of, `${where}.${field}`));
}

const isList = (shape: Shape[string]): shape is readonly [Kind | Shape] => Array.isArray(shape);

/** Keys of a reply that the library knows nothing of: a typing mistake of ours. */
export const unknownKeys = (value: object): string[] => Object.keys(value).filter((key) => !(key in ROOT));
