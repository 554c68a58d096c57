import * as v from 'valibot';
import type { ActionRecord, ImageRecord } from '../../cloud/records';
import { notFound, unprocessable } from '../../cloud/refusal';
import { pageOf } from '../paging';
import { numericId, type Call, type Route } from '../router';
import { optional, parseBody } from './body';
import { renderAction, renderImage } from './render';

const ONE = '/v2/images/:image';
const imported = v.object({
  ...{ name: v.string(), url: v.string(), region: v.string() },
  ...{ distribution: optional(v.string()), description: optional(v.string()), tags: optional(v.array(v.string())) },
});

function isWanted(image: ImageRecord, query: URLSearchParams): boolean {
  const type = query.get('type');
  const tag = query.get('tag_name');
  if (type === 'application') return false;
  if (type === 'distribution' && image.account !== undefined) return false;
  return tag === null || image.tags?.includes(tag) === true;
}

const changed = v.object({
  ...{ name: optional(v.string()), distribution: optional(v.string()), description: optional(v.string()) },
});
const wanted = v.object({ type: v.string(), region: optional(v.string()) });

const imageOf = ({ cloud, account, params }: Call): ImageRecord => cloud.images.get(account, params['image'] ?? '');

/** Go's clients send an empty text for what was not given; only a name may not be empty. */
function update(call: Call) {
  const { name, distribution, description } = parseBody(changed, call.body);
  const image = call.cloud.images.update(call.account, call.params['image'] ?? '', {
    ...(typeof name === 'string' && { name }),
    ...(typeof distribution === 'string' && distribution !== '' && { distribution }),
    ...(typeof description === 'string' && { description }),
  });
  return { status: 200, body: { image: renderImage(call.cloud, image) } };
}

function act(call: Call) {
  const { type, region } = parseBody(wanted, call.body);
  const { cloud, account } = call;
  const image = imageOf(call);
  if (type !== 'transfer' && type !== 'convert') throw unprocessable(`The action ${type} is not available for images.`);
  const action =
    type === 'convert'
      ? cloud.imageActions.convert(account, image)
      : cloud.imageActions.transfer(account, image, region ?? '');
  return { status: 201, body: { action: renderAction(cloud, action) } };
}

const actionsOf = (call: Call): ActionRecord[] => {
  const { id } = imageOf(call);
  return call.cloud.store.data.actions.filter(({ imageId, account }) => imageId === id && account === call.account);
};

function listActions(call: Call) {
  const { items, links, meta } = pageOf(actionsOf(call).reverse(), call.url);
  return { status: 200, body: { actions: items.map((one) => renderAction(call.cloud, one)), links, meta } };
}

function oneAction(call: Call) {
  const id = numericId(call.params['action']);
  const action = actionsOf(call).find((one) => one.id === id);
  if (action === undefined) throw notFound();
  return { status: 200, body: { action: renderAction(call.cloud, action) } };
}

/** Everybody's images, and an account's own. */
export const imageRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v2/images', scope: 'image:read' },
    run: ({ cloud, account, url }) => {
      const isPrivate = url.searchParams.get('private') === 'true';
      const all = cloud.images.list(account, { isPrivate }).filter((image) => isWanted(image, url.searchParams));
      const { items, links, meta } = pageOf(all, url);
      return { status: 200, body: { images: items.map((one) => renderImage(cloud, one)), links, meta } };
    },
  },
  {
    ...{ method: 'POST', path: '/v2/images', scope: 'image:create' },
    run: ({ cloud, account, body }) => {
      const { distribution, description, tags, ...rest } = parseBody(imported, body);
      const image = cloud.images.import(account, {
        ...{ ...rest, distribution: distribution ?? 'Unknown', description: description ?? '' },
        tags: (tags ?? []).map((tag) => cloud.tags.ensure(account, tag).name),
      });
      return { status: 202, body: { image: renderImage(cloud, image) } };
    },
  },
  {
    ...{ method: 'GET', path: ONE, scope: 'image:read' },
    run: ({ cloud, account, params }) => ({
      status: 200,
      body: { image: renderImage(cloud, cloud.images.get(account, params['image'] ?? '')) },
    }),
  },
  {
    ...{ method: 'DELETE', path: ONE, scope: 'image:delete' },
    run: ({ cloud, account, params }) => {
      cloud.images.delete(account, params['image'] ?? '');
      return { status: 204 };
    },
  },
  { method: 'PUT', path: ONE, scope: 'image:update', run: update },
  { method: 'POST', path: `${ONE}/actions`, scope: 'image:update', run: act },
  { method: 'GET', path: `${ONE}/actions`, scope: 'image:read', run: listActions },
  { method: 'GET', path: `${ONE}/actions/:action`, scope: 'image:read', run: oneAction },
];
