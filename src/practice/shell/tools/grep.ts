import type { CustomCommand, ResolvedCommandContext } from 'just-bash';
import { decodeBytesToUtf8, defineCommand } from 'just-bash';
import type { ParsedOptions } from '../../host/programs/options';
import type { CommandResult } from '../executionTypes';
import { expressionFor, grepOptions } from './grepOptions';

const USAGE = "Usage: grep [OPTION]... PATTERN [FILE]...\nTry 'grep --help' for more information.\n";
const TROUBLE = 2;

/** The library's grep knows few of GNU's options. */
export const grepCommands = (): CustomCommand[] =>
  ['grep', 'egrep', 'fgrep'].map((name) => defineCommand(name, (args, context) => grep(name, args, context)));

async function grep(name: string, args: readonly string[], context: ResolvedCommandContext): Promise<CommandResult> {
  const options = grepOptions(args);
  const { unknown } = options;
  if (unknown !== undefined) {
    const said = unknown.startsWith('--')
      ? `unrecognized option '${unknown}'`
      : `invalid option -- '${unknown.slice(1)}'`;
    return { stdout: '', stderr: `${name}: ${said}\n${USAGE}`, exitCode: TROUBLE };
  }
  const search = new Search(name, options, context);
  return await search.run();
}

interface Source {
  readonly label: string;
  readonly text: string;
}

class Search {
  readonly #flags: ReadonlySet<string>;
  readonly #out: string[] = [];
  readonly #err: string[] = [];
  #hasMatched = false;
  #hasTrouble = false;

  constructor(
    private readonly name: string,
    private readonly options: ParsedOptions,
    private readonly context: ResolvedCommandContext,
  ) {
    this.#flags = options.flags;
  }

  async run(): Promise<CommandResult> {
    const words = [...this.options.words];
    const given = [...(this.options.values.get('e') ?? []), ...(await this.#fromFiles())];
    if (given.length === 0 && !this.options.values.has('f')) {
      const [first] = words.splice(0, 1);
      if (first === undefined) {
        return { stdout: '', stderr: USAGE, exitCode: TROUBLE };
      }
      given.push(first);
    }
    try {
      const patterns = given.flatMap((pattern) => pattern.split('\n'));
      const expression = patterns.length === 0 ? /(?!)/g : expressionFor(this.name, patterns, this.#flags);
      await this.#searchAll(expression, words);
    } catch (error) {
      this.#complain(error instanceof SyntaxError ? 'Invalid regular expression' : String(error));
    }
    const isQuietly = this.#flags.has('q') && this.#hasMatched;
    const exitCode = this.#hasTrouble && !isQuietly ? TROUBLE : this.#hasMatched ? 0 : 1;
    return { stdout: this.#out.join(''), stderr: this.#err.join(''), exitCode };
  }

  async #fromFiles(): Promise<string[]> {
    const { fs, cwd } = this.context;
    const patterns: string[] = [];
    for (const file of this.options.values.get('f') ?? []) {
      const text = file === '-' ? decodeBytesToUtf8(this.context.stdin) : await fs.readFile(fs.resolvePath(cwd, file));
      patterns.push(...(text === '' ? [] : [text.replace(/\n$/, '')]));
    }
    return patterns;
  }

  async #searchAll(expression: RegExp, words: readonly string[]): Promise<void> {
    const isRecursive = this.#flags.has('r');
    const targets = words.length > 0 ? words : [isRecursive ? '.' : '-'];
    const isNamed = (targets.length > 1 || isRecursive || this.#flags.has('H')) && !this.#flags.has('h');
    for (const target of targets) {
      for await (const source of this.#sources(target, isRecursive && words.length === 0)) {
        this.#searchOne(expression, source, isNamed);
      }
    }
  }

  async *#sources(word: string, isHere: boolean): AsyncGenerator<Source> {
    const { fs, cwd, stdin } = this.context;
    if (word === '-') {
      yield { label: '(standard input)', text: decodeBytesToUtf8(stdin) };
      return;
    }
    const path = fs.resolvePath(cwd, word);
    try {
      if (!(await fs.stat(path)).isDirectory) {
        yield { label: word, text: await fs.readFile(path) };
        return;
      }
      if (!this.#flags.has('r')) {
        this.#complain(`${word}: Is a directory`, false);
        return;
      }
    } catch (error) {
      const isDenied = error instanceof Error && error.message.startsWith('EACCES');
      this.#complain(`${word}: ${isDenied ? 'Permission denied' : 'No such file or directory'}`);
      return;
    }
    const name = (entry: string): string => (isHere ? entry : `${word.replace(/\/$/, '')}/${entry}`);
    for (const entry of await fs.readdir(path)) {
      const isFolder = (await fs.lstat(`${path}/${entry}`)).isDirectory;
      if (this.#isWanted(entry, isFolder)) {
        yield* this.#sources(name(entry), false);
      }
    }
  }

  #isWanted(entry: string, isFolder: boolean): boolean {
    const { values } = this.options;
    const matches = (option: string): boolean =>
      values.get(option)?.some((glob) => globExpression(glob).test(entry)) ?? false;
    return isFolder ? !matches('excludeDir') : (!values.has('include') || matches('include')) && !matches('exclude');
  }

  #searchOne(expression: RegExp, { label, text }: Source, isNamed: boolean): void {
    const end = this.#flags.has('z') ? '\0' : '\n';
    const lines = text.split(end);
    if (lines.at(-1) === '') {
      lines.pop();
    }
    const most = Number(this.#value('m') ?? Infinity);
    const found: number[] = [];
    for (let at = 0; at < lines.length && found.length < most; at += 1) {
      expression.lastIndex = 0;
      if (expression.test(lines[at] ?? '') !== this.#flags.has('v')) {
        found.push(at);
      }
    }
    this.#hasMatched ||= this.#flags.has('L') ? found.length === 0 : found.length > 0;
    const prefix = isNamed ? `${label}${this.#flags.has('Z') ? '\0' : ':'}` : '';
    if (this.#flags.has('q')) {
      return;
    }
    if (this.#flags.has('l') || this.#flags.has('L')) {
      this.#out.push(this.#flags.has('L') === (found.length === 0) ? `${label}\n` : '');
    } else if (this.#flags.has('c')) {
      this.#out.push(`${prefix}${found.length}\n`);
    } else if (!this.#flags.has('a') && found.length > 0 && !this.#flags.has('z') && text.includes('\0')) {
      this.#out.push(`Binary file ${label} matches\n`);
    } else {
      this.#print(lines, found, { expression, label: isNamed ? label : undefined, end });
    }
  }

  #print(
    lines: readonly string[],
    found: readonly number[],
    how: { expression: RegExp; label: string | undefined; end: string },
  ): void {
    const around = this.#value('C') ?? '0';
    const [before, after] = [Number(this.#value('B') ?? around), Number(this.#value('A') ?? around)];
    const wanted = new Set(found);
    let last = -1;
    for (const at of found) {
      const from = Math.max(last + 1, at - before);
      if (before + after > 0 && last !== -1 && from > last + 1) {
        this.#out.push('--\n');
      }
      const to = Math.min(lines.length - 1, at + after);
      for (let index = from; index <= to && (index <= at || !wanted.has(index)); index += 1) {
        this.#line(lines[index] ?? '', index, { ...how, mark: wanted.has(index) ? ':' : '-' });
        last = index;
      }
    }
  }

  #line(
    line: string,
    index: number,
    { expression, label, end, mark }: { expression: RegExp; label: string | undefined; end: string; mark: string },
  ): void {
    const prefix = `${label === undefined ? '' : `${label}${mark}`}${this.#flags.has('n') ? `${index + 1}${mark}` : ''}`;
    const parts = this.#flags.has('o') ? (line.match(expression) ?? []).filter((part) => part !== '') : [line];
    this.#out.push(...parts.map((part) => `${prefix}${part}${end}`));
  }

  #value(name: string): string | undefined {
    return this.options.values.get(name)?.at(-1);
  }

  #complain(text: string, isTrouble = true): void {
    this.#hasTrouble ||= isTrouble;
    if (!this.#flags.has('s')) {
      this.#err.push(`${this.name}: ${text}\n`);
    }
  }
}

const globExpression = (glob: string): RegExp =>
  new RegExp(
    `^${glob
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );
