import { unprocessable } from '../../cloud/refusal';
import { pageOf } from '../paging';
import { numericId, type Call, type Route } from '../router';

/** What no account of this cloud ever has: it cannot be made here, so every list of it is empty. */
function emptyList(path: string, scope: string, key: string): Route {
  return {
    ...{ method: 'GET', path: `/v2/${path}`, scope: `${scope}:read` },
    run: ({ url }) => {
      const { items, links, meta } = pageOf([], url);
      return { status: 200, body: { [key]: items, links, meta } };
    },
  };
}

/** The figures come from DigitalOcean's agent in the guest, which CoreOS and imported images do not have: none. */
function metrics({ cloud, account, url }: Call) {
  for (const name of ['host_id', 'start', 'end']) {
    if (url.searchParams.get(name) === null) throw unprocessable(`${name} is required`);
  }
  cloud.droplets.get(account, numericId(url.searchParams.get('host_id') ?? undefined));
  return { status: 200, body: { status: 'success', data: { resultType: 'matrix', result: [] } } };
}

export const absentRoutes: readonly Route[] = [
  emptyList('volumes', 'block_storage', 'volumes'),
  emptyList('snapshots', 'snapshot', 'snapshots'),
  emptyList('reserved_ips', 'reserved_ip', 'reserved_ips'),
  emptyList('floating_ips', 'reserved_ip', 'floating_ips'),
  emptyList('load_balancers', 'load_balancer', 'load_balancers'),
  { method: 'GET', path: '/v2/monitoring/metrics/droplet/:metric', scope: 'monitoring:read', run: metrics },
];
