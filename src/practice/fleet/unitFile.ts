import { createHash } from 'node:crypto';

/** One line of a unit file, in the words of fleet's API. */
export interface UnitOption {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

export interface UnitFile {
  readonly options: readonly UnitOption[];
}

/** A unit file that systemd's syntax does not allow, with go-systemd's words. */
export class UnitSyntaxError extends Error {
  override readonly name = 'UnitSyntaxError';
}

/** Reads a unit file as go-systemd does: comments and blank lines go, continued lines are joined, order stays. */
export function parseUnit(text: string): UnitFile {
  const options: UnitOption[] = [];
  let section: string | undefined;
  for (const line of joinedLines(text)) {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#') || trimmed.startsWith(';')) {
      continue;
    }
    if (trimmed.startsWith('[')) {
      section = parseSection(trimmed);
      continue;
    }
    const at = trimmed.indexOf('=');
    if (section === undefined || at < 0) {
      throw new UnitSyntaxError(section === undefined ? 'found garbage before section' : 'unable to find = sign');
    }
    options.push({ section, name: trimmed.slice(0, at).trim(), value: trimmed.slice(at + 1).trim() });
  }
  return { options };
}

function parseSection(line: string): string {
  const end = line.indexOf(']');
  if (end < 0) {
    throw new UnitSyntaxError('unable to find end of section');
  }
  if (line.slice(end + 1).trim() !== '') {
    throw new UnitSyntaxError(`found garbage after section name ${line.slice(1, end)}`);
  }
  return line.slice(1, end);
}

/** A backslash at the end joins the next line; go-systemd keeps both characters in the value. */
function joinedLines(text: string): string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (const line of text.split('\n')) {
    const whole = open === undefined ? line : `${open}\n${line}`;
    if (line.trimEnd().endsWith('\\')) {
      open = whole;
    } else {
      lines.push(whole);
      open = undefined;
    }
  }
  return open === undefined ? lines : [...lines, open];
}

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
