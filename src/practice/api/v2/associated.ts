import { badRequest } from '../../cloud/refusal';
import { numericId, type Call, type Route } from '../router';
import { timestamp } from './render';

const PATH = '/v2/droplets/:id/destroy_with_associated_resources';
/** What would survive a droplet and go on being billed: nothing here does. */
const NOTHING = { reserved_ips: [], floating_ips: [], snapshots: [], volumes: [], volume_snapshots: [] };

function list({ cloud, account, params }: Call) {
  cloud.droplets.get(account, numericId(params['id']));
  return { status: 200, body: NOTHING };
}

/** Accepted; how far it is says `status`, also when the droplet itself is gone (digitalocean/openapi, associated resources). */
function destroy({ cloud, account, params }: Call) {
  cloud.droplets.destroyWithAll(account, numericId(params['id']));
  return { status: 202 };
}

function destroyAll(call: Call) {
  if (call.headers['x-dangerous'] !== 'true') throw badRequest('The X-Dangerous header must be set to true.');
  return destroy(call);
}

function status({ cloud, account, params }: Call) {
  const id = numericId(params['id']);
  const destruction = cloud.droplets.destruction(account, id);
  const isGone = cloud.store.droplet(id) === undefined;
  const at = isGone ? timestamp(destruction.endsAt) : null;
  const droplet = { id: String(id), name: destruction.name, destroyed_at: at, error_message: null };
  return { status: 200, body: { droplet, resources: NOTHING, completed_at: at, failures: 0 } };
}

export const associatedRoutes: readonly Route[] = [
  { method: 'GET', path: PATH, scope: 'droplet:read', run: list },
  { method: 'DELETE', path: `${PATH}/selective`, scope: 'droplet:delete', run: destroy },
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
