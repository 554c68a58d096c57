import type { CommandNode, ScriptNode, SimpleCommandNode, StatementNode } from 'just-bash';
import { serialize } from 'just-bash';
import { STREAMING } from './devices';
import type { FunctionDefinition } from './nodes';
import { bodiesOf, literalOf, pipelineOf, statementOf } from './nodes';

/** The functions that a script defines anywhere, by name; of two with one name the later one. */
export function functionsOf(script: ScriptNode): ReadonlyMap<string, FunctionDefinition> {
  const found = new Map<string, FunctionDefinition>();
  collect(script.statements, found);
  return found;
}

function collect(statements: readonly StatementNode[], found: Map<string, FunctionDefinition>): void {
  for (const command of statements.flatMap(({ pipelines }) => pipelines.flatMap(({ commands }) => commands))) {
    if (command.type === 'FunctionDef') {
      found.set(command.name, command);
      collect(bodiesOf(command.body).flat(), found);
    } else if (command.type !== 'SimpleCommand') {
      collect(bodiesOf(command).flat(), found);
    }
  }
}

/**
 * A second function stands beside each: the same with the session's streams in its body, called where those are the caller's own, so
 * that what a function prints is seen when it is printed.
 */
export const streamingName = (name: string): string => `${STREAMING}${name}`;

const textOf = (command: CommandNode): string =>
  serialize({ type: 'Script', statements: [statementOf([pipelineOf(command)])] }).trim();

/** Definitions as they stand before a script that another shell runs. */
export const definitionsText = (functions: ReadonlyMap<string, FunctionDefinition>): string =>
  [...functions.values()].map((one) => `${textOf(one)}\n`).join('');

/** What `declare -f` prints, as bash lays it out; undefined for other commands and for names that nobody defined. */
export function declaredText(
  command: SimpleCommandNode,
  functions: ReadonlyMap<string, FunctionDefinition>,
): string | undefined {
  const [option, ...names] = command.args.map(literalOf);
  if (option !== '-f') {
    return undefined;
  }
  const wanted = names.length === 0 ? [...functions.values()] : names.map((name) => functions.get(name ?? ''));
  const texts = wanted.map((one) => (one === undefined ? undefined : layOut(one)));
  return texts.includes(undefined) ? undefined : texts.join('');
}

function layOut({ name, body }: FunctionDefinition): string {
  const statements = body.type === 'Group' ? body.body : [statementOf([pipelineOf(body)])];
  const lines = statements.map((one) => `    ${serialize({ type: 'Script', statements: [one] }).trim()}`);
  return `${name} () \n{ \n${lines.join(';\n')}\n}\n`;
}
