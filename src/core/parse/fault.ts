import * as v from 'valibot';
import { ClusterError } from '../errors';
import type { ActiveFault, Fault } from '../model/fault';

const whole = v.pipe(v.number(), v.integer());
const positive = v.pipe(whole, v.minValue(1));
const bytes = v.pipe(whole, v.minValue(0));
const lasting = { forMs: v.optional(positive) };
const call = { method: v.optional(v.string()), path: v.optional(v.string()), times: v.optional(positive), ...lasting };
const ofDroplet = { dropletId: positive, ...lasting };
const status = v.optional(v.pipe(whole, v.minValue(400), v.maxValue(599)), 500);

/** What the practice cloud's `/practice/faults` takes and tells. */
export const faultSchema = v.variant('kind', [
  v.strictObject({
    ...{ kind: v.literal('api-refuses'), status, message: v.optional(v.string(), 'Unexpected server-side error.') },
    ...call,
  }),
  v.strictObject({ kind: v.literal('api-delays'), ms: positive, ...call }),
  v.strictObject({ kind: v.literal('api-breaks'), ...call }),
  v.strictObject({ kind: v.literal('api-loses-reply'), ...call }),
  v.strictObject({
    ...{ kind: v.literal('api-lies'), lie: v.picklist(['forgets-droplets', 'says-active', 'garbles']) },
    ...call,
  }),
  v.strictObject({ kind: v.literal('node-hangs'), ...ofDroplet }),
  v.strictObject({ kind: v.literal('node-loses-power'), ...ofDroplet }),
  v.strictObject({ kind: v.literal('disk-fills'), ...ofDroplet }),
  v.strictObject({
    ...{ kind: v.literal('clock-drifts'), seconds: v.optional(whole, 0), ppm: v.optional(whole) },
    ...ofDroplet,
  }),
  v.strictObject({ kind: v.literal('ssh-refuses'), ...ofDroplet }),
  v.strictObject({ kind: v.literal('ssh-hangs'), afterBytes: v.optional(bytes, 0), ...ofDroplet }),
  v.strictObject({ kind: v.literal('ssh-breaks'), afterBytes: bytes, ...ofDroplet }),
  v.strictObject({ kind: v.literal('ssh-changes-host-key'), ...ofDroplet }),
  v.strictObject({ kind: v.literal('network-split'), groups: v.array(v.array(positive)), ...lasting }),
]);

const active = v.pipe(
  v.object({ id: v.string(), fault: faultSchema, left: v.optional(v.number()), endsAt: v.optional(v.number()) }),
  v.transform(({ left, endsAt, ...rest }): ActiveFault => ({
    ...rest,
    ...(left !== undefined && { left }),
    ...(endsAt !== undefined && { endsAt }),
  })),
);
export const ActiveFaultReply = v.object({ fault: active });
export const ActiveFaultsReply = v.object({ faults: v.array(active) });

/** A fault as a program wrote it. @throws ClusterError invalidInput, with what is wrong in it */
export function parseFault(value: unknown): Fault {
  const result = v.safeParse(faultSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new ClusterError(`This is no fault: ${where === null ? '' : `${where}: `}${issue.message}.`, {
    code: 'invalidInput',
  });
}
