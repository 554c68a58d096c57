import * as v from 'valibot';
import { decodeGoJson, type GoType } from '../../network/goJsonDecode';
import { GoJsonError } from '../../network/goJsonSyntax';
import type { UnitOption } from '../unitFile';
import { FleetApiError, HandlerPanic } from './errors';

/** What is asked of a unit. */
export interface UnitBody {
  readonly name: string;
  readonly desiredState: string;
  readonly options: readonly UnitOption[];
}

const TEXT = { kind: 'string' } as const;
/** As the generated client code has it (schema/v1-gen.go). */
const UNIT: GoType = {
  kind: 'struct',
  go: 'schema.Unit',
  fields: {
    ...{ currentState: TEXT, desiredState: TEXT, machineID: TEXT, name: TEXT },
    options: {
      kind: 'slice',
      go: '[]*schema.UnitOption',
      of: { kind: 'struct', go: 'schema.UnitOption', fields: { name: TEXT, section: TEXT, value: TEXT } },
    },
  },
};

const text = v.optional(v.string(), '');
const optionSchema = v.object({ section: text, name: text, value: text });
const bodySchema = v.object({
  name: text,
  desiredState: text,
  options: v.optional(v.array(v.nullable(optionSchema)), []),
});

/** fleetd stumbles over an option that is null. @throws FleetApiError, HandlerPanic */
export function parseUnitBody(body: string): UnitBody {
  const { options, ...rest } = v.parse(bodySchema, decodeBody(body, UNIT, 'unable to decode body: ') ?? {});
  const given = options.filter((option) => option !== null);
  if (given.length < options.length) {
    throw new HandlerPanic('an option is null');
  }
  return { ...rest, options: given };
}

/** @throws FleetApiError */
export function decodeBody(body: string, type: GoType, preface = ''): unknown {
  try {
    return decodeGoJson(body, type);
  } catch (error) {
    if (error instanceof GoJsonError) {
      throw new FleetApiError(400, `${preface}${error.message}`);
    }
    throw error;
  }
}
