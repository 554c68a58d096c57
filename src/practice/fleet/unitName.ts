import { goQuote, goQuoteCharacter } from '../network/goQuote';

/** What systemd may have units of (fleet, api/units.go, `validUnitTypes`). */
const TYPES = [
  ...['automount', 'busname', 'device', 'mount', 'path', 'scope', 'service'],
  ...['slice', 'snapshot', 'socket', 'swap', 'target', 'timer'],
];
const TEMPLATE_TYPES = ['path', 'service', 'socket', 'target', 'timer'];
/** What fleetctl takes for the end of a whole name (unit/unit.go, `RecognizedUnitType`). */
const RECOGNIZED = ['service', 'socket', 'timer', 'path', 'device', 'mount', 'automount'];
const STRANGE = /[^A-Za-z0-9:_.\\@-]/u;
const LONGEST = 256;

/** Why fleet refuses a unit's name, in its words and order (api/units.go, `ValidateName`); undefined when it takes it. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'unit name cannot be empty';
  if (Buffer.byteLength(name) > LONGEST) return `unit name exceeds maximum length (${LONGEST})`;
  const dot = name.lastIndexOf('.');
  if (dot < 0) return 'unit name must contain "."';
  const type = name.slice(dot + 1);
  if (type === '') return 'unit name cannot end in "."';
  if (!TYPES.includes(type)) return `invalid unit type: ${goQuote(type)}`;
  if (name.includes('@') && !TEMPLATE_TYPES.includes(type)) {
    return `invalid unit type for template: ${goQuote(type)}`;
  }
  const [strange] = STRANGE.exec(name.slice(0, dot)) ?? [];
  if (strange !== undefined) return `invalid character ${goQuoteCharacter(strange)} in unit name`;
  return name.startsWith('@') ? 'unit name cannot start in "@"' : undefined;
}

/** fleetctl completes a bare name to a service. */
export const completeName = (name: string): string =>
  RECOGNIZED.some((type) => name.endsWith(`.${type}`)) ? name : `${name}.service`;

export interface NameParts {
  readonly prefix: string;
  readonly instance: string | undefined;
  readonly template: string;
}

/** `router@1.service` is instance `1` of template `router@.service`. */
export function nameParts(name: string): NameParts {
  const dot = name.lastIndexOf('.');
  const bare = name.slice(0, dot);
  const at = bare.indexOf('@');
  return {
    prefix: at < 0 ? bare : bare.slice(0, at),
    instance: at < 0 ? undefined : bare.slice(at + 1),
    template: at < 0 ? name : `${bare.slice(0, at)}@${name.slice(dot)}`,
  };
}

/** A template itself cannot be loaded or started. */
export const isTemplate = (name: string): boolean => nameParts(name).instance === '';
