import * as v from 'valibot';
import type { PowerAction } from '../../cloud/lifecycle';
import type { ActionRecord } from '../../cloud/records';
import { notFound, Refusal, unprocessable } from '../../cloud/refusal';
import { pageOf } from '../paging';
import { numericId, type Call, type Route } from '../router';
import { parseBody } from './body';
import { renderAction } from './render';

const POWER: readonly PowerAction[] = ['power_on', 'power_off', 'power_cycle', 'reboot', 'shutdown'];
const request = v.object({ type: v.string() });

function typeOf(body: unknown): PowerAction {
  const { type } = parseBody(request, body);
  const known = POWER.find((power) => power === type);
  if (known === undefined) throw unprocessable(`The action ${type} is not available for this Droplet.`);
  return known;
}

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
  const type = typeOf(call.body);
  const actions: ActionRecord[] = [];
  for (const droplet of cloud.droplets.list(account, { tag })) {
    try {
      actions.push(cloud.lifecycle.act(droplet, type));
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
    run: ({ cloud, account, params, body }) => {
      const droplet = cloud.droplets.get(account, numericId(params['id']));
      return { status: 201, body: { action: renderAction(cloud, cloud.lifecycle.act(droplet, typeOf(body))) } };
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
