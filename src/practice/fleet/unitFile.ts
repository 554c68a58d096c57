import { createHash } from 'node:crypto';
import { UnitLexer } from './unitLexer';

/** One line of a unit file, in the words of fleet's API. */
export interface UnitOption {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

export interface UnitFile {
  readonly options: readonly UnitOption[];
}

/** @throws UnitSyntaxError */
export const parseUnit = (text: string): UnitFile => ({ options: new UnitLexer(text).read() });

/** Writes options as go-systemd does: a section header whenever the section changes, a blank line between. */
export function serializeUnit(options: readonly UnitOption[]): string {
  const sections: string[] = [];
  const bySection = new Map<string, string[]>();
  for (const option of options) {
    if (!bySection.has(option.section)) {
      sections.push(option.section);
      bySection.set(option.section, []);
    }
    bySection.get(option.section)?.push(`${option.name}=${option.value}`);
  }
  return sections.map((name) => `[${name}]\n${(bySection.get(name) ?? []).join('\n')}\n`).join('\n');
}

/** fleet's identity of a unit: the SHA-1 of its text. */
export const hashOf = (raw: string): string => createHash('sha1').update(raw).digest('hex');

export function valuesOf(file: UnitFile, section: string, name: string): string[] {
  return file.options.filter((option) => option.section === section && option.name === name).map((one) => one.value);
}

export const descriptionOf = (file: UnitFile): string => valuesOf(file, 'Unit', 'Description').at(-1) ?? '';
