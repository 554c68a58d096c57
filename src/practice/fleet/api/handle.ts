import type { FleetApi } from '../server';
import { discoveryDocument } from './discovery';
import { FleetApiError, noEtcd } from './errors';
import { listMachines, patchMachines } from './machines';
import { listStates } from './states';
import { deleteUnit, getUnit, listUnits, putUnit } from './units';

export interface FleetRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly contentType?: string | undefined;
  readonly body?: string;
}

export interface FleetReply {
  readonly status: number;
  /** Undefined: no body at all. */
  readonly body?: object;
}

/** Both prefixes lead to the same API; the Deis controller uses the older one. */
const PREFIX = /^\/(?:fleet\/v1|v1-alpha)(?=\/|$)/;

/** fleet's HTTP API (fleet, Documentation/api-v1.md, and the recorded traces, fleet-api/). @throws FleetApiError */
export async function handleFleet(fleet: FleetApi, request: FleetRequest): Promise<FleetReply> {
  if (!fleet.isAvailable) {
    throw noEtcd();
  }
  const url = new URL(request.url, 'http://domain-sock');
  const prefix = PREFIX.exec(url.pathname)?.[0];
  if (prefix === undefined) {
    throw new FleetApiError(url.pathname === '/' ? 405 : 404, '');
  }
  const [, collection = '', ...rest] = url.pathname.slice(prefix.length).split('/');
  const item = rest.map(decodeURIComponent).join('/');
  const call = { fleet, request, query: url.searchParams };
  switch (collection) {
    case '':
      throw new FleetApiError(405, '');
    case 'units':
      return item === '' ? await units(call) : await unit(call, item);
    case 'state':
      only('GET', request.method);
      return listStates(call);
    case 'machines':
      return await machines(call, item);
    case 'discovery':
      only('GET', request.method);
      return { status: 200, body: discoveryDocument };
    default:
      throw new FleetApiError(404, '');
  }
}

export interface FleetCall {
  readonly fleet: FleetApi;
  readonly request: FleetRequest;
  readonly query: URLSearchParams;
}

async function units(call: FleetCall): Promise<FleetReply> {
  only('GET', call.request.method);
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

async function machines(call: FleetCall, item: string): Promise<FleetReply> {
  if (item !== '') {
    throw new FleetApiError(404, '');
  }
  switch (call.request.method) {
    case 'GET':
      return listMachines(call);
    case 'PATCH':
      return await patchMachines(call);
    default:
      throw new FleetApiError(405, 'only GET and PATCH supported against this resource');
  }
}

function only(allowed: string, method: string): void {
  if (method !== allowed) {
    throw new FleetApiError(405, `only HTTP ${allowed} supported against this resource`);
  }
}
