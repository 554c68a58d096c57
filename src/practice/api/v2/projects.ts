import type { AccountRecord } from '../../cloud/records';
import { notFound } from '../../cloud/refusal';
import { pageOf } from '../paging';
import type { Call, Route } from '../router';
import { timestamp } from './render';

/** An account has the one project that it was made with: everything belongs to it (digitalocean/openapi, projects). */
const idOf = ({ uuid }: AccountRecord): string =>
  `${uuid.slice(0, 8)}-${uuid.slice(8, 12)}-4${uuid.slice(13, 16)}-a${uuid.slice(17, 20)}-${uuid.slice(20, 32)}`;

/** Long before anything that the model does. */
const MADE = timestamp(Date.UTC(2016, 0, 1));

const renderProject = (account: AccountRecord): object => ({
  ...{ id: idOf(account), owner_uuid: account.uuid, owner_id: Number.parseInt(account.uuid.slice(0, 6), 16) },
  ...{ name: account.name, description: '', purpose: 'Just trying out DigitalOcean', environment: '' },
  ...{ is_default: true, created_at: MADE, updated_at: MADE },
});

function ownProject({ identity: { account }, params }: Call): AccountRecord {
  if (params['project'] !== 'default' && params['project'] !== idOf(account)) throw notFound();
  return account;
}

export const projectRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: '/v2/projects', scope: 'project:read' },
    run: ({ identity, url }) => {
      const { items, links, meta } = pageOf([identity.account], url);
      return { status: 200, body: { projects: items.map(renderProject), links, meta } };
    },
  },
  {
    ...{ method: 'GET', path: '/v2/projects/:project', scope: 'project:read' },
    run: (call) => ({ status: 200, body: { project: renderProject(ownProject(call)) } }),
  },
  {
    ...{ method: 'GET', path: '/v2/projects/:project/resources', scope: 'project:read' },
    run: (call) => {
      ownProject(call);
      const { items, links, meta } = pageOf(resourcesOf(call), call.url);
      return { status: 200, body: { resources: items, links, meta } };
    },
  },
];

function resourcesOf({ cloud, account, url }: Call): object[] {
  const droplets = cloud.droplets.list(account).map(({ id, createdAt }) => ({ kind: 'droplet', id, createdAt }));
  const domains = cloud.domains.list(account).map(({ name }) => ({ kind: 'domain', id: name, createdAt: undefined }));
  return [...droplets, ...domains].map(({ kind, id, createdAt }) => ({
    ...{ urn: `do:${kind}:${id}`, assigned_at: createdAt === undefined ? MADE : timestamp(createdAt), status: 'ok' },
    links: { self: `${url.origin}/v2/${kind}s/${id}` },
  }));
}
