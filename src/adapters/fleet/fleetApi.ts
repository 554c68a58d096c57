import { ClusterError } from '../../core/errors';
import { parseInstances, parseMachines, parseUnit, parseUnits, type Page } from '../../core/parse/fleet';
import { badReply } from '../../core/parse/reply';
import type { FleetApi, HttpReply, HttpRequest, NodeConnection } from '../../core/ports';
import { expectStatus, request } from './request';
import { checkDesiredState, checkOptions, checkUnitName, haveSameContents } from './unitRules';

/** At 100 items a page; fleet itself struggles long before so many units. */
const MAX_PAGES = 100;

/** Every page of a list. fleet's token goes back as a query parameter. */
async function readAll<T>(
  node: NodeConnection,
  list: { path: string; parse: (body: string) => Page<T> },
  signal: AbortSignal | undefined,
): Promise<T[]> {
  const items: T[] = [];
  let token: string | undefined;
  for (let count = 0; count < MAX_PAGES; count++) {
    const query = token === undefined ? '' : `?nextPageToken=${encodeURIComponent(token)}`;
    const reply = await request(node, { method: 'GET', path: `${list.path}${query}` }, signal);
    const page = list.parse(expectStatus(node, reply, [200]).body);
    items.push(...page.items);
    if (page.nextPageToken === undefined) {
      return items;
    }
    if (page.nextPageToken === token) {
      throw badReply('fleet', 'it gives the same page again and again');
    }
    token = page.nextPageToken;
  }
  throw badReply('fleet', `its list has more than ${MAX_PAGES} pages`);
}

/** `@` and `:` stay as they are, as fleetctl sends them. */
const unitPath = (name: string): string =>
  `/fleet/v1/units/${encodeURIComponent(name).replaceAll('%40', '@').replaceAll('%3A', ':')}`;

async function onUnit(
  node: NodeConnection,
  name: string,
  call: Pick<HttpRequest, 'method' | 'body'>,
  signal: AbortSignal | undefined,
): Promise<HttpReply> {
  checkUnitName(name);
  return await request(node, { ...call, path: unitPath(name) }, signal);
}

/** fleet's HTTP API v1 on a node's unix socket. */
export function createFleetApi(): FleetApi {
  const getUnit: FleetApi['getUnit'] = async (node, name, signal) => {
    const reply = await onUnit(node, name, { method: 'GET' }, signal);
    return reply.status === 404 ? undefined : parseUnit(expectStatus(node, reply, [200], name).body);
  };
  return {
    listMachines: (node, signal) => readAll(node, { path: '/fleet/v1/machines', parse: parseMachines }, signal),
    listUnits: (node, signal) => readAll(node, { path: '/fleet/v1/units', parse: parseUnits }, signal),
    listInstances: (node, signal) => readAll(node, { path: '/fleet/v1/state', parse: parseInstances }, signal),
    getUnit,

    async putUnit(node, { name, desiredState, options }, signal) {
      checkUnitName(name);
      checkDesiredState(name, desiredState);
      if (options !== undefined) {
        checkOptions(name, options);
      }
      const body = { contentType: 'application/json', text: JSON.stringify({ name, desiredState, options }) };
      const reply = await onUnit(node, name, { method: 'PUT', body }, signal);
      const { status } = expectStatus(node, reply, [201, 204], name);
      // fleet 0.11 answers 204 and keeps the old contents when they differ; 1.0 replaces them (fleet-0.11.7/api-put-changed).
      if (status === 204 && options !== undefined) {
        const stored = await getUnit(node, name, signal);
        if (stored !== undefined && !haveSameContents(stored.options, options)) {
          throw new ClusterError(
            `fleet kept the old contents of ${name}: this version never changes a unit that exists. Destroy the unit first.`,
            { code: 'unitFailed' },
          );
        }
      }
    },

    async deleteUnit(node, name, signal) {
      const reply = await onUnit(node, name, { method: 'DELETE' }, signal);
      expectStatus(node, reply, [204, 404], name);
    },
  };
}
