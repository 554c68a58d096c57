import type { CommandNode, SimpleCommandNode, WordNode } from 'just-bash';
import { serialize } from 'just-bash';
import { literalOf, pipelineOf, statementOf } from './nodes';
import { byteCount } from './streams';

/** What may stand behind a program that goes on writing. */
export interface Filters {
  /** As shell text. */
  readonly text: string;
  /** True when each line goes through alone, so that output may come while the program runs. */
  readonly isByLine: boolean;
  /** `head`: so many lines are enough, then the program is ended as SIGPIPE would. */
  readonly enough?: number;
  /** `head -c` */
  readonly enoughBytes?: number;
}

const BY_LINE = new Set(['grep', 'egrep', 'fgrep', 'cut', 'tr', 'cat', 'rev', 'jq', 'fold', 'expand']);
/** Options that make grep look at more than one line, or at the end. */
const WHOLE_GREP = /^-[a-zA-Z]*[cqmABCL]|^--(?:count|quiet|max-count|context|after|before)/;

/** The filters as JSON for the hidden command; undefined when the interpreter had better do it all at once. */
export function filtersOf(commands: readonly CommandNode[]): string | undefined {
  const simple = commands.filter(isPlain);
  const [first] = simple;
  if (
    first === undefined ||
    simple.length !== commands.length ||
    simple.some(({ redirections }) => redirections.length > 0)
  ) {
    return undefined;
  }
  const text = serialize({ type: 'Script', statements: [statementOf([pipelineOf(...commands)])] });
  const enough = enoughOf(first);
  const enoughBytes =
    literalOf(first.name) === 'head' ? byteCount(first.args.map((word) => literalOf(word))) : undefined;
  const isByLine = simple.every(isByLineFilter);
  if (!isByLine && enough === undefined && enoughBytes === undefined) {
    return undefined;
  }
  return JSON.stringify({
    ...{ text, isByLine },
    ...(enough === undefined ? {} : { enough }),
    ...(enoughBytes === undefined ? {} : { enoughBytes }),
  } satisfies Filters);
}

const isPlain = (command: CommandNode): command is SimpleCommandNode =>
  command.type === 'SimpleCommand' && command.assignments.length === 0 && command.args.every(isKnown);

const isKnown = (word: WordNode): boolean => literalOf(word) !== undefined;

function isByLineFilter(command: SimpleCommandNode): boolean {
  const name = literalOf(command.name) ?? '';
  const args = command.args.map((word) => literalOf(word) ?? '');
  if (/^[ef]?grep$/.test(name) && args.some((arg) => WHOLE_GREP.test(arg))) {
    return false;
  }
  return BY_LINE.has(name) || (name === 'sed' && !args.some((arg) => /\$|^-[a-zA-Z]*[nisz]|[NGHDP]/.test(arg)));
}

function enoughOf(command: SimpleCommandNode): number | undefined {
  if (literalOf(command.name) !== 'head') {
    return undefined;
  }
  const args = command.args.map((word) => literalOf(word) ?? '').join(' ');
  const match = /^(?:-n|-n |-|--lines=|--lines )(\d+)$/.exec(args);
  return args === '' ? 10 : match === null ? undefined : Number(match[1]);
}
