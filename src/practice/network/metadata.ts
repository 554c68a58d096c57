import type { Cloud } from '../cloud/cloud';
import { netmaskOf } from '../cloud/cidr';
import { addressingOfDroplet } from '../cloud/dropletAddressing';
import { isImported } from '../cloud/images';
import type { DropletRecord } from '../cloud/records';
import type { NodeAddress, NodeInterface } from '../kernel';
import { NAMESERVERS } from './addressing';
import type { Site } from './internet';

export const METADATA_ADDRESS = '169.254.169.254';
const ROOT = '/metadata/v1';

/** A text, or what is below a path. */
type Entry = string | { readonly [name: string]: Entry };

/** DigitalOcean's metadata service as a droplet sees its own: what coreos-cloudinit reads at each boot. */
export function createMetadataSite(cloud: Cloud): Site {
  return (request, response, from) => {
    const droplet = cloud.store.droplet(from.dropletId);
    const path = new URL(request.url ?? '/', 'http://metadata').pathname;
    if (droplet !== undefined && path === `${ROOT}.json`) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(wholeOf(cloud, droplet)));
      return;
    }
    const text = droplet === undefined ? undefined : textAt(treeOf(cloud, droplet), path);
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(text ?? 'not found');
  };
}

function textAt(root: Entry, path: string): string | undefined {
  if (path !== ROOT && !path.startsWith(`${ROOT}/`)) return undefined;
  let entry: Entry | undefined = root;
  for (const name of path.slice(ROOT.length).split('/')) {
    if (name === '') continue;
    entry = typeof entry === 'object' && Object.hasOwn(entry, name) ? entry[name] : undefined;
  }
  return typeof entry === 'object' ? indexOf(entry) : entry;
}

/** What has more below it ends with a slash. */
function indexOf(entry: Readonly<Record<string, Entry>>): string {
  return Object.entries(entry)
    .map(([name, below]) => (typeof below === 'string' ? name : `${name}/`))
    .join('\n');
}

const userDataOf = (cloud: Cloud, droplet: DropletRecord): string => cloud.store.data.userData[droplet.userData] ?? '';

/** Names and order are those of DigitalOcean's reference of this service. */
function treeOf(cloud: Cloud, droplet: DropletRecord): Entry {
  const addressing = addressingOfDroplet(droplet, cloud.store.data.vpcs);
  return {
    ...{ id: String(droplet.id), hostname: droplet.name, 'user-data': userDataOf(cloud, droplet), 'vendor-data': '' },
    ...{ 'public-keys': droplet.keys.join('\n'), region: droplet.regionSlug },
    interfaces: {
      public: { 0: interfaceOf(addressing.public, 'public') },
      private: { 0: interfaceOf(addressing.private, 'private') },
    },
    dns: { nameservers: NAMESERVERS.join('\n') },
    floating_ip: { ipv4: { active: 'false' } },
    reserved_ip: { ipv4: { active: 'false' } },
    tags: Object.fromEntries(droplet.tags.map((tag) => [tag, tag])),
    // Imported images have their addresses by DHCP.
    features: { dhcp_enabled: String(isImported(droplet.image)) },
  };
}

function interfaceOf({ mac, v4, v6 }: NodeInterface, type: string): Entry {
  const cidr = v6 === undefined ? {} : { ipv6: { address: v6.address, cidr: String(v6.bits), gateway: v6.gateway } };
  return { mac, type, ipv4: { address: v4.address, netmask: maskOf(v4), gateway: v4.gateway }, ...cidr };
}

const maskOf = ({ bits }: NodeAddress): string => netmaskOf({ base: 0, bits });

function wholeOf(cloud: Cloud, droplet: DropletRecord): object {
  const addressing = addressingOfDroplet(droplet, cloud.store.data.vpcs);
  const one = ({ mac, v4, v6 }: NodeInterface, type: string): object[] => [
    {
      ipv4: { ip_address: v4.address, netmask: maskOf(v4), gateway: v4.gateway },
      ...(v6 !== undefined && { ipv6: { ip_address: v6.address, cidr: v6.bits, gateway: v6.gateway } }),
      ...{ mac, type },
    },
  ];
  const none = { ipv4: { active: false } };
  return {
    ...{ droplet_id: droplet.id, hostname: droplet.name, user_data: userDataOf(cloud, droplet), vendor_data: '' },
    ...{ public_keys: droplet.keys, region: droplet.regionSlug },
    interfaces: { private: one(addressing.private, 'private'), public: one(addressing.public, 'public') },
    ...{ floating_ip: none, reserved_ip: none, dns: { nameservers: NAMESERVERS } },
    ...{ tags: droplet.tags, features: { dhcp_enabled: isImported(droplet.image) } },
  };
}
