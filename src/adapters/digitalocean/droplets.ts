import type { DropletActionType, DropletRequest } from '../../core/model/cloud';
import type { CloudApi } from '../../core/ports';
import { ClusterError } from '../../core/errors';
import { call, callUnlessMissing, type Access, type CallSpec } from './call';
import { callAllPages } from './pages';
import { ActionReply, DropletReply, DropletsReply, PageReply } from './replies';
import type { Library } from './session';
import { checkId, checkedTag, invalid } from './words';

/** DigitalOcean refuses more (openapi, "droplets_create"). */
const MOST_NAMES = 10;
const LARGEST_USER_DATA = 64 * 1024;

type DropletCalls = Pick<
  CloudApi,
  | 'countDroplets'
  | 'listDropletsByTag'
  | 'listDropletsByName'
  | 'getDroplet'
  | 'createDroplets'
  | 'deleteDroplet'
  | 'actOnDroplet'
  | 'getAction'
>;

export function droplets(access: Access): DropletCalls {
  const list = async (spec: CallSpec): Promise<Awaited<ReturnType<CloudApi['listDropletsByTag']>>> =>
    (await callAllPages(access, spec, DropletsReply)).flatMap((page) => page.droplets);
  return {
    async countDroplets(signal) {
      const request = (library: Library): Promise<unknown> => library.droplets.getAllDroplets();
      const reply = await call(access, { what: 'counting the droplets', query: { per_page: '1' }, request, signal });
      const total = reply.parse(PageReply).meta?.total;
      if (total === undefined) {
        throw new ClusterError('DigitalOcean did not say how many droplets the account has.', { code: 'badReply' });
      }
      return total;
    },
    async listDropletsByTag(tag, signal) {
      const checked = checkedTag(tag);
      return await list({
        what: `listing the droplets of ${tag}`,
        // Again in the query, so that following a page's link can't lose it.
        query: { tag_name: checked },
        request: (library) => library.droplets.getDropletsByTag(checked),
        signal,
      });
    },
    async listDropletsByName(name, signal) {
      if (name === '') {
        throw invalid('An empty name would mean every droplet of the account.');
      }
      const request = (library: Library): Promise<unknown> => library.droplets.getAllDroplets();
      return await list({ what: `looking for droplets called ${name}`, query: { name }, request, signal });
    },
    async getDroplet(id, signal) {
      checkId(id);
      const request = (library: Library): Promise<unknown> => library.droplets.getExistingDroplet(id);
      const reply = await callUnlessMissing(access, { what: `reading the droplet ${id}`, request, signal });
      return reply?.parse(DropletReply).droplet;
    },
    async createDroplets(request, signal) {
      const body = toBody(request);
      const reply = await call(access, {
        what: `creating the droplets ${request.names.join(', ')}`,
        isPost: true,
        request: (library) => library.droplets.createMultipleDroplets(body),
        signal,
      });
      return reply.parse(DropletsReply).droplets;
    },
    async deleteDroplet(id, signal) {
      checkId(id);
      const request = (library: Library): Promise<unknown> => library.droplets.deleteDroplet(id);
      await callUnlessMissing(access, { what: `deleting the droplet ${id}`, request, signal });
    },
    async actOnDroplet(id, type, signal) {
      checkId(id);
      const request = (library: Library): Promise<unknown> => act(library, id, type);
      const what = `asking for ${type} of the droplet ${id}`;
      return (await call(access, { what, isPost: true, request, signal })).parse(ActionReply).action;
    },
    async getAction(id, signal) {
      checkId(id);
      const request = (library: Library): Promise<unknown> => library.actions.getExistingAction(id);
      const reply = await callUnlessMissing(access, { what: `reading the action ${id}`, request, signal });
      return reply?.parse(ActionReply).action;
    },
  };
}

function act({ dropletActions }: Library, id: number, type: DropletActionType): Promise<unknown> {
  switch (type) {
    case 'power_off':
      return dropletActions.powerOffDroplet(id);
    case 'power_on':
      return dropletActions.powerOnDroplet(id);
    case 'reboot':
      return dropletActions.rebootDroplet(id);
    case 'power_cycle':
      return dropletActions.powerCycleDroplet(id);
    case 'shutdown':
      return dropletActions.shutdownDroplet(id);
  }
}

function toBody(request: DropletRequest): Parameters<Library['droplets']['createMultipleDroplets']>[0] {
  if (request.names.length === 0 || request.names.length > MOST_NAMES) {
    throw invalid(`DigitalOcean creates 1 to ${MOST_NAMES} droplets in one call, not ${request.names.length}.`);
  }
  if (Buffer.byteLength(request.userData) > LARGEST_USER_DATA) {
    throw invalid('The user data is larger than the 64 KiB that DigitalOcean takes.');
  }
  return {
    names: [...request.names],
    region: request.regionSlug,
    size: request.sizeSlug,
    image: request.image,
    ssh_keys: [...request.sshKeyIds],
    tags: [...request.tags],
    user_data: request.userData,
    // Asked for in 2016, a matter of course since (openapi, "droplet_create": deprecated).
    private_networking: true,
    backups: false,
    ipv6: false,
    monitoring: false,
  };
}
