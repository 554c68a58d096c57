import { parse, serialize } from 'just-bash';
import type { ScriptNode } from 'just-bash';
import { DEVICES, HIDDEN } from '../devices';
import { syntaxError } from '../messages';

/** What a terminal's shell remembers from line to line: the interpreter begins each anew. */
export class ShellState {
  environment: Readonly<Record<string, string>>;
  workingDirectory: string;
  lastCode = 0;
  #arrays: readonly string[] = [];
  readonly #functions = new Map<string, string>();

  constructor(environment: Readonly<Record<string, string>>, workingDirectory: string) {
    this.environment = environment;
    this.workingDirectory = workingDirectory;
  }

  get functionNames(): readonly string[] {
    return [...this.#functions.keys()];
  }

  /** The line with what must stand before it, and what tells afterwards how it ended and what it left. */
  scriptFor(line: string): string {
    const before = [
      'shopt -s expand_aliases',
      ...this.#functions.values(),
      ...this.#arrays,
      ...(this.lastCode === 0 ? [] : [`${HIDDEN.status} ${this.lastCode}`]),
    ];
    return `${before.join('\n')}\n${line}\n${HIDDEN.keep}\ndeclare -p >> ${DEVICES.state}\n`;
  }

  /** `declarations` is what `declare -p` printed at the end of the line; empty when it ended the shell. */
  absorb(line: string, environment: Readonly<Record<string, string>>, declarations: string): void {
    const kept = Object.entries(environment).filter(([name]) => /^[A-Za-z_]\w*$/.test(name));
    this.environment = Object.fromEntries(kept);
    this.workingDirectory = environment['PWD'] ?? this.workingDirectory;
    for (const { name, text } of functionsIn(line)) {
      this.#functions.set(name, text);
    }
    if (declarations !== '') {
      this.#arrays = declarations.split('\n').flatMap((row) => restoringArray(row) ?? []);
    }
  }
}

/** `declare -a a=([0]="x")` as commands that the interpreter reads back whatever is in the elements. */
function restoringArray(row: string): string | undefined {
  const match = /^declare (-[aA]) (\w+)=\((.*)\)$/.exec(row);
  if (match === null) {
    return undefined;
  }
  const [, kind = '', name = '', text = ''] = match;
  const elements = [...text.matchAll(/\[([^\]]*)\]=("(?:[^"\\]|\\.)*")/g)];
  return [`declare ${kind} ${name}`, ...elements.map(([, key = '', value = '']) => `${name}[${key}]=${value}`)].join(
    '; ',
  );
}

/** Whether the shell must ask for another line (PS2). */
export function isIncomplete(text: string): boolean {
  if (text.endsWith('\\')) {
    return true;
  }
  const script = scriptOf(text);
  if (typeof script !== 'string') {
    const word = /<<-?\s?['"]?(\w+)/.exec(text)?.[1];
    return (
      word !== undefined &&
      !text
        .split('\n')
        .slice(1)
        .some((line) => line.trim() === word)
    );
  }
  return /unexpected (?:end of file|EOF)/.test(syntaxError(script, text, { name: 'bash', namesLines: false }, false));
}

/** What is wrong with a command's syntax; a terminal's shell names no line. */
export function problemIn(text: string): string | undefined {
  const script = scriptOf(text);
  if (typeof script !== 'string') {
    return undefined;
  }
  const [first = ''] = syntaxError(script, text, { name: '', namesLines: false }, false).split('\n');
  return first.replace(/^: line \d+: /, '');
}

function scriptOf(text: string): ScriptNode | string {
  try {
    return parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function functionsIn(text: string): { name: string; text: string }[] {
  const script = scriptOf(text);
  if (typeof script === 'string') {
    return [];
  }
  const commands = script.statements.flatMap(({ pipelines }) => pipelines.flatMap((pipeline) => pipeline.commands));
  return commands.flatMap((command) => {
    if (command.type !== 'FunctionDef') {
      return [];
    }
    const pipelines = [{ type: 'Pipeline' as const, commands: [command], negated: false }];
    const alone = { type: 'Statement' as const, pipelines, operators: [], background: false };
    return [{ name: command.name, text: serialize({ type: 'Script', statements: [alone] }) }];
  });
}
