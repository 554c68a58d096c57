import * as v from 'valibot';
import { pageOf } from '../paging';
import type { Route } from '../router';
import { parseBody } from './body';
import { renderKey } from './render';

const PATH = '/v2/account/keys';
const newKey = v.object({ name: v.string(), public_key: v.string() });
const renamed = v.object({ name: v.string() });

export const keyRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: PATH, scope: 'ssh_key:read' },
    run: ({ cloud, account, url }) => {
      const { items, links, meta } = pageOf(cloud.keys.list(account), url);
      return { status: 200, body: { ssh_keys: items.map(renderKey), links, meta } };
    },
  },
  {
    ...{ method: 'POST', path: PATH, scope: 'ssh_key:create' },
    run: ({ cloud, account, body }) => {
      const { name, public_key: publicKey } = parseBody(newKey, body);
      return { status: 201, body: { ssh_key: renderKey(cloud.keys.create(account, { name, publicKey })) } };
    },
  },
  {
    ...{ method: 'GET', path: `${PATH}/:key`, scope: 'ssh_key:read' },
    run: ({ cloud, account, params }) => ({
      status: 200,
      body: { ssh_key: renderKey(cloud.keys.get(account, params['key'] ?? '')) },
    }),
  },
  {
    ...{ method: 'PUT', path: `${PATH}/:key`, scope: 'ssh_key:update' },
    run: ({ cloud, account, params, body }) => {
      const { name } = parseBody(renamed, body);
      return { status: 200, body: { ssh_key: renderKey(cloud.keys.rename(account, params['key'] ?? '', name)) } };
    },
  },
  {
    ...{ method: 'DELETE', path: `${PATH}/:key`, scope: 'ssh_key:delete' },
    run: ({ cloud, account, params }) => {
      cloud.keys.delete(account, params['key'] ?? '');
      return { status: 204 };
    },
  },
];
