import type { SimpleCommandNode, WordNode } from 'just-bash';
import { parseSize } from '../programs/sizes';
import { HIDDEN } from './devices';
import type { Redirection } from './nodes';
import { literalOf, word } from './nodes';
import { readsFrom } from './routes';

/**
 * `cat` and `head -c` of a file without an end: the interpreter would hold all of it at once, these pass it on piece by piece, as
 * fast as the other side takes it.
 */
export type Stream =
  | {
      readonly kind: 'copy';
      readonly files: WordNode[];
      readonly readsInput: boolean;
      readonly target: Target | undefined;
    }
  | { readonly kind: 'endless'; readonly bytes: number };

/** `> FILE`, `>> FILE` */
interface Target {
  readonly operator: '>' | '>>';
  readonly path: WordNode;
}

/** What the interpreter gets from such a file for a pipe, where all is held at once anyway. */
export const MOST_IN_A_PIPE = 256 * 1024 * 1024;

/** What a command comes to, and the redirections that are left of it. */
export function streamOf(
  name: string,
  command: SimpleCommandNode,
): { readonly stream: Stream; readonly redirections: Redirection[] } | undefined {
  const { redirections } = command;
  const words = command.args.map((one) => literalOf(one));
  if (name === 'cat') {
    const files = command.args.filter((_one, index) => words[index] !== '-u');
    const isPlain = files.every(
      (one) => literalOf(one) === '-' || !/^(?:-|\/dev\/(?!stdin$))/.test(literalOf(one) ?? ''),
    );
    const target = targetOf(redirections);
    if (!isPlain || redirections.some(readsFrom)) {
      return undefined;
    }
    const readsInput = files.length === 0 || files.some((one) => /^(?:-|\/dev\/stdin)$/.test(literalOf(one) ?? ''));
    const left = redirections.filter(({ target: path }) => path !== target?.path);
    return { stream: { kind: 'copy', files, readsInput, target }, redirections: left };
  }
  const bytes = name === 'head' && words.at(-1) === '/dev/zero' ? byteCount(words.slice(0, -1)) : undefined;
  return bytes === undefined ? undefined : { stream: { kind: 'endless', bytes }, redirections };
}

/** The one file that the output goes to; devices are the interpreter's. */
function targetOf(redirections: readonly Redirection[]): Target | undefined {
  const found = redirections.filter(({ operator, fd }) => (operator === '>' || operator === '>>') && (fd ?? 1) === 1);
  const [only] = found;
  if (only?.target.type !== 'Word' || found.length > 1 || literalOf(only.target)?.startsWith('/dev/') === true) {
    return undefined;
  }
  return { operator: only.operator === '>>' ? '>>' : '>', path: only.target };
}

/** `-c 5`, `-c5`, `--bytes=5`, with coreutils' units. */
export function byteCount(words: readonly (string | undefined)[]): number | undefined {
  const text = /^(?:-c|--bytes=?)\s?(\d+[kKMG]?(?:iB|B)?)$/.exec(words.join(' '))?.[1];
  return text === undefined ? undefined : parseSize(text);
}

/** The hidden command's words, before and after the routes. */
export function wordsOf(stream: Stream, routes: string): WordNode[] {
  if (stream.kind === 'endless') {
    return [word(HIDDEN.endless), word(String(stream.bytes)), word(routes)];
  }
  const { target, files } = stream;
  return [word(HIDDEN.copy), word(routes), word(target?.operator ?? '-'), target?.path ?? word(''), ...files];
}
