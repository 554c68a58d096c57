import * as v from 'valibot';
import { unprocessable } from '../../cloud/refusal';

/** Checks a body at the border; what does not fit is refused in the name of its first field that is wrong. */
export function parseBody<S extends v.GenericSchema>(schema: S, body: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  throw unprocessable(field === null ? 'The request body must be an object.' : `${field} is invalid`);
}

/** What names an image or a key: its id or its other name. */
export const reference = v.union([v.string(), v.pipe(v.number(), v.integer())]);

/** Go clients send `null` for what they leave out. */
export function optional<S extends v.GenericSchema>(schema: S) {
  return v.nullish(schema);
}

/** `backup_policy`; what it says is checked where it is understood. */
export const backupPolicy = v.object({
  ...{ plan: optional(v.string()), weekday: optional(v.string()), hour: optional(v.number()) },
});
