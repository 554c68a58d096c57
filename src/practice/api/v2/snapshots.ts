import type { ImageRecord } from '../../cloud/records';
import { notFound } from '../../cloud/refusal';
import { pageOf } from '../paging';
import type { Call, Route } from '../router';
import { renderSnapshot } from './render';

const ONE = '/v2/snapshots/:snapshot';

/** Those of volumes there are none; backups and imported images are not among them (DigitalOcean's release notes, April 2024). */
function snapshotsOf({ cloud, account }: Call): ImageRecord[] {
  return cloud.images.list(account, { isPrivate: true }).filter(({ type }) => type === 'snapshot');
}

function one(call: Call): ImageRecord {
  const image = snapshotsOf(call).find(({ id }) => String(id) === call.params['snapshot']);
  if (image === undefined) throw notFound();
  return image;
}

export const snapshotRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v2/snapshots', scope: 'snapshot:read' },
    run: (call) => {
      const type = call.url.searchParams.get('resource_type');
      const found = type === null || type === 'droplet' ? snapshotsOf(call) : [];
      const { items, links, meta } = pageOf(found, call.url);
      return { status: 200, body: { snapshots: items.map(renderSnapshot), links, meta } };
    },
  },
  {
    ...{ method: 'GET', path: ONE, scope: 'snapshot:read' },
    run: (call) => ({ status: 200, body: { snapshot: renderSnapshot(one(call)) } }),
  },
  {
    ...{ method: 'DELETE', path: ONE, scope: 'snapshot:delete' },
    run: (call) => {
      call.cloud.images.delete(call.account, String(one(call).id));
      return { status: 204 };
    },
  },
];
