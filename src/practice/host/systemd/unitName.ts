export const UNIT_SUFFIXES = [
  'service',
  'socket',
  'target',
  'mount',
  'timer',
  'path',
  'slice',
  'device',
  'swap',
  'automount',
  'scope',
] as const;

export type UnitKind = (typeof UNIT_SUFFIXES)[number];

export interface UnitName {
  readonly full: string;
  /** Before the `@`, or the whole name without suffix. */
  readonly prefix: string;
  /** Between `@` and the suffix; undefined for plain units, empty for a template itself. */
  readonly instance: string | undefined;
  readonly kind: UnitKind;
  /** `deis-router@.service` for `deis-router@1.service`. */
  readonly template: string | undefined;
}

/** What `systemctl` makes of a word without suffix. */
export function withSuffix(name: string): string {
  if (name.startsWith('/')) {
    return `${escapedPath(name)}.mount`;
  }
  return kindOf(name) === undefined ? `${name}.service` : name;
}

/** `/var/vm/swap-file` → `var-vm-swap\\x2dfile` (systemd-escape(1)). */
export const escapedPath = (path: string): string =>
  path.replace(/^\/+/, '').replaceAll('-', '\\x2d').replaceAll('/', '-');

export function parseUnitName(full: string): UnitName {
  const kind = kindOf(full) ?? 'service';
  const stem = full.slice(0, full.lastIndexOf('.'));
  const at = stem.indexOf('@');
  if (at < 0) {
    return { full, kind, prefix: stem, instance: undefined, template: undefined };
  }
  const prefix = stem.slice(0, at);
  const instance = stem.slice(at + 1);
  return { full, kind, prefix, instance, template: instance === '' ? undefined : `${prefix}@.${kind}` };
}

function kindOf(name: string): UnitKind | undefined {
  const suffix = name.slice(name.lastIndexOf('.') + 1);
  return name.includes('.') ? UNIT_SUFFIXES.find((known) => known === suffix) : undefined;
}

/** A pattern of `systemctl list-units 'deis-*'`. */
export function matchesPattern(name: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  try {
    return new RegExp(`^${source}$`).test(name);
  } catch {
    return name === pattern; // An unbalanced bracket: no pattern then.
  }
}
