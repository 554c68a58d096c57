import { HELP_FLAG, type Flag } from './commandTable';

/** Flags and arguments of one command, or what Go's flag package finds wrong with them. */
export interface CommandLine {
  readonly args: readonly string[];
  readonly problem?: string;
  value(name: string): string | undefined;
  /** Of a flag that may come more than once. */
  values(name: string): readonly string[];
  isSet(name: string): boolean;
}

const INTEGER = /^[+-]?\d+$/;
const VALID = {
  text: (): boolean => true,
  switch: (value: string): boolean => /^(?:1|0|t|f|true|false)$/i.test(value),
  integer: (value: string): boolean => INTEGER.test(value),
  unsigned: (value: string): boolean => /^\d+$/.test(value),
  duration: (value: string): boolean => /^(?:0|[\d.]+[mnu]?s|[\d.]+[mh][\dhms.]*)$/.test(value),
};

/** A command takes flags after its arguments too (urfave/cli 1 puts them in front); before a command the first word ends them. */
export function readCommandLine(
  words: readonly string[],
  flags: readonly Flag[],
  options: { readonly stopsAtWord?: boolean } = {},
): CommandLine {
  const values = new Map<string, readonly string[]>();
  const last = (name: string): string | undefined => values.get(name)?.at(-1);
  const args: string[] = [];
  const done = (problem?: string): CommandLine => ({
    args,
    ...(problem !== undefined && { problem }),
    value: last,
    values: (name) => values.get(name) ?? [],
    isSet: (name) => ['true', '1', 't'].includes(last(name)?.toLowerCase() ?? ''),
  });
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      args.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      args.push(word);
      if (options.stopsAtWord === true) {
        args.push(...words.slice(at + 1));
        break;
      }
      continue;
    }
    const read = readFlag(word, words[at + 1], flags);
    if ('problem' in read) {
      return done(read.problem);
    }
    values.set(read.name, [...(values.get(read.name) ?? []), read.value]);
    at += read.takesNext ? 1 : 0;
  }
  return done();
}

type ReadFlag =
  { readonly problem: string } | { readonly name: string; readonly value: string; readonly takesNext: boolean };

function readFlag(word: string, next: string | undefined, flags: readonly Flag[]): ReadFlag {
  const bare = word.replace(/^--?/, '');
  const equals = bare.indexOf('=');
  const given = equals < 0 ? bare : bare.slice(0, equals);
  const inline = equals < 0 ? undefined : bare.slice(equals + 1);
  const flag = [...flags, HELP_FLAG].find(({ names }) => names.includes(given));
  if (flag === undefined) {
    return { problem: `flag provided but not defined: -${given}` };
  }
  const isSwitch = flag.kind === 'switch';
  const value = inline ?? (isSwitch ? 'true' : next);
  if (value === undefined) {
    return { problem: `flag needs an argument: -${given}` };
  }
  if (!VALID[flag.kind](value)) {
    return {
      problem: `invalid ${isSwitch ? 'boolean ' : ''}value "${value}" for ${isSwitch ? '' : 'flag '}-${given}: parse error`,
    };
  }
  return { name: flag.names[0] ?? given, value, takesNext: inline === undefined && !isSwitch };
}
