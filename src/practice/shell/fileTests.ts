import type { CommandNode, WordNode } from 'just-bash';
import type { Host } from '../kernel';
import { literalOf, word } from './nodes';

type Expression = Extract<CommandNode, { type: 'ConditionalCommand' }>['expression'];

/** Below it lies whatever is a socket, and the descriptors that are a terminal. */
const FACTS = '/dev/.session/is';
const FACT_OF: Readonly<Record<string, string>> = { '-S': 'socket', '-t': 'terminal' };

/** `test -S PATH` and `[ -t 1 ]`, which the interpreter always denies, ask for a file of the session instead. */
export function withFileTests(args: readonly WordNode[]): WordNode[] {
  return args.map((arg, index) => {
    const fact = FACT_OF[literalOf(args[index - 1] ?? null) ?? ''];
    const isTest = FACT_OF[literalOf(arg) ?? ''] !== undefined && args[index + 1] !== undefined;
    return fact !== undefined ? placeOf(fact, arg) : isTest ? word('-e') : arg;
  });
}

/** `[`: the interpreter takes it for the beginning of a pattern. */
export function isBracket({ parts: [part, ...more] }: WordNode): boolean {
  const text = part?.type === 'Glob' ? part.pattern : part?.type === 'Literal' ? part.value : '';
  return text === '[' && more.length === 0;
}

/** The same in `[[ … ]]`. */
export function withFileTestsIn(expression: Expression): Expression {
  switch (expression.type) {
    case 'CondUnary': {
      const fact = FACT_OF[expression.operator];
      return fact === undefined
        ? expression
        : { ...expression, operator: '-e', operand: placeOf(fact, expression.operand) };
    }
    case 'CondNot':
      return { ...expression, operand: withFileTestsIn(expression.operand) };
    case 'CondAnd':
    case 'CondOr':
      return { ...expression, left: withFileTestsIn(expression.left), right: withFileTestsIn(expression.right) };
    case 'CondGroup':
      return { ...expression, expression: withFileTestsIn(expression.expression) };
    case 'CondBinary':
    case 'CondWord':
      return expression;
  }
}

const placeOf = (fact: string, operand: WordNode): WordNode => ({
  ...operand,
  parts: [{ type: 'SingleQuoted', value: `${FACTS}/${fact}/` }, ...operand.parts],
});

/** Whether such a file is there; undefined for all other paths. */
export function isFact(path: string, host: Host, isTerminal: boolean): boolean | undefined {
  if (!path.startsWith(`${FACTS}/`)) {
    return undefined;
  }
  const [, fact = '', ...rest] = path.slice(FACTS.length).split('/');
  if (fact === 'terminal') {
    return isTerminal && /^[012]$/.test(rest.join('/'));
  }
  const socketPath = `/${rest.join('/')}`;
  // /var/run is a link to /run.
  const spellings = [socketPath.replace(/^\/run\//, '/var/run/'), socketPath.replace(/^\/var\/run\//, '/run/')];
  return spellings.some((spelling) => host.listener({ socketPath: spelling }) !== undefined);
}
