import { badRequest, Refusal, unprocessable } from '../../cloud/refusal';
import { pageOf } from '../paging';
import type { Call, Route } from '../router';
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

function emptyList(path: string, scope: string, key: string): Route {
  return {
    ...{ method: 'GET', path: `/v2/${path}`, scope: `${scope}:read` },
    run: ({ url }) => {
      const { items, links, meta } = pageOf([], url);
      return { status: 200, body: { [key]: items, links, meta } };
    },
  };
}

interface Absent {
  readonly path: string;
  readonly scope: string;
  /** In the reply, when it is not the path. */
  readonly key?: string;
  readonly words?: string;
}

/** What no account of this cloud ever has. Whoever wants to make one hears that it is no fault of the request. */
function neverThere({ path, scope, key = path, words = key.replaceAll('_', ' ') }: Absent): Route[] {
  const refuse: Route = {
    ...{ method: 'POST', path: `/v2/${path}`, scope: `${scope}:create` },
    run: () => {
      throw unprocessable(`The practice cloud has no ${words}.`);
    },
  };
  return [emptyList(path, scope, key), refuse];
}

const ABSENT: readonly Absent[] = [
  { path: 'volumes', scope: 'block_storage' },
  { path: 'reserved_ips', scope: 'reserved_ip', words: 'reserved IPs' },
  { path: 'floating_ips', scope: 'reserved_ip', words: 'floating IPs' },
  { path: 'reserved_ipv6', scope: 'reserved_ip', key: 'reserved_ipv6s', words: 'reserved IPs' },
  { path: 'load_balancers', scope: 'load_balancer' },
  { path: 'monitoring/alerts', scope: 'monitoring', key: 'policies', words: 'alert policies' },
  { path: 'vpc_peerings', scope: 'vpc_peering', words: 'VPC peerings' },
  { path: 'certificates', scope: 'certificate' },
  { path: 'cdn/endpoints', scope: 'cdn', key: 'endpoints', words: 'CDN' },
  { path: 'kubernetes/clusters', scope: 'kubernetes', key: 'kubernetes_clusters', words: 'Kubernetes' },
  { path: 'databases', scope: 'database' },
  { path: 'apps', scope: 'app', words: 'App Platform' },
];

/** The figures come from DigitalOcean's agent in the guest, which CoreOS and imported images do not have: none. */
function metrics({ cloud, account, url }: Call) {
  for (const name of ['start', 'end']) {
    if (!/^\d+$/.test(url.searchParams.get(name) ?? '')) {
      throw badRequest(`failed to parse ${name} time: cannot parse to a valid timestamp`);
    }
  }
  const id = url.searchParams.get('host_id') ?? '';
  // Of a droplet that is not there it says no more than of another account's (seen in a public transcript).
  if (!cloud.droplets.list(account).some((droplet) => String(droplet.id) === id)) {
    throw new Refusal(401, 'unknown', 'unauthorized');
  }
  return { status: 200, body: { status: 'success', data: { resultType: 'matrix', result: [] } } };
}

export const absentRoutes: readonly Route[] = [
  ...ABSENT.flatMap(neverThere),
  emptyList('customers/my/billing_history', 'billing', 'billing_history'),
  emptyList('1-clicks', '1click', '1_clicks'),
  { method: 'GET', path: '/v2/customers/my/invoices', scope: 'billing:read', run: invoices },
  { method: 'GET', path: '/v2/monitoring/metrics/droplet/:metric', scope: 'monitoring:read', run: metrics },
];
