import * as v from 'valibot';
import { hasScope } from '../../cloud/accounts';
import { forbidden, unprocessable } from '../../cloud/refusal';
import { pageOf } from '../paging';
import { numericId, type Call, type Route } from '../router';
import { backupPolicy, optional, parseBody, reference } from './body';
import { renderDroplet, renderFirewall, renderImage } from './render';
import type { CopyType } from '../../cloud/diskImages';

const PATH = '/v2/droplets';
const created = v.object({
  ...{ name: optional(v.string()), names: optional(v.array(v.string())) },
  ...{ region: optional(v.string()), size: optional(v.string()), image: optional(reference) },
  ...{ ssh_keys: optional(v.array(reference)), tags: optional(v.array(v.string())), user_data: optional(v.string()) },
  ...{ monitoring: optional(v.boolean()), backups: optional(v.boolean()), ipv6: optional(v.boolean()) },
  ...{ backup_policy: optional(backupPolicy), vpc_uuid: optional(v.string()), project_id: optional(v.string()) },
});

function create(call: Call) {
  const body = parseBody(created, call.body);
  const isSingle = typeof body.name === 'string';
  const project = body.project_id ?? '';
  if ((body.tags ?? []).length > 0 && !hasScope(call.identity.scopes, 'tag:create')) throw forbidden();
  if (project !== '') refuseUnknownProject(call, project);
  const made = call.cloud.droplets.create(call.identity.account, {
    names: isSingle ? [body.name ?? ''] : (body.names ?? []),
    ...{ region: body.region ?? '', size: body.size ?? '', image: body.image ?? '' },
    ...{ sshKeys: body.ssh_keys ?? [], tags: body.tags ?? [], userData: body.user_data ?? '' },
    hasMonitoring: body.monitoring ?? false,
    features: (['backups', 'ipv6'] as const).filter((feature) => body[feature] === true),
    policy: body.backup_policy ?? undefined,
    vpc: body.vpc_uuid === null || body.vpc_uuid === '' ? undefined : body.vpc_uuid,
  });
  if (project !== '') {
    const urns = made.map(({ droplet }) => `do:droplet:${droplet.id}`);
    call.cloud.projects.assign(call.identity.account, project, urns, call.cloud.timeline.now());
  }
  const droplets = made.map(({ droplet }) => renderDroplet(call.cloud, droplet));
  const actions = made.map(({ action }) => ({
    ...{ id: action.id, rel: 'create', href: `${call.url.origin}/v2/actions/${action.id}` },
  }));
  const [droplet] = droplets;
  return { status: 202, body: { ...(isSingle ? { droplet } : { droplets }), links: { actions } } };
}

function refuseUnknownProject({ cloud, identity }: Call, id: string): void {
  if (!cloud.projects.list(identity.account).some((project) => project.id === id)) {
    throw unprocessable('You specified an invalid project for Droplet creation.');
  }
}

function list({ cloud, account, url }: Call) {
  const tag = url.searchParams.get('tag_name') ?? undefined;
  const name = url.searchParams.get('name') ?? undefined;
  const type = url.searchParams.get('type');
  if (tag !== undefined && name !== undefined) throw unprocessable('tag_name cannot be combined with name');
  if (tag !== undefined && type !== null) throw unprocessable('tag_name cannot be combined with type');
  // Those with a graphics card are listed apart; a practice cloud has none.
  const found = type === 'gpus' ? [] : cloud.droplets.list(account, { tag, name });
  const { items, links, meta } = pageOf(found, url);
  return { status: 200, body: { droplets: items.map((one) => renderDroplet(cloud, one)), links, meta } };
}

/** Copies of a droplet's disk. */
function copies(name: string, type: CopyType): Route {
  return {
    ...{ method: 'GET', path: `${PATH}/:id/${name}`, scope: 'droplet:read' },
    run: ({ cloud, account, params, url }) => {
      const droplet = cloud.droplets.get(account, numericId(params['id']));
      const { items, links, meta } = pageOf(cloud.diskImages.of(droplet, type), url);
      return { status: 200, body: { [name]: items.map((image) => renderImage(cloud, image)), links, meta } };
    },
  };
}

/** What a droplet of this cloud never has any of. */
function emptyList(name: string, key: string): Route {
  return {
    ...{ method: 'GET', path: `${PATH}/:id/${name}`, scope: 'droplet:read' },
    run: ({ cloud, account, params }) => {
      cloud.droplets.get(account, numericId(params['id']));
      return { status: 200, body: { [key]: [], links: {}, meta: { total: 0 } } };
    },
  };
}

export const dropletRoutes: readonly Route[] = [
  { method: 'GET', path: PATH, scope: 'droplet:read', run: list },
  { method: 'POST', path: PATH, scope: 'droplet:create', run: create },
  {
    ...{ method: 'DELETE', path: PATH, scope: 'droplet:delete' },
    run: ({ cloud, account, identity, url }) => {
      const tag = url.searchParams.get('tag_name') ?? '';
      if (tag === '') throw unprocessable('tag_name is required');
      if (!hasScope(identity.scopes, 'tag:read')) throw forbidden();
      cloud.droplets.deleteByTag(account, tag);
      return { status: 204 };
    },
  },
  {
    ...{ method: 'GET', path: `${PATH}/:id`, scope: 'droplet:read' },
    run: ({ cloud, account, params }) => {
      const droplet = cloud.droplets.get(account, numericId(params['id']));
      return { status: 200, body: { droplet: renderDroplet(cloud, droplet) } };
    },
  },
  {
    ...{ method: 'DELETE', path: `${PATH}/:id`, scope: 'droplet:delete' },
    run: ({ cloud, account, params }) => {
      cloud.droplets.delete(account, numericId(params['id']));
      return { status: 204 };
    },
  },
  {
    ...{ method: 'GET', path: `${PATH}/:id/firewalls`, scope: 'firewall:read' },
    run: ({ cloud, account, params, url }) => {
      const droplet = cloud.droplets.get(account, numericId(params['id']));
      const covering = cloud.firewalls
        .list(account)
        .filter(
          ({ wanted }) =>
            wanted.dropletIds.includes(droplet.id) || wanted.tags.some((tag) => droplet.tags.includes(tag)),
        );
      const { items, links, meta } = pageOf(covering, url);
      return { status: 200, body: { firewalls: items.map((one) => renderFirewall(cloud, one)), links, meta } };
    },
  },
  // Each droplet has a machine of its own below it: nobody's failure takes a second one along.
  {
    ...{ method: 'GET', path: `${PATH}/:id/neighbors`, scope: 'droplet:read' },
    run: ({ cloud, account, params }) => {
      cloud.droplets.get(account, numericId(params['id']));
      return { status: 200, body: { droplets: [] } };
    },
  },
  emptyList('kernels', 'kernels'),
  copies('snapshots', 'snapshot'),
  copies('backups', 'backup'),
  {
    ...{ method: 'GET', path: '/v2/reports/droplet_neighbors_ids', scope: 'droplet:read' },
    run: () => ({ status: 200, body: { neighbor_ids: [] } }),
  },
];
