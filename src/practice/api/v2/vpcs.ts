import { notFound } from '../../cloud/refusal';
import { pageOf } from '../paging';
import type { Call, Route } from '../router';
import { renderVpc } from './render';

function ownVpc({ cloud, account, params }: Call) {
  const vpc = cloud.vpcs.list(account).find((candidate) => candidate.id === params['id']);
  if (vpc === undefined) throw notFound();
  return vpc;
}

export const vpcRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v2/vpcs', scope: 'vpc:read' },
    run: ({ cloud, account, url }) => {
      const { items, links, meta } = pageOf(cloud.vpcs.list(account), url);
      return { status: 200, body: { vpcs: items.map(renderVpc), links, meta } };
    },
  },
  {
    ...{ method: 'GET', path: '/v2/vpcs/:id', scope: 'vpc:read' },
    run: (call) => ({ status: 200, body: { vpc: renderVpc(ownVpc(call)) } }),
  },
  {
    ...{ method: 'GET', path: '/v2/vpcs/:id/members', scope: 'vpc:read' },
    run: (call) => {
      const { id } = ownVpc(call);
      const droplets = call.cloud.droplets.list(call.account).filter((droplet) => droplet.vpc === id);
      const { items, links, meta } = pageOf(droplets, call.url);
      const members = items.map(({ id: dropletId, name }) => ({ urn: `do:droplet:${dropletId}`, name }));
      return { status: 200, body: { members, links, meta } };
    },
  },
];
