import type { ParsedFlags } from './flags';
import { GLOBAL_OPTIONS, isVerb, optionsOf, verbsOf, type OptionKind } from './options';

export interface CommandLine {
  readonly verb: string;
  readonly args: readonly string[];
  readonly flags: ParsedFlags;
  /** What the parser complains of. */
  readonly problem?: string;
}

type Kinds = Readonly<Record<string, OptionKind>>;

/** Two names of one thing. */
const SAME: Readonly<Record<string, string>> = { l: 'full', f: 'follow', A: 'forward-agent', h: 'help' };

class Values implements ParsedFlags {
  readonly positional: string[] = [];
  readonly unknown: string[] = [];
  readonly #values = new Map<string, string>();

  set(name: string, value: string): void {
    this.#values.set(SAME[name] ?? name, value);
  }

  value(name: string): string | undefined {
    return this.#values.get(name);
  }

  isSet(name: string): boolean {
    return ['true', '1', 't', 'T', 'TRUE', 'True'].includes(this.#values.get(name) ?? '');
  }
}

const kindsOf = (verb: string, version: '1.0' | '0.11'): Kinds =>
  Object.fromEntries(Object.entries(optionsOf(verb, version)).map(([name, { kind }]) => [name, kind]));

/** `--lines=3` in two. */
function splitOption(word: string): { name: string; given: string | undefined } {
  const text = word.replace(/^--?/, '');
  const at = text.indexOf('=');
  return at < 0 ? { name: text, given: undefined } : { name: text.slice(0, at), given: text.slice(at + 1) };
}

export function parseCommandLine(words: readonly string[], version: '1.0' | '0.11'): CommandLine {
  return version === '1.0' ? withPflag(words) : withFlag(words);
}

/**
 * spf13/pflag under spf13/cobra: options stand anywhere. fleetctl 1.0 made long options of those with one letter, so that `-f`, `-l`
 * and `-A` are not known (its `BoolVar(…, "f", …)`). A verb may be cut short as long as it is clear.
 */
function withPflag(words: readonly string[]): CommandLine {
  const at = verbAt(words);
  const verb = wholeVerb(words[at] ?? '');
  const known = { ...GLOBAL_OPTIONS, ...kindsOf(verb, '1.0') };
  const values = new Values();
  const problem = takePflags([...words.slice(0, at), ...words.slice(at + 1)], known, values);
  return { verb, args: values.positional, flags: values, ...(problem !== undefined && { problem }) };
}

/** The first word that is neither an option nor the value of one. */
function verbAt(words: readonly string[]): number {
  let at = 0;
  while (at < words.length && (words[at] ?? '').startsWith('-')) {
    const word = words[at] ?? '';
    // What it does not know is taken for an option with a value.
    const isAlone = word.includes('=') || GLOBAL_OPTIONS[splitOption(word).name] === 'switch';
    const isBundle = !word.startsWith('--') && word.length > 2;
    at += isAlone || isBundle ? 1 : 2;
  }
  return Math.min(at, words.length);
}

function wholeVerb(word: string): string {
  if (word === '' || isVerb(word, '1.0')) {
    return word;
  }
  const [found, ...more] = verbsOf('1.0').filter((verb) => verb.startsWith(word));
  return found !== undefined && more.length === 0 ? found : word;
}

function takePflags(words: readonly string[], known: Kinds, values: Values): string | undefined {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') {
      values.positional.push(...words.slice(at + 1));
      return undefined;
    }
    if (!word.startsWith('-') || word === '-') {
      values.positional.push(word);
      continue;
    }
    if (word === '-h') {
      values.set('help', 'true');
      continue;
    }
    if (!word.startsWith('--')) {
      return `unknown shorthand flag: '${word.charAt(1)}' in ${word}`;
    }
    const { name, given } = splitOption(word);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      return `unknown flag: --${name}`;
    }
    at += given === undefined && kind !== 'switch' ? 1 : 0;
    const value = given ?? (kind === 'switch' ? 'true' : words[at]);
    if (value === undefined) {
      return `flag needs an argument: --${name}`;
    }
    values.set(name, value);
  }
  return undefined;
}

/** Go's own flag package: global options before the verb, its own between it and the first other word. */
function withFlag(words: readonly string[]): CommandLine {
  const values = new Values();
  const before = takeFlags(words, GLOBAL_OPTIONS, values);
  const [verb = '', ...rest] = before.rest;
  const after = takeFlags(rest, kindsOf(verb, '0.11'), values);
  const problem = before.problem ?? (isVerb(verb, '0.11') ? after.problem : undefined);
  return { verb, args: after.rest, flags: values, ...(problem !== undefined && { problem }) };
}

function takeFlags(words: readonly string[], known: Kinds, values: Values): { rest: string[]; problem?: string } {
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-') || word === '-') {
      return { rest: words.slice(at) };
    }
    if (word === '--') {
      return { rest: words.slice(at + 1) };
    }
    const { name, given } = splitOption(word);
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      const isHelp = name === 'help' || name === 'h';
      return { rest: [], problem: isHelp ? 'flag: help requested' : `flag provided but not defined: -${name}` };
    }
    at += given === undefined && kind !== 'switch' ? 1 : 0;
    const value = given ?? (kind === 'switch' ? 'true' : words[at]);
    if (value === undefined) {
      return { rest: [], problem: `flag needs an argument: -${name}` };
    }
    values.set(name, value);
  }
  return { rest: [] };
}
