import * as v from 'valibot';
import type { AccountSpec } from '../../cloud/accounts';
import { badRequest } from '../../cloud/refusal';

/** The form of `--accounts FILE` and of PUT /practice/accounts. A token without scopes may do everything. */
const accountsSchema = v.array(
  v.strictObject({
    name: v.pipe(v.string(), v.nonEmpty()),
    email: v.optional(v.string()),
    dropletLimit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    status: v.optional(v.picklist(['active', 'warning', 'locked'])),
    statusMessage: v.optional(v.string()),
    isEmailVerified: v.optional(v.boolean()),
    tokens: v.array(
      v.strictObject({
        token: v.pipe(v.string(), v.regex(/^\S+$/)),
        scopes: v.optional(v.array(v.string()), ['*']),
      }),
    ),
  }),
);

export function parseAccounts(value: unknown): readonly AccountSpec[] {
  const result = v.safeParse(accountsSchema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw badRequest(`accounts: ${v.getDotPath(issue) ?? 'the list'}: ${issue.message}`);
}
