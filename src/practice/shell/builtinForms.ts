import type { CommandNode, SimpleCommandNode } from 'just-bash';
import { parse } from 'just-bash';
import type { Redirection } from './nodes';
import { group, pipelineOf, statementOf } from './nodes';
import { readsFrom } from './routes';
import { devicesFor } from './wrapping';

interface Streams {
  readonly out: boolean;
  readonly err: boolean;
}

/** `source /dev/stdin`: what a pipe brings is run here. */
export function sourceInput(command: SimpleCommandNode, place: Streams): CommandNode {
  const text = `${command.args.length > 1 ? 'set -- "${__words[@]}"; ' : ''}eval "$(cat)"`;
  const words: SimpleCommandNode = {
    ...command,
    name: null,
    args: [],
    redirections: [],
    assignments: [{ type: 'Assignment', name: '__words', value: null, append: false, array: command.args.slice(1) }],
  };
  const devices = [...devicesFor(place, command.line), ...command.redirections];
  return group([statementOf([pipelineOf(words)]), ...parse(text).statements], devices);
}

/** One by one, as they stand: `IFS=, words=($list)`. */
export function assignments(command: SimpleCommandNode, place: Streams): CommandNode {
  const [, second] = command.assignments;
  if (second !== undefined && command.redirections.length === 0) {
    const each = command.assignments.map((one) => statementOf([pipelineOf({ ...command, assignments: [one] })]));
    return group(each, devicesFor({ ...place, out: false }, command.line));
  }
  return assignsFromCommand(command)
    ? group([statementOf([pipelineOf(command)])], devicesFor({ ...place, out: false }, command.line))
    : command;
}

/** Which of a shell's streams `exec` with these redirections sends elsewhere. */
export function streamsTaken(redirections: readonly Redirection[]): Streams & { readonly input: boolean } {
  const isBoth = redirections.some(({ operator }) => operator.startsWith('&>'));
  const writes = redirections.filter(({ operator }) => operator.startsWith('>'));
  return {
    out: isBoth || writes.some(({ fd }) => (fd ?? 1) === 1),
    err: isBoth || writes.some(({ fd }) => fd === 2),
    input: redirections.some(readsFrom),
  };
}

const assignsFromCommand = ({ assignments }: SimpleCommandNode): boolean =>
  JSON.stringify(assignments).includes('"CommandSubstitution"');
