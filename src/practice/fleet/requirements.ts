import { goQuote } from '../network/goQuote';
import { matchesGlob } from './glob';
import { valuesOf, type UnitFile } from './unitFile';

/** What a unit's `[X-Fleet]` section asks of the machine it runs on. */
export interface Requirements {
  readonly isGlobal: boolean;
  readonly machineId: string | undefined;
  readonly machineOf: readonly string[];
  readonly conflicts: readonly string[];
  readonly replaces: readonly string[];
  /** Every key must have one of its values. */
  readonly metadata: ReadonlyMap<string, ReadonlySet<string>>;
}

const KNOWN = new Set([
  ...['MachineID', 'MachineOf', 'MachineMetadata', 'Conflicts', 'Global', 'Replaces', 'X-Conflicts'],
  ...['X-ConditionMachineID', 'X-ConditionMachineBootID', 'X-ConditionMachineOf', 'X-ConditionMachineMetadata'],
]);

/** Names in `[X-Fleet]` that fleet does not know; it warns and goes on. */
export const unknownRequirements = (file: UnitFile): string[] =>
  file.options.filter(({ section, name }) => section === 'X-Fleet' && !KNOWN.has(name)).map(({ name }) => name);

/** Old names stand beside the new ones (job/job.go). Without a unit's name nothing is put in for `%i` and the like. */
export function requirementsOf(unitName: string, file: UnitFile): Requirements {
  const values = (...names: readonly string[]): string[] =>
    names.flatMap((name) => valuesOf(file, 'X-Fleet', name).flatMap(splitQuoted));
  const expanded = (...names: readonly string[]): string[] =>
    values(...names).map((value) => (unitName.includes('.') ? expandSpecifiers(unitName, value) : value));
  return {
    isGlobal: isTruthy(expanded('Global').at(-1) ?? ''),
    machineId: expanded('MachineID', 'X-ConditionMachineID', 'X-ConditionMachineBootID')[0],
    machineOf: expanded('X-ConditionMachineOf', 'MachineOf'),
    conflicts: expanded('X-Conflicts', 'Conflicts').flatMap((value) => value.split(/\s+/).filter((one) => one !== '')),
    replaces: expanded('Replaces'),
    metadata: metadataOf(expanded('X-ConditionMachineMetadata', 'MachineMetadata')),
  };
}

/** What must not be asked for together, in fleet's words and order (api/units.go, `ValidateOptions`). */
export function contradiction(requirements: Requirements): string | undefined {
  const { isGlobal, machineId, machineOf, conflicts, replaces } = requirements;
  for (const peer of machineOf) {
    for (const [kind, globs] of [['conflict', conflicts] as const, ['replace', replaces] as const]) {
      const glob = globs.find((one) => matchesGlob(one, peer));
      if (glob !== undefined) {
        return `unresolvable requirements: peer ${goQuote(peer)} matches ${kind} ${goQuote(glob)}`;
      }
    }
  }
  const rules: readonly (readonly [boolean, string])[] = [
    [machineId !== undefined && machineOf.length > 0, 'MachineID cannot be used with Peers'],
    [machineId !== undefined && conflicts.length > 0, 'MachineID cannot be used with Conflicts'],
    [machineId !== undefined && isGlobal, 'MachineID cannot be used with Global'],
    [machineId !== undefined && replaces.length > 0, 'MachineID cannot be used with Replaces'],
    [isGlobal && machineOf.length > 0, 'Global cannot be used with Peers'],
    [isGlobal && replaces.length > 0, 'Global cannot be used with Replaces'],
    [conflicts.length > 0 && replaces.length > 0, 'Conflicts cannot be used with Replaces'],
  ];
  return rules.find(([isBroken]) => isBroken)?.[1];
}

export function metadataFits(
  requirements: Requirements,
  machine: { readonly metadata: Readonly<Record<string, string>> },
): boolean {
  return [...requirements.metadata].every(([key, wanted]) => wanted.has(machine.metadata[key] ?? ''));
}

/** Conflicts work both ways: either of the two may name the other. */
export function areInConflict(
  a: { readonly name: string; readonly requirements: Requirements },
  b: { readonly name: string; readonly requirements: Requirements },
): boolean {
  const names = (globs: readonly string[], name: string): boolean => globs.some((glob) => matchesGlob(glob, name));
  return names(a.requirements.conflicts, b.name) || names(b.requirements.conflicts, a.name);
}

/** `"k=v" "k2=v2"` are two values; without quotes at both ends all is one (unit/file.go, `parseMultivalueLine`). */
function splitQuoted(value: string): string[] {
  if (!value.startsWith('"') || !value.endsWith('"')) {
    return [value];
  }
  const parts = [''];
  let isQuoted = false;
  for (const character of value) {
    if (character === '"') {
      isQuoted = !isQuoted;
    } else if (character === ' ' && !isQuoted) {
      parts.push('');
    } else {
      parts.push(`${parts.pop() ?? ''}${character}`);
    }
  }
  return parts;
}

/** What is no pair is passed over (job/job.go, `RequiredTargetMetadata`). */
function metadataOf(values: readonly string[]): Map<string, Set<string>> {
  const metadata = new Map<string, Set<string>>();
  for (const value of values) {
    const [key = '', wanted = '', ...more] = value.split('=');
    if (key !== '' && wanted !== '' && more.length === 0) {
      metadata.set(key, (metadata.get(key) ?? new Set()).add(wanted));
    }
  }
  return metadata;
}

const isTruthy = (value: string): boolean => ['true', 'yes', '1', 'on', 't'].includes(value.toLowerCase());

/** %n the full name, %N without suffix, %p the part before @, %i the instance. */
function expandSpecifiers(unitName: string, value: string): string {
  const bare = unitName.slice(0, unitName.lastIndexOf('.'));
  const at = bare.indexOf('@');
  const parts: Readonly<Record<string, string>> = {
    n: unitName,
    N: bare,
    p: at < 0 ? bare : bare.slice(0, at),
    i: at < 0 ? '' : bare.slice(at + 1),
  };
  return value.replaceAll(/%([nNpi])/g, (whole, letter: string) => parts[letter] ?? whole);
}
