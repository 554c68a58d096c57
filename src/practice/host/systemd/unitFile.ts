export interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

/** All nodes of an image have the same units, and fleet gives one text to many. */
const parsed = new Map<string, readonly Assignment[]>();
const MOST_PARSED = 1_000;

/** systemd.syntax(7): sections, comments, lines continued with a backslash. Unknown sections (`X-Fleet`) are kept. */
export function parseUnitFile(text: string): readonly Assignment[] {
  let assignments = parsed.get(text);
  if (assignments === undefined) {
    if (parsed.size >= MOST_PARSED) {
      parsed.clear();
    }
    assignments = parse(text);
    parsed.set(text, assignments);
  }
  return assignments;
}

function parse(text: string): readonly Assignment[] {
  const assignments: Assignment[] = [];
  let section = '';
  for (const line of joinLines(text)) {
    const header = /^\[(.+)\]$/.exec(line);
    if (header?.[1] !== undefined) {
      section = header[1];
      continue;
    }
    const equals = line.indexOf('=');
    if (equals > 0 && section !== '') {
      assignments.push({ section, key: line.slice(0, equals).trim(), value: line.slice(equals + 1).trim() });
    }
  }
  return assignments;
}

function joinLines(text: string): string[] {
  const joined: string[] = [];
  let pending = '';
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line.startsWith('#') || line.startsWith(';')) {
      continue; // A comment inside a continued line does not end it.
    }
    if (line.endsWith('\\')) {
      pending += `${line.slice(0, -1)} `;
    } else {
      const whole = `${pending}${line}`.trim();
      pending = '';
      if (whole !== '') {
        joined.push(whole);
      }
    }
  }
  return pending.trim() === '' ? joined : [...joined, pending.trim()];
}

/** The values of one setting in order; an empty assignment forgets what came before (systemd.unit(5)). */
export function valuesOf(assignments: readonly Assignment[], section: string, key: string): string[] {
  let values: string[] = [];
  for (const assignment of assignments) {
    if (assignment.section === section && assignment.key === key) {
      values = assignment.value === '' ? [] : [...values, assignment.value];
    }
  }
  return values;
}
