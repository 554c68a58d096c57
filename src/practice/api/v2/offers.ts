import * as v from 'valibot';
import type { ImageRecord } from '../../cloud/records';
import { pageOf } from '../paging';
import type { Route } from '../router';
import { optional, parseBody } from './body';
import { renderImage, renderRegion, renderSize } from './render';

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

/** What can be had: regions, sizes, images. */
export const offerRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v2/regions', scope: 'regions:read' },
    run: ({ cloud: { catalogue }, url }) => {
      const { items, links, meta } = pageOf(catalogue.regions, url);
      return { status: 200, body: { regions: items.map((one) => renderRegion(catalogue, one)), links, meta } };
    },
  },
  {
    ...{ method: 'GET', path: '/v2/sizes', scope: 'sizes:read' },
    run: ({ cloud: { catalogue }, url }) => {
      const { items, links, meta } = pageOf(catalogue.sizes, url);
      return { status: 200, body: { sizes: items.map((one) => renderSize(catalogue, one)), links, meta } };
    },
  },
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
        ...{ ...rest, distribution: distribution ?? 'Unknown', description: description ?? '', tags: tags ?? [] },
      });
      return { status: 202, body: { image: renderImage(cloud, image) } };
    },
  },
  {
    ...{ method: 'GET', path: '/v2/images/:image', scope: 'image:read' },
    run: ({ cloud, account, params }) => ({
      status: 200,
      body: { image: renderImage(cloud, cloud.images.get(account, params['image'] ?? '')) },
    }),
  },
  {
    ...{ method: 'DELETE', path: '/v2/images/:image', scope: 'image:delete' },
    run: ({ cloud, account, params }) => {
      cloud.images.delete(account, params['image'] ?? '');
      return { status: 204 };
    },
  },
];
