import type { PipelineNode, SimpleCommandNode, WordNode, CommandNode } from 'just-bash';
import { DEVICES, ERROR_ACTION, ERROR_STATUS, HIDDEN, STREAMING } from './devices';
import type { CompoundCommand, Redirection } from './nodes';
import { group, literalOf, pipelineOf, redirection, simpleCommand, statementOf, variable, word } from './nodes';

/** Redirections that give a command the session's own streams. */
export const devicesFor = ({ out, err }: { readonly out: boolean; readonly err: boolean }, line = 0): Redirection[] => [
  ...(out ? [redirection('>>', 1, DEVICES.out)] : []),
  ...(err ? [redirection('>>', 2, `${DEVICES.err}${line}`)] : []),
];

const OUTPUTS = new Set(['>', '>>', '>|', '&>', '&>>', '<>']);

/**
 * A file that can't be written must be said as bash says it, and the command not run: the interpreter would end the whole script.
 */
export function guarded(
  command: CommandNode,
  original: SimpleCommandNode | CompoundCommand,
  place: { readonly err: boolean },
): CommandNode {
  const targets = original.redirections.flatMap(({ operator, target }): WordNode[] => {
    const text = target.type === 'Word' ? literalOf(target) : undefined;
    const isFile =
      OUTPUTS.has(operator) && target.type === 'Word' && !/^(?:\/dev\/(?:null|std(?:out|err)))$/.test(text ?? '');
    return isFile ? [target] : [];
  });
  if (targets.length === 0) {
    return command;
  }
  const check = simpleCommand([word(HIDDEN.mayWrite), ...targets], devicesFor({ ...place, out: false }, original.line));
  return group([statementOf([pipelineOf(check), pipelineOf(command)], ['&&'])]);
}

/**
 * Before `&&` and `||`, and behind `!`, nothing ends a script by `set -e`: the interpreter forgets that inside groups and functions,
 * but not in conditions.
 */
export function tested(pipeline: PipelineNode): PipelineNode {
  const [only, ...more] = pipeline.commands;
  if (only === undefined || more.length > 0 || (only.type === 'SimpleCommand' && !isOfScript(only))) {
    return pipeline;
  }
  const condition = [statementOf([{ ...pipeline, negated: false }])];
  const status: SimpleCommandNode = { ...simpleCommand([word(HIDDEN.status)]), args: [LAST_STATUS] };
  // With something behind it a status that is not 0 ends nothing.
  const otherwise = [statementOf([pipelineOf(status), pipelineOf(simpleCommand([word('true')]))], ['&&'])];
  return {
    ...pipeline,
    commands: [
      {
        type: 'If',
        clauses: [{ condition, body: [statementOf([pipelineOf(simpleCommand([word('true')]))])] }],
        elseBody: otherwise,
        redirections: [],
      },
    ],
  };
}

const LAST_STATUS = variable('?');

/** A function, perhaps: programs and tools have dots or are known otherwise, and cost nothing to test either. */
const isOfScript = ({ name }: SimpleCommandNode): boolean => literalOf(name)?.startsWith(STREAMING) === true;

const WATCHED = new Set(['SimpleCommand', 'Subshell', 'ArithmeticCommand', 'ConditionalCommand']);

/** What a script asks of the shell anywhere in it, as far as its commands must be prepared for that. */
export interface Settings {
  readonly hasPipefail: boolean;
  /** `set -E`: a trap for errors is for functions too. */
  readonly hasErrtrace: boolean;
  readonly hasErrexit: boolean;
}

const ERREXIT = /"value":"set"\}\]\},"args":\[\{"type":"Word","parts":\[\{"type":"Literal","value":"-[a-zA-Z]*e/;

/** By the text of its tree. */
export const settingsIn = (text: string): Settings => ({
  hasPipefail: text.includes('"pipefail"'),
  hasErrtrace: /"(?:errtrace|-[a-z]*E[a-z]*)"/.test(text),
  hasErrexit: ERREXIT.test(text) || text.includes('"errexit"'),
});

/** What `trap … ERR` looks at: of loops and groups what is inside. With `set -e` a function ends the script from inside. */
export function isWatchable(
  { commands: [only, ...more] }: PipelineNode,
  { hasErrexit }: Settings,
  functions: ReadonlyMap<string, unknown>,
): boolean {
  const isCall = only?.type === 'SimpleCommand' && functions.has(literalOf(only.name) ?? '');
  return more.length > 0 || (WATCHED.has(only?.type ?? '') && !(hasErrexit && (isCall || only?.type === 'Subshell')));
}

/** Runs the trap's action when the command fails, and passes its status on. */
export function watched(pipeline: PipelineNode, place: { readonly out: boolean; readonly err: boolean }): PipelineNode {
  const note: SimpleCommandNode = { ...simpleCommand([word(HIDDEN.onError)]), args: [LAST_STATUS] };
  const act: SimpleCommandNode = { ...simpleCommand([word('eval')]), args: [variable(ERROR_ACTION)] };
  const pass: SimpleCommandNode = { ...simpleCommand([word(HIDDEN.status)]), args: [variable(ERROR_STATUS)] };
  const handler = group(
    [
      statementOf([pipelineOf(note), pipelineOf(simpleCommand([word('true')]))], ['&&']),
      statementOf([pipelineOf(act)]),
      statementOf([pipelineOf(pass)]),
    ],
    devicesFor(place),
  );
  return pipelineOf(group([statementOf([tested(pipeline), pipelineOf(handler)], ['||'])]));
}
