const SUFFIXES = ['service', 'socket', 'device', 'mount', 'automount', 'timer', 'path'];
const ALLOWED = /^[A-Za-z0-9:_.\\@-]+$/;
const LONGEST = 256;

/** Why fleet refuses a unit's name, in its words (api/units.go, `ValidateName`); undefined when it takes it. */
export function nameProblem(name: string): string | undefined {
  if (name === '') {
    return 'unit name cannot be empty';
  }
  if (name.length > LONGEST) {
    return 'unit name exceeds maximum length (256)';
  }
  if (!ALLOWED.test(name)) {
    return `invalid character in unit name "${name}"`;
  }
  const dot = name.lastIndexOf('.');
  if (dot < 0) {
    return `unit name must contain "."`;
  }
  const type = name.slice(dot + 1);
  return SUFFIXES.includes(type) ? undefined : `invalid unit type: ${JSON.stringify(type)}`;
}

/** fleetctl completes a bare name to a service. */
export const completeName = (name: string): string =>
  SUFFIXES.includes(name.slice(name.lastIndexOf('.') + 1)) && name.includes('.') ? name : `${name}.service`;

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
