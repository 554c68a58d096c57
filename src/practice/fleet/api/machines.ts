import * as v from 'valibot';
import { registryOf, writableRegistryOf } from './access';
import { FleetApiError } from './errors';
import type { FleetCall, FleetReply } from './handle';
import { pageOf } from './paging';

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

const patchSchema = v.array(
  v.object({ op: v.picklist(['add', 'remove', 'replace']), path: v.string(), value: v.optional(v.string()) }),
);

/** JSON Patch of `/<machine>/metadata/<key>`, several at once (fleet, Documentation/api-v1.md, "Edit Machine Metadata"). */
export async function patchMachines({ fleet, request }: FleetCall): Promise<FleetReply> {
  const parsed = v.safeParse(patchSchema, parseJson(request.body ?? ''));
  if (!parsed.success) {
    throw new FleetApiError(400, 'unable to decode body');
  }
  const registry = await writableRegistryOf(fleet);
  for (const { op, path, value } of parsed.output) {
    const [, id, key] = /^\/([^/]+)\/metadata\/([^/]+)$/.exec(path) ?? [];
    if (id === undefined || key === undefined || (op !== 'remove' && (value ?? '') === '')) {
      throw new FleetApiError(400, 'invalid path or value');
    }
    await registry.setMetadata(id, key, op === 'remove' ? undefined : value);
  }
  return { status: 204 };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
