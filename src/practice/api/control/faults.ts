import * as v from 'valibot';
import { badRequest, notFound } from '../../cloud/refusal';
import type { Faults } from '../../faults/faults';
import type { Reply } from '../http';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const call = { method: v.optional(v.string()), path: v.optional(v.string()), times: v.optional(count) };
const dropletId = v.pipe(v.number(), v.integer());

const faultSchema = v.variant('kind', [
  v.strictObject({
    kind: v.literal('api-refuses'),
    status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(400), v.maxValue(599)), 500),
    message: v.optional(v.string(), 'Unexpected server-side error.'),
    ...call,
  }),
  v.strictObject({ kind: v.literal('api-delays'), ms: count, ...call }),
  v.strictObject({ kind: v.literal('api-breaks'), ...call }),
  v.strictObject({ kind: v.literal('api-loses-reply'), ...call }),
  v.strictObject({ kind: v.literal('node-hangs'), dropletId }),
  v.strictObject({
    ...{ kind: v.literal('ssh-breaks'), dropletId },
    afterBytes: v.pipe(v.number(), v.integer(), v.minValue(0)),
  }),
  v.strictObject({ kind: v.literal('network-split'), groups: v.array(v.array(dropletId)) }),
]);

function parseFault(body: unknown) {
  const result = v.safeParse(faultSchema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw badRequest(`fault: ${v.getDotPath(issue) ?? 'the body'}: ${issue.message}`);
}

export function listFaults(faults: Faults): Reply {
  const list = faults.active.map(({ id, fault, left }) => ({ id, ...fault, ...(left !== null && { left }) }));
  return { status: 200, body: { faults: list } };
}

export function addFault(faults: Faults, body: unknown): Reply {
  const { id, fault } = faults.add(parseFault(body));
  return { status: 201, body: { fault: { id, ...fault } } };
}

export function removeFault(faults: Faults, id: string | undefined): Reply {
  if (id === undefined) faults.clear();
  else if (!faults.remove(id)) throw notFound();
  return { status: 204 };
}
