export interface JsonText {
  readonly text: string;
  /** Takes ids, addresses and times out of a text inside. */
  normalise(text: string): string;
}

/** Numbers that count up with all that happened before: their types are compared. */
const COUNTERS = new Set(['index', 'modifiedIndex', 'createdIndex']);

/** What differs between two JSON documents: keys, types, values; a list's order is chance. Undefined: nothing. */
export function diffJson(recorded: JsonText, ours: JsonText, freeKeys: ReadonlySet<string>): string | undefined {
  const [wantedEnd, gotEnd] = [/\n*$/.exec(recorded.text)?.[0], /\n*$/.exec(ours.text)?.[0]];
  if (wantedEnd !== gotEnd) return `ends in ${JSON.stringify(gotEnd)}, not ${JSON.stringify(wantedEnd)}`;
  const [wanted, got] = [parse(recorded.text), parse(ours.text)];
  if (wanted === undefined || got === undefined) {
    const [left, right] = [recorded.normalise(recorded.text), ours.normalise(ours.text)];
    return left === right ? undefined : `is ${right.slice(0, 90)}, not ${left.slice(0, 90)}`;
  }
  const canonical = (side: JsonText, value: unknown): unknown => simplify(value, '', side, freeKeys);
  return diff(canonical(recorded, wanted), canonical(ours, got), '');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The value with types in place of what is chance, and every list in one order. */
function simplify(value: unknown, key: string, side: JsonText, free: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) {
    return value.map((one) => simplify(one, key, side, free)).sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([name, one]) => [side.normalise(name), simplify(one, name, side, free)] as const,
    );
    return Object.fromEntries(numberTwins(entries.sort(([a], [b]) => (a < b ? -1 : 1))));
  }
  if (free.has(key) || COUNTERS.has(key)) return `‹${typeof value}›`;
  if (typeof value !== 'string') return value;
  // etcd keeps fleet's objects as JSON inside a text.
  const inner = value.startsWith('{') ? parse(value) : undefined;
  return inner === undefined ? side.normalise(value) : { '‹JSON in a text›': simplify(inner, key, side, free) };
}

/** Keys that are ids have become one word: each gets a number, so that none is lost. */
function numberTwins(entries: readonly (readonly [string, unknown])[]): (readonly [string, unknown])[] {
  const seen = new Map<string, number>();
  return entries.map(([key, value]) => {
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return [count === 1 ? key : `${key} ${count}`, value] as const;
  });
}

const textOf = (value: unknown): string => JSON.stringify(value);

function diff(recorded: unknown, ours: unknown, where: string): string | undefined {
  if (textOf(recorded) === textOf(ours)) return undefined;
  const at = where === '' ? 'the document' : where;
  if (Array.isArray(recorded) && Array.isArray(ours)) return diffLists(recorded, ours, at);
  if (isObject(recorded) && isObject(ours)) {
    const missing = Object.keys(recorded).find((key) => !(key in ours));
    if (missing !== undefined) return `${where}.${missing} is missing`;
    const extra = Object.keys(ours).find((key) => !(key in recorded));
    if (extra !== undefined) return `${where}.${extra} is too many`;
    for (const [key, value] of Object.entries(recorded)) {
      const found = diff(value, ours[key], `${where}.${key}`);
      if (found !== undefined) return found;
    }
  }
  return `${at} is ${textOf(ours).slice(0, 90)}, not ${textOf(recorded).slice(0, 90)}`;
}

function diffLists(recorded: readonly unknown[], ours: readonly unknown[], at: string): string | undefined {
  if (recorded.length !== ours.length) return `${at} has ${ours.length} entries, not ${recorded.length}`;
  for (const [index, value] of recorded.entries()) {
    const found = diff(value, ours[index], `${at}[${index}]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
