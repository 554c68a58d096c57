import * as v from 'valibot';
import type { Cloud } from '../../cloud/cloud';
import type { DropletRecord, ImageRecord } from '../../cloud/records';
import { badRequest } from '../../cloud/refusal';
import { numericId, type Call, type Route } from '../router';
import { optional, parseBody } from './body';
import { timestamp } from './render';

const PATH = '/v2/droplets/:id/destroy_with_associated_resources';
/** What else would survive a droplet and go on being billed: none of it is ever there. */
const NOTHING = { reserved_ips: [], floating_ips: [], volumes: [], volume_snapshots: [] };
const selection = v.object({ snapshots: optional(v.array(v.union([v.string(), v.number()]))) });

const dropletOf = ({ cloud, account, params }: Call): DropletRecord =>
  cloud.droplets.get(account, numericId(params['id']));

function snapshotsOf(call: Call): ImageRecord[] {
  return call.cloud.diskImages.of(dropletOf(call), 'snapshot');
}

/** The cost is that of a month. */
function list(call: Call) {
  const snapshots = snapshotsOf(call).map(({ id, name, sizeGb }) => ({
    ...{ id: String(id), name, cost: call.cloud.billing.imagePrice(sizeGb).toFixed(2) },
  }));
  return { status: 200, body: { ...NOTHING, snapshots } };
}

/** Accepted; how far it is says `status`, also when the droplet itself is gone (digitalocean/openapi, associated resources). */
function destroy(call: Call, snapshots: readonly ImageRecord[]) {
  call.cloud.droplets.destroyWith(call.account, dropletOf(call).id, snapshots);
  return { status: 202 };
}

function destroySelected(call: Call) {
  const wanted = new Set((parseBody(selection, call.body).snapshots ?? []).map(String));
  return destroy(
    call,
    snapshotsOf(call).filter(({ id }) => wanted.has(String(id))),
  );
}

function destroyAll(call: Call) {
  if (call.headers['x-dangerous'] !== 'true') throw badRequest('The X-Dangerous header must be set to true.');
  return destroy(call, snapshotsOf(call));
}

function status({ cloud, account, params }: Call) {
  const id = numericId(params['id']);
  const destruction = cloud.droplets.destruction(account, id);
  const at = endOf(cloud, id, destruction.endsAt);
  const destroyed = (one: { readonly id: number; readonly name: string }): object => ({
    ...{ id: String(one.id), name: one.name, destroyed_at: at, error_message: null },
  });
  const resources = { ...NOTHING, snapshots: (destruction.snapshots ?? []).map(destroyed) };
  const droplet = destroyed({ id, name: destruction.name });
  return { status: 200, body: { droplet, resources, completed_at: at, failures: 0 } };
}

function endOf(cloud: Cloud, id: number, endsAt: number): string | null {
  return cloud.store.droplet(id) === undefined ? timestamp(endsAt) : null;
}

export const associatedRoutes: readonly Route[] = [
  { method: 'GET', path: PATH, scope: 'droplet:read', run: list },
  { method: 'DELETE', path: `${PATH}/selective`, scope: 'droplet:delete', run: destroySelected },
  { method: 'DELETE', path: `${PATH}/dangerous`, scope: 'droplet:delete', run: destroyAll },
  // Nothing ever fails here, so to do it again is to find it done.
  {
    ...{ method: 'POST', path: `${PATH}/retry`, scope: 'droplet:delete' },
    run: ({ cloud, account, params }) => {
      cloud.droplets.destruction(account, numericId(params['id']));
      return { status: 202 };
    },
  },
  { method: 'GET', path: `${PATH}/status`, scope: 'droplet:read', run: status },
];
