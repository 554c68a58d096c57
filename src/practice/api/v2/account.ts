import { hasScope } from '../../cloud/accounts';
import type { Route } from '../router';
import { timestamp } from './render';

export const accountRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v2/account', scope: 'account:read' },
    run: ({ identity: { account, scopes } }) => ({
      status: 200,
      body: {
        account: {
          // With a custom scope that does not read droplets the limit is left out.
          ...(hasScope(scopes, 'droplet:read') && { droplet_limit: account.dropletLimit }),
          ...{ floating_ip_limit: 3, reserved_ip_limit: 3, volume_limit: 100 },
          ...{ name: account.name, email: account.email, uuid: account.uuid, email_verified: account.isEmailVerified },
          ...{ status: account.status, status_message: account.statusMessage },
          team: { uuid: account.uuid, name: account.name },
        },
      },
    }),
  },
  {
    ...{ method: 'GET', path: '/v2/customers/my/balance', scope: 'billing:read' },
    run: ({ cloud, account }) => {
      const now = cloud.timeline.now();
      const used = cloud.billing.monthToDate(account, now).toFixed(2);
      return {
        status: 200,
        body: {
          ...{ month_to_date_balance: used, account_balance: '0.00', month_to_date_usage: used },
          generated_at: timestamp(now),
        },
      };
    },
  },
];
