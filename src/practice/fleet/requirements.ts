import { matchesGlob } from './glob';
import type { UnitFile } from './unitFile';

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

const KNOWN = new Set(['MachineID', 'MachineOf', 'MachineMetadata', 'Conflicts', 'Global', 'Replaces']);
const OBSOLETE = new Map([
  ['X-ConditionMachineID', 'MachineID'],
  ['X-ConditionMachineBootID', 'MachineID'],
  ['X-ConditionMachineOf', 'MachineOf'],
  ['X-Conflicts', 'Conflicts'],
  ['X-ConditionMachineMetadata', 'MachineMetadata'],
]);

function optionsOf(file: UnitFile): { name: string; value: string }[] {
  return file.options
    .filter((option) => option.section === 'X-Fleet')
    .map((option) => ({ name: OBSOLETE.get(option.name) ?? option.name, value: option.value }));
}

/** Names in `[X-Fleet]` that fleet does not know; it warns and goes on. */
export function unknownRequirements(file: UnitFile): string[] {
  return optionsOf(file)
    .map((option) => option.name)
    .filter((name) => !KNOWN.has(name));
}

export function requirementsOf(unitName: string, file: UnitFile): Requirements {
  const options = optionsOf(file).map(({ name, value }) => ({ name, value: expandSpecifiers(unitName, value) }));
  const values = (name: string): string[] =>
    options.filter((option) => option.name === name).flatMap((option) => splitWords(option.value));
  const global = options.filter((option) => option.name === 'Global').at(-1)?.value;
  return {
    isGlobal: global !== undefined && isTruthy(global),
    machineId: values('MachineID').at(-1),
    machineOf: values('MachineOf'),
    conflicts: values('Conflicts'),
    replaces: values('Replaces'),
    metadata: metadataOf(values('MachineMetadata')),
  };
}

/** What must not be asked for together, in fleet's words (api/units.go, `ValidateOptions`). */
export function contradiction(requirements: Requirements): string | undefined {
  const { isGlobal, machineId, machineOf, conflicts, replaces } = requirements;
  const rules: readonly (readonly [boolean, string])[] = [
    [machineId !== undefined && isGlobal, 'MachineID cannot be used with Global'],
    [machineId !== undefined && machineOf.length > 0, 'MachineID cannot be used with Peers'],
    [machineId !== undefined && conflicts.length > 0, 'MachineID cannot be used with Conflicts'],
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

/** `"k=v" "k2=v2"` and `k=v k2=v2` are two values, `Conflicts=a b` too. */
function splitWords(value: string): string[] {
  return [...value.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

function metadataOf(values: readonly string[]): Map<string, Set<string>> {
  const metadata = new Map<string, Set<string>>();
  for (const value of values) {
    const at = value.indexOf('=');
    if (at > 0) {
      const key = value.slice(0, at);
      metadata.set(key, (metadata.get(key) ?? new Set()).add(value.slice(at + 1)));
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
