import * as v from 'valibot';
import type { AccountRecord, ProjectRecord } from '../../cloud/records';
import { notFound, unprocessable } from '../../cloud/refusal';
import { pageOf } from '../paging';
import type { Call, Route } from '../router';
import { optional, parseBody } from './body';
import { timestamp } from './render';

const PATH = '/v2/projects';
const ONE = `${PATH}/:project`;
const words = {
  ...{ name: v.string(), purpose: v.string() },
  ...{ description: optional(v.string()), environment: optional(v.string()) },
};
const made = v.object(words);
const change = v.object({
  ...{ name: optional(v.string()), purpose: optional(v.string()), is_default: optional(v.boolean()) },
  ...{ description: optional(v.string()), environment: optional(v.string()) },
});
const assignment = v.object({ resources: v.array(v.string()) });

const renderProject = (owner: AccountRecord, project: ProjectRecord): object => ({
  ...{ id: project.id, owner_uuid: owner.uuid, owner_id: Number.parseInt(owner.uuid.slice(0, 6), 16) },
  ...{ name: project.name, description: project.description, purpose: project.purpose },
  ...{ environment: project.environment, is_default: project.isDefault },
  ...{ created_at: timestamp(project.createdAt), updated_at: timestamp(project.updatedAt) },
});

const idOf = ({ params }: Call): string => params['project'] ?? '';

function reply(status: number, { identity }: Call, project: ProjectRecord) {
  return { status, body: { project: renderProject(identity.account, project) } };
}

function create(call: Call) {
  const { description, environment, ...rest } = parseBody(made, call.body);
  const request = { ...rest, description: description ?? '', environment: environment ?? '' };
  return reply(201, call, call.cloud.projects.create(call.identity.account, request, call.cloud.timeline.now()));
}

/** Go clients PATCH with a null for what is to stay; PUT wants the whole. */
function update(call: Call, isWhole: boolean) {
  const body = parseBody(change, call.body);
  if (isWhole && (typeof body.name !== 'string' || typeof body.purpose !== 'string')) {
    throw unprocessable('name and purpose are required');
  }
  const { is_default: isDefault, ...rest } = body;
  const said = Object.entries(rest).filter(([, value]) => typeof value === 'string');
  const request = { ...Object.fromEntries(said), ...(isDefault === true && { isDefault }) };
  return reply(
    200,
    call,
    call.cloud.projects.update(call.identity.account, idOf(call), request, call.cloud.timeline.now()),
  );
}

/** Where each thing that a project can hold is found, by its urn. */
function linksOf({ cloud, account, url }: Call): Map<string, { self: string; createdAt: number | undefined }> {
  const at = (path: string, createdAt?: number) => ({ self: `${url.origin}/v2/${path}`, createdAt });
  return new Map([
    ...cloud.droplets
      .list(account)
      .map((one) => [`do:droplet:${one.id}`, at(`droplets/${one.id}`, one.createdAt)] as const),
    ...cloud.domains.list(account).map(({ name }) => [`do:domain:${name}`, at(`domains/${name}`)] as const),
  ]);
}

function resources(call: Call) {
  const { account } = call.identity;
  const project = call.cloud.projects.get(account, idOf(call));
  const found = linksOf(call);
  const all = call.cloud.projects.assigned(account, project, [...found.keys()]);
  const { items, links, meta } = pageOf(all, call.url);
  const rendered = items.map(([urn, at]) => ({
    ...{ urn, assigned_at: timestamp(at ?? found.get(urn)?.createdAt ?? project.createdAt), status: 'ok' },
    links: { self: found.get(urn)?.self },
  }));
  return { status: 200, body: { resources: rendered, links, meta } };
}

function assign(call: Call) {
  const { resources: urns } = parseBody(assignment, call.body);
  const found = linksOf(call);
  const unknown = urns.find((urn) => !found.has(urn));
  if (unknown !== undefined)
    throw /^do:[a-z]+:.+$/.test(unknown) ? notFound() : unprocessable(`${unknown} is not a valid urn`);
  const now = call.cloud.timeline.now();
  call.cloud.projects.assign(call.identity.account, idOf(call), urns, now);
  const rendered = urns.map((urn) => ({
    ...{ urn, assigned_at: timestamp(now), status: 'assigned', links: { self: found.get(urn)?.self } },
  }));
  return { status: 200, body: { resources: rendered, links: {}, meta: { total: rendered.length } } };
}

export const projectRoutes: readonly Route[] = [
  {
    ...{ method: 'GET', path: PATH, scope: 'project:read' },
    run: ({ cloud, identity: { account }, url }) => {
      const { items, links, meta } = pageOf(cloud.projects.list(account), url);
      return { status: 200, body: { projects: items.map((one) => renderProject(account, one)), links, meta } };
    },
  },
  { method: 'POST', path: PATH, scope: 'project:create', run: create },
  {
    ...{ method: 'GET', path: ONE, scope: 'project:read' },
    run: (call) => reply(200, call, call.cloud.projects.get(call.identity.account, idOf(call))),
  },
  { method: 'PUT', path: ONE, scope: 'project:update', run: (call) => update(call, true) },
  { method: 'PATCH', path: ONE, scope: 'project:update', run: (call) => update(call, false) },
  {
    ...{ method: 'DELETE', path: ONE, scope: 'project:delete' },
    run: (call) => {
      call.cloud.projects.delete(call.identity.account, idOf(call), [...linksOf(call).keys()]);
      return { status: 204 };
    },
  },
  { method: 'GET', path: `${ONE}/resources`, scope: 'project:read', run: resources },
  { method: 'POST', path: `${ONE}/resources`, scope: 'project:update', run: assign },
];
