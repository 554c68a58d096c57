import { unprocessable } from '../../cloud/refusal';
import { pageOf } from '../paging';
import { numericId, type Call, type Route } from '../router';
import { timestamp } from './render';

/** No month has ever been closed: what a month has cost so far is in the balance, and before the first invoice as a preview. */
function invoices({ cloud, account, url }: Call) {
  const now = cloud.timeline.now();
  const { items, links, meta } = pageOf([], url);
  const preview = {
    ...{ invoice_uuid: account, amount: cloud.billing.monthToDate(account, now).toFixed(2) },
    ...{ invoice_period: timestamp(now).slice(0, 7), updated_at: timestamp(now) },
  };
  return { status: 200, body: { invoices: items, invoice_preview: preview, links, meta } };
}

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
  emptyList('reserved_ips', 'reserved_ip', 'reserved_ips'),
  emptyList('floating_ips', 'reserved_ip', 'floating_ips'),
  emptyList('monitoring/alerts', 'monitoring', 'policies'),
  emptyList('customers/my/billing_history', 'billing', 'billing_history'),
  { method: 'GET', path: '/v2/customers/my/invoices', scope: 'billing:read', run: invoices },
  emptyList('load_balancers', 'load_balancer', 'load_balancers'),
  emptyList('reserved_ipv6', 'reserved_ip', 'reserved_ipv6s'),
  emptyList('vpc_peerings', 'vpc_peering', 'vpc_peerings'),
  emptyList('certificates', 'certificate', 'certificates'),
  emptyList('cdn/endpoints', 'cdn', 'endpoints'),
  emptyList('kubernetes/clusters', 'kubernetes', 'kubernetes_clusters'),
  emptyList('databases', 'database', 'databases'),
  emptyList('apps', 'app', 'apps'),
  emptyList('1-clicks', '1click', '1_clicks'),
  { method: 'GET', path: '/v2/monitoring/metrics/droplet/:metric', scope: 'monitoring:read', run: metrics },
];
