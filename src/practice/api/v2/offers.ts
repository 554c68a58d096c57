import { hasScope } from '../../cloud/accounts';
import { pageOf } from '../paging';
import type { Route } from '../router';
import { renderRegion, renderSize } from './render';

/** What can be had: regions and sizes. */
export const offerRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v2/regions', scope: 'regions:read' },
    run: ({ cloud: { catalogue }, identity, url }) => {
      const { items, links, meta } = pageOf(catalogue.regions, url);
      // Which sizes a region has is for those who may read sizes.
      const hidden = hasScope(identity.scopes, 'sizes:read') ? {} : { sizes: [] };
      const regions = items.map((one) => ({ ...renderRegion(catalogue, one), ...hidden }));
      return { status: 200, body: { regions, links, meta } };
    },
  },
  {
    ...{ method: 'GET', path: '/v2/sizes', scope: 'sizes:read' },
    run: ({ cloud: { catalogue }, url }) => {
      const { items, links, meta } = pageOf(catalogue.sizes, url);
      return { status: 200, body: { sizes: items.map((one) => renderSize(catalogue, one)), links, meta } };
    },
  },
];
