import * as v from 'valibot';
import { hasScope } from '../../cloud/accounts';
import { CHANGES } from '../../cloud/dropletChanges';
import type { PowerAction } from '../../cloud/lifecycle';
import type { ActionRecord, DropletRecord } from '../../cloud/records';
import { forbidden, notFound, Refusal, unprocessable } from '../../cloud/refusal';
import { pageOf } from '../paging';
import { numericId, type Call, type Route } from '../router';
import { backupPolicy, optional, parseBody, reference } from './body';
import { renderAction } from './render';

const POWER: readonly PowerAction[] = ['power_on', 'power_off', 'power_cycle', 'reboot', 'shutdown'];
const request = v.object({
  ...{ type: v.string(), name: optional(v.string()), size: optional(v.string()), disk: optional(v.boolean()) },
  ...{ image: optional(reference), backup_policy: optional(backupPolicy) },
});
/** They take everything from a droplet, and ask for more than `droplet:update`. */
const FOR_ADMINS = ['rebuild', 'restore', 'password_reset'];

/** One action of one droplet: of its power, of what it is, or of its disk. */
function act({ cloud, identity, body }: Call, droplet: DropletRecord): ActionRecord {
  const { type, name, size, disk, image, backup_policy: policy } = parseBody(request, body);
  if (FOR_ADMINS.includes(type) && !hasScope(identity.scopes, 'droplet:admin')) throw forbidden();
  const power = POWER.find((one) => one === type);
  if (power !== undefined) return cloud.lifecycle.act(droplet, power);
  if (type === 'rebuild' || type === 'restore') {
    const from = cloud.diskImages.choose(droplet, type, image ?? undefined);
    return cloud.lifecycle.replaceDisk(droplet, type, from);
  }
  if (type === 'snapshot') return cloud.lifecycle.copy(droplet, type, snapshotName(cloud, droplet, name ?? ''));
  if (type === 'password_reset') return cloud.lifecycle.resetPassword(droplet);
  const change = CHANGES.find((one) => one === type);
  if (change === undefined) throw unprocessable(`The action ${type} is not available for this Droplet.`);
  const asked = {
    name: name ?? undefined,
    size: size ?? undefined,
    disk: disk ?? undefined,
    policy: policy ?? undefined,
  };
  return cloud.lifecycle.change(droplet, change, asked);
}

/** Without a name the panel's way of naming: the droplet's and the time in milliseconds. */
function snapshotName({ timeline }: Call['cloud'], droplet: DropletRecord, asked: string): string {
  return asked.trim() === '' ? `${droplet.name}-${Math.floor(timeline.now())}` : asked;
}

/** Those that may be asked of all droplets with a tag (digitalocean/openapi, dropletActions_post_byTag.yml). */
const BY_TAG = [
  ...['power_cycle', 'power_on', 'power_off', 'shutdown'],
  ...['enable_ipv6', 'enable_backups', 'disable_backups', 'snapshot'],
];

function ownAction({ cloud, account }: Call, id: number): ActionRecord {
  const action = cloud.store.action(id);
  if (action?.account !== account) throw notFound();
  return action;
}

/** By tag each droplet is asked; those that are busy or already there are left out. */
function actByTag(call: Call) {
  const { cloud, account, url } = call;
  const tag = url.searchParams.get('tag_name') ?? '';
  if (tag === '') throw unprocessable('tag_name is required');
  const { type } = parseBody(request, call.body);
  if (!BY_TAG.includes(type)) throw unprocessable(`The action ${type} is not available for several Droplets.`);
  const actions: ActionRecord[] = [];
  for (const droplet of cloud.droplets.list(account, { tag })) {
    try {
      actions.push(act(call, droplet));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return { status: 201, body: { actions: actions.map((action) => renderAction(cloud, action)) } };
}

function listed(call: Call, actions: readonly ActionRecord[]) {
  const { items, links, meta } = pageOf([...actions].reverse(), call.url);
  return { status: 200, body: { actions: items.map((one) => renderAction(call.cloud, one)), links, meta } };
}

export const actionRoutes: readonly Route[] = [
  { method: 'POST', path: '/v2/droplets/actions', scope: 'droplet:update', run: actByTag },
  {
    ...{ method: 'POST', path: '/v2/droplets/:id/actions', scope: 'droplet:update' },
    run: (call) => {
      const droplet = call.cloud.droplets.get(call.account, numericId(call.params['id']));
      return { status: 201, body: { action: renderAction(call.cloud, act(call, droplet)) } };
    },
  },
  {
    ...{ method: 'GET', path: '/v2/droplets/:id/actions', scope: 'droplet:read' },
    run: (call) => {
      const droplet = call.cloud.droplets.get(call.account, numericId(call.params['id']));
      return listed(
        call,
        call.cloud.store.data.actions.filter((action) => action.dropletId === droplet.id),
      );
    },
  },
  {
    ...{ method: 'GET', path: '/v2/droplets/:id/actions/:action', scope: 'droplet:read' },
    run: (call) => {
      const action = ownAction(call, numericId(call.params['action']));
      if (action.dropletId !== numericId(call.params['id'])) throw notFound();
      return { status: 200, body: { action: renderAction(call.cloud, action) } };
    },
  },
  {
    ...{ method: 'GET', path: '/v2/actions', scope: 'actions:read' },
    run: (call) =>
      listed(
        call,
        call.cloud.store.data.actions.filter((action) => action.account === call.account),
      ),
  },
  {
    ...{ method: 'GET', path: '/v2/actions/:action', scope: 'actions:read' },
    run: (call) => {
      const action = ownAction(call, numericId(call.params['action']));
      return { status: 200, body: { action: renderAction(call.cloud, action) } };
    },
  },
];
