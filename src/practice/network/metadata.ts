import type { Cloud } from '../cloud/cloud';
import type { Site } from './internet';

export const METADATA_ADDRESS = '169.254.169.254';

/** DigitalOcean's metadata service as a droplet sees its own: what coreos-cloudinit reads at each boot. */
export function createMetadataSite(cloud: Cloud): Site {
  return (request, response, from) => {
    const droplet = cloud.store.droplet(from.dropletId);
    const path = new URL(request.url ?? '/', 'http://metadata').pathname;
    if (droplet === undefined || !path.startsWith('/metadata/v1')) {
      response.writeHead(404).end('not found');
      return;
    }
    const userData = cloud.store.data.userData[droplet.userData] ?? '';
    if (path === '/metadata/v1.json') {
      const address = (ip: string | undefined): object[] => [{ ipv4: { ip_address: ip }, type: 'ipv4' }];
      const body = {
        ...{ droplet_id: droplet.id, hostname: droplet.name, region: droplet.regionSlug, user_data: userData },
        ...{ public_keys: droplet.keys, tags: droplet.tags, dns: { nameservers: ['8.8.8.8', '8.8.4.4'] } },
        interfaces: { public: address(droplet.publicAddress), private: address(droplet.privateAddress) },
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      return;
    }
    const texts: Readonly<Record<string, string>> = {
      '/id': String(droplet.id),
      '/hostname': droplet.name,
      '/region': droplet.regionSlug,
      '/user-data': userData,
      '/public-keys': droplet.keys.join('\n'),
      '/interfaces/public/0/ipv4/address': droplet.publicAddress ?? '',
      '/interfaces/private/0/ipv4/address': droplet.privateAddress ?? '',
    };
    const text = texts[path.slice('/metadata/v1'.length)];
    response.writeHead(text === undefined ? 404 : 200, { 'content-type': 'text/plain' }).end(text ?? 'not found');
  };
}
