import type { CommandNode, PipelineNode, SimpleCommandNode, StatementNode, WordNode } from 'just-bash';

/** Small makers and readers of the library's syntax tree. */

export type Redirection = SimpleCommandNode['redirections'][number];
export type FunctionDefinition = Extract<CommandNode, { type: 'FunctionDef' }>;
export type CompoundCommand = Exclude<CommandNode, SimpleCommandNode | FunctionDefinition>;

export const word = (text: string): WordNode => ({ type: 'Word', parts: [{ type: 'SingleQuoted', value: text }] });

/** `"$name"` */
export const variable = (name: string): WordNode => ({
  type: 'Word',
  parts: [{ type: 'DoubleQuoted', parts: [{ type: 'ParameterExpansion', parameter: name, operation: null }] }],
});

export const redirection = (operator: Redirection['operator'], fd: number, path: string): Redirection => ({
  type: 'Redirection',
  fd,
  operator,
  target: word(path),
});

export const simpleCommand = (
  words: readonly WordNode[],
  redirections: Redirection[] = [],
  line?: number,
): SimpleCommandNode => ({
  type: 'SimpleCommand',
  assignments: [],
  name: words[0] ?? null,
  args: words.slice(1),
  redirections,
  ...(line === undefined ? {} : { line }),
});

export const pipelineOf = (...commands: CommandNode[]): PipelineNode => ({
  type: 'Pipeline',
  commands,
  negated: false,
});

export const statementOf = (pipelines: PipelineNode[], operators: ('&&' | '||' | ';')[] = []): StatementNode => ({
  type: 'Statement',
  pipelines,
  operators,
  background: false,
});

export const group = (body: StatementNode[], redirections: Redirection[] = []): CommandNode => ({
  type: 'Group',
  body,
  redirections,
});

/** The word's text when nothing in it must be expanded. */
export function literalOf(node: WordNode | null): string | undefined {
  let text = '';
  for (const part of node?.parts ?? []) {
    if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Escaped') {
      text += part.value;
      continue;
    }
    const inner = part.type === 'DoubleQuoted' ? literalOf({ type: 'Word', parts: part.parts }) : undefined;
    if (inner === undefined) {
      return undefined;
    }
    text += inner;
  }
  return node === null ? undefined : text;
}

/** The lists of statements inside a compound command, its conditions included. */
export function bodiesOf(command: CompoundCommand): StatementNode[][] {
  switch (command.type) {
    case 'If':
      return [
        ...command.clauses.flatMap(({ condition, body }) => [condition, body]),
        ...(command.elseBody === null ? [] : [command.elseBody]),
      ];
    case 'While':
    case 'Until':
      return [command.condition, command.body];
    case 'For':
    case 'CStyleFor':
    case 'Subshell':
    case 'Group':
      return [command.body];
    case 'Case':
      return command.items.map(({ body }) => body);
    case 'ArithmeticCommand':
    case 'ConditionalCommand':
      return [];
  }
}
