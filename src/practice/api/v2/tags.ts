import * as v from 'valibot';
import { hasScope } from '../../cloud/accounts';
import type { DropletRecord, ImageRecord } from '../../cloud/records';
import { forbidden, notFound } from '../../cloud/refusal';
import { pageOf } from '../paging';
import { numericId, type Call, type Route } from '../router';
import { parseBody } from './body';
import { renderTag } from './render';

const PATH = '/v2/tags';
const newTag = v.object({ name: v.string() });
const resources = v.object({
  resources: v.array(v.object({ resource_id: v.union([v.string(), v.number()]), resource_type: v.string() })),
});

/** Who tags changes what is tagged, too. */
function named({ cloud, account, identity, body }: Call): (DropletRecord | ImageRecord)[] {
  return parseBody(resources, body).resources.map(({ resource_id: id, resource_type: type }) => {
    if (type !== 'droplet' && type !== 'image') throw notFound();
    if (!hasScope(identity.scopes, `${type}:update`)) throw forbidden();
    if (type === 'droplet') return cloud.droplets.get(account, numericId(String(id)));
    const image = cloud.images.get(account, String(id));
    if (image.account !== account) throw notFound();
    return image;
  });
}

export const tagRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: PATH, scope: 'tag:read' },
    run: ({ cloud, account, url }) => {
      const { items, links, meta } = pageOf(cloud.tags.list(account), url);
      return { status: 200, body: { tags: items.map((tag) => renderTag(cloud, tag)), links, meta } };
    },
  },
  {
    ...{ method: 'POST', path: PATH, scope: 'tag:create' },
    run: ({ cloud, account, body }) => {
      const { name } = parseBody(newTag, body);
      return { status: 201, body: { tag: renderTag(cloud, cloud.tags.ensure(account, name)) } };
    },
  },
  {
    ...{ method: 'GET', path: `${PATH}/:tag`, scope: 'tag:read' },
    run: ({ cloud, account, params }) => ({
      status: 200,
      body: { tag: renderTag(cloud, cloud.tags.get(account, params['tag'] ?? '')) },
    }),
  },
  {
    ...{ method: 'DELETE', path: `${PATH}/:tag`, scope: 'tag:delete' },
    run: ({ cloud, account, params }) => {
      const { name } = cloud.tags.get(account, params['tag'] ?? '');
      cloud.tags.delete(account, name);
      cloud.firewalls.forgetTag(account, name);
      cloud.firewalls.onChange();
      return { status: 204 };
    },
  },
  {
    ...{ method: 'POST', path: `${PATH}/:tag/resources`, scope: 'tag:create' },
    run: (call) => {
      const tagged = named(call);
      const { name } = call.cloud.tags.ensure(call.account, call.params['tag'] ?? '');
      for (const one of tagged) if (one.tags?.includes(name) !== true) one.tags = [...(one.tags ?? []), name];
      call.cloud.store.changed();
      call.cloud.firewalls.onChange();
      return { status: 204 };
    },
  },
  {
    ...{ method: 'DELETE', path: `${PATH}/:tag/resources`, scope: 'tag:delete' },
    run: (call) => {
      const { name } = call.cloud.tags.get(call.account, call.params['tag'] ?? '');
      for (const one of named(call)) one.tags = (one.tags ?? []).filter((other) => other !== name);
      call.cloud.store.changed();
      call.cloud.firewalls.onChange();
      return { status: 204 };
    },
  },
];
