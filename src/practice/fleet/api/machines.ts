import * as v from 'valibot';
import type { GoType } from '../../network/goJsonDecode';
import { registryOf, writableRegistryOf } from './access';
import { FleetApiError } from './errors';
import type { FleetCall, FleetReply } from './handle';
import { pageOf } from './paging';
import { decodeBody } from './unitBody';

export function listMachines({ fleet, query }: FleetCall): FleetReply {
  const { items, nextPageToken } = pageOf(registryOf(fleet).machines(), query);
  const machines = items.map(({ id, metadata, publicIp }) => ({
    id,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata: sorted(metadata) }),
    primaryIP: publicIp,
  }));
  return {
    status: 200,
    body: {
      ...(machines.length === 0 ? {} : { machines }),
      ...(nextPageToken === undefined ? {} : { nextPageToken }),
    },
  };
}

const sorted = (metadata: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)));

const TEXT = { kind: 'string' } as const;
const OPERATION = { op: TEXT, Path: TEXT, Value: TEXT };
const OPERATIONS: GoType = {
  kind: 'slice',
  go: '[]api.machineMetadataOp',
  of: { kind: 'struct', go: 'api.machineMetadataOp', fields: OPERATION },
};
const text = v.optional(v.string(), '');
const operationSchema = v.nullable(v.object({ op: text, Path: text, Value: text }));
const PATH = /^\/([^/]+)\/metadata\/([A-Za-z0-9_.-]+)$/;

/**
 * JSON Patch of `/<machine>/metadata/<key>`, several at once, all judged before any is done (api/machines.go). What is removed is
 * written over with nothing, so that it also takes away what the machine says of itself.
 */
export async function patchMachines({ fleet, request }: FleetCall): Promise<FleetReply> {
  const operations = v.parse(v.nullable(v.array(operationSchema)), decodeBody(request.body ?? '', OPERATIONS)) ?? [];
  const changes = operations.map((operation) => changeOf(operation ?? { op: '', Path: '', Value: '' }));
  const registry = changes.length === 0 ? registryOf(fleet) : await writableRegistryOf(fleet);
  for (const { id, key, value } of changes) {
    await registry.setMetadata(id, key, value);
  }
  return { status: 204, hasType: true };
}

/** @throws FleetApiError 400 */
function changeOf({ op, Path, Value }: { readonly op: string; readonly Path: string; readonly Value: string }): {
  readonly id: string;
  readonly key: string;
  readonly value: string;
} {
  if (!['add', 'remove', 'replace'].includes(op)) {
    throw new FleetApiError(400, 'invalid op: expect add, remove, or replace');
  }
  const [, id, key] = PATH.exec(Path) ?? [];
  if (id === undefined || key === undefined) {
    throw new FleetApiError(400, 'machine metadata path invalid');
  }
  if (op !== 'remove' && Value === '') {
    throw new FleetApiError(400, 'invalid value: add and replace require a value');
  }
  return { id, key, value: op === 'remove' ? '' : Value };
}
