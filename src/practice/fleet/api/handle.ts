import { cleanGoPath, parseGoTarget } from '../../network/goTarget';
import type { FleetApi } from '../server';
import { discoveryDocument } from './discovery';
import { FleetApiError, noEtcd } from './errors';
import { listMachines, patchMachines } from './machines';
import { getState, listStates } from './states';
import { deleteUnit, getUnit, listUnits, putUnit } from './units';

export interface FleetRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Several when the header came several times. */
  readonly contentType?: string | readonly string[] | undefined;
  readonly body?: string;
}

export interface FleetReply {
  readonly status: number;
  /** Undefined: no body at all. */
  readonly body?: object;
  /** It calls itself JSON though it has no body. */
  readonly hasType?: boolean;
  /** Where to ask instead. */
  readonly location?: string;
}

/** Both prefixes lead to the same API; the Deis controller uses the older one. */
const PREFIX = /^\/(?:fleet\/v1|v1-alpha)(?=\/|$)/;

/** fleet's HTTP API (fleet, Documentation/api-v1.md, and the recorded traces, fleet-api/). @throws FleetApiError, HandlerPanic */
export async function handleFleet(fleet: FleetApi, request: FleetRequest): Promise<FleetReply> {
  if (!fleet.isAvailable) {
    throw noEtcd();
  }
  const {
    path: whole,
    search,
    query,
  } = parseGoTarget(request.url) ?? { path: '/', search: '', query: new URLSearchParams() };
  const clean = cleanGoPath(whole);
  if (clean !== whole) {
    return { status: 301, location: `${encodeURI(clean)}${search}` };
  }
  const prefix = PREFIX.exec(whole)?.[0];
  if (prefix === undefined) {
    throw new FleetApiError(whole === '/' ? 405 : 404, '');
  }
  const path = whole.slice(prefix.length);
  const call = { fleet, request, query };
  switch (path) {
    case '':
      throw new FleetApiError(405, '');
    case '/units':
      return await units(call);
    case '/state':
      onlyGet(request.method, 405, 'only GET supported against this resource');
      return listStates(call);
    case '/machines':
      return await machines(call);
    case '/discovery':
      onlyGet(request.method, 400, 'only HTTP GET supported against this resource');
      return { status: 200, body: discoveryDocument(fleet.version.short) };
    default:
      return await item(call, path);
  }
}

/** A slash at the end or within makes a path that leads nowhere. @throws FleetApiError 404 */
async function item(call: FleetCall, path: string): Promise<FleetReply> {
  const [, collection, name] = /^\/(units|state)\/([^/]+)$/.exec(path) ?? [];
  // Single states came with 1.0 (fleet, pull request 1679).
  if (name === undefined || (collection === 'state' && call.fleet.version.short === '0.11')) {
    throw new FleetApiError(404, '');
  }
  if (collection === 'units') {
    return await unit(call, name);
  }
  onlyGet(call.request.method, 405, 'only GET supported against this resource');
  return getState(call, name);
}

export interface FleetCall {
  readonly fleet: FleetApi;
  readonly request: FleetRequest;
  readonly query: URLSearchParams;
}

async function units(call: FleetCall): Promise<FleetReply> {
  onlyGet(call.request.method, 405, 'only GET supported against this resource');
  return await listUnits(call);
}

async function unit(call: FleetCall, name: string): Promise<FleetReply> {
  switch (call.request.method) {
    case 'GET':
      return await getUnit(call, name);
    case 'PUT':
      return await putUnit(call, name);
    case 'DELETE':
      return await deleteUnit(call, name);
    default:
      throw new FleetApiError(405, 'only GET, PUT and DELETE supported against this resource');
  }
}

async function machines(call: FleetCall): Promise<FleetReply> {
  switch (call.request.method) {
    case 'GET':
      return listMachines(call);
    case 'PATCH':
      return await patchMachines(call);
    default:
      throw new FleetApiError(405, 'only GET and PATCH supported against this resource');
  }
}

function onlyGet(method: string, status: number, message: string): void {
  if (method !== 'GET') {
    throw new FleetApiError(status, message);
  }
}
