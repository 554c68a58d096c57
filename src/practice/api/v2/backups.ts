import { HOURS, PLANS, WEEKDAYS, WINDOW_HOURS } from '../../cloud/backupPolicy';
import type { Cloud } from '../../cloud/cloud';
import type { DropletRecord } from '../../cloud/records';
import { pageOf } from '../paging';
import { numericId, type Call, type Route } from '../router';
import { renderBackupWindow } from './render';

function renderPolicy(cloud: Cloud, droplet: DropletRecord): object {
  const policy = droplet.backups?.policy;
  return {
    ...{ droplet_id: droplet.id, backup_enabled: policy !== undefined },
    ...(policy !== undefined && {
      backup_policy: {
        ...{ plan: policy.plan, ...(policy.weekday !== null && { weekday: policy.weekday }), hour: policy.hour },
        ...{ window_length_hours: WINDOW_HOURS, retention_period_days: PLANS[policy.plan].retentionDays },
      },
    }),
    next_backup_window: renderBackupWindow(cloud, droplet),
  };
}

function supported(): object[] {
  return (['weekly', 'daily'] as const).map((name) => ({
    ...{ name, possible_window_starts: HOURS, window_length_hours: WINDOW_HOURS },
    ...{ retention_period_days: PLANS[name].retentionDays, possible_days: name === 'weekly' ? WEEKDAYS : [] },
  }));
}

/** Of the droplets that have backups, by their ids. */
function list({ cloud, account, url }: Call) {
  const droplets = cloud.droplets.list(account).filter(({ backups }) => backups !== undefined);
  const { items, links, meta } = pageOf(droplets, url);
  const policies = Object.fromEntries(items.map((droplet) => [droplet.id, renderPolicy(cloud, droplet)]));
  return { status: 200, body: { policies, links, meta } };
}

/** When copies of disks are made by themselves. */
export const backupRoutes: readonly Route[] = [
  { method: 'GET', path: '/v2/droplets/backups/policies', scope: 'droplet:read', run: list },
  {
    ...{ method: 'GET', path: '/v2/droplets/backups/supported_policies', scope: 'droplet:read' },
    run: () => ({ status: 200, body: { supported_policies: supported() } }),
  },
  {
    ...{ method: 'GET', path: '/v2/droplets/:id/backups/policy', scope: 'droplet:read' },
    run: ({ cloud, account, params }) => {
      const droplet = cloud.droplets.get(account, numericId(params['id']));
      return { status: 200, body: { policy: renderPolicy(cloud, droplet) } };
    },
  },
];
