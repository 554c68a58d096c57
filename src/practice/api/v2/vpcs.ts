import * as v from 'valibot';
import { unprocessable } from '../../cloud/refusal';
import { pageOf } from '../paging';
import type { Call, Route } from '../router';
import { optional, parseBody } from './body';
import { renderVpc, timestamp } from './render';

const PATH = '/v2/vpcs';
const made = v.object({
  ...{ name: v.string(), region: v.string(), description: optional(v.string()), ip_range: optional(v.string()) },
});
const whole = v.object({ name: v.string(), description: optional(v.string()), default: optional(v.boolean()) });
const part = v.partial(whole);

const idOf = ({ params }: Call): string => params['id'] ?? '';

function create({ cloud, account, body }: Call) {
  const { name, region, description, ip_range: range } = parseBody(made, body);
  if (!cloud.catalogue.regions.some(({ slug, isAvailable }) => slug === region && isAvailable)) {
    throw unprocessable('region is not available');
  }
  const request = { name, regionSlug: region, description: description ?? '', range: range === '' ? undefined : range };
  const vpc = cloud.vpcs.create(account, { ...request, range: request.range ?? undefined }, cloud.timeline.now());
  return { status: 201, body: { vpc: renderVpc(vpc) } };
}

/** PUT replaces the whole: a description that is left out is gone. PATCH changes what it names. */
function change(call: Call, isWhole: boolean) {
  const body = parseBody(isWhole ? whole : part, call.body);
  const vpc = call.cloud.vpcs.update(call.account, idOf(call), {
    ...(body.name !== undefined && { name: body.name }),
    ...((isWhole || typeof body.description === 'string') && { description: body.description ?? '' }),
    ...(body.default === true && { isDefault: true }),
  });
  return { status: 200, body: { vpc: renderVpc(vpc) } };
}

function members(call: Call) {
  const { id } = call.cloud.vpcs.get(call.account, idOf(call));
  const type = call.url.searchParams.get('resource_type');
  const droplets = call.cloud.droplets.list(call.account).filter((droplet) => droplet.vpc === id);
  const { items, links, meta } = pageOf(type === null || type === 'droplet' ? droplets : [], call.url);
  const rendered = items.map(({ id: dropletId, name, createdAt }) => ({
    ...{ urn: `do:droplet:${dropletId}`, name, created_at: timestamp(createdAt) },
  }));
  return { status: 200, body: { members: rendered, links, meta } };
}

export const vpcRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: PATH, scope: 'vpc:read' },
    run: ({ cloud, account, url }) => {
      const { items, links, meta } = pageOf(cloud.vpcs.list(account), url);
      return { status: 200, body: { vpcs: items.map(renderVpc), links, meta } };
    },
  },
  { method: 'POST', path: PATH, scope: 'vpc:create', run: create },
  {
    ...{ method: 'GET', path: `${PATH}/:id`, scope: 'vpc:read' },
    run: (call) => ({ status: 200, body: { vpc: renderVpc(call.cloud.vpcs.get(call.account, idOf(call))) } }),
  },
  { method: 'PUT', path: `${PATH}/:id`, scope: 'vpc:update', run: (call) => change(call, true) },
  { method: 'PATCH', path: `${PATH}/:id`, scope: 'vpc:update', run: (call) => change(call, false) },
  {
    ...{ method: 'DELETE', path: `${PATH}/:id`, scope: 'vpc:delete' },
    run: (call) => {
      call.cloud.vpcs.delete(call.account, idOf(call));
      return { status: 204 };
    },
  },
  { method: 'GET', path: `${PATH}/:id/members`, scope: 'vpc:read', run: members },
];
