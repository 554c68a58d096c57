import type { SimpleCommandNode } from 'just-bash';
import { HIDDEN } from './devices';
import type { Input } from './input';
import { literalOf } from './nodes';
import type { Output } from './output';
import { sendBytes } from './output';
import { parseSize } from '../programs/sizes';

/**
 * `cat` of the session's input and `head -c` of a file without an end: the interpreter would hold all of it at once, these pass it
 * on piece by piece, as fast as the other side takes it.
 */
export type Stream = { readonly kind: 'copy' } | { readonly kind: 'endless'; readonly bytes: number };

/** What the interpreter gets from such a file for a pipe, where all is held at once anyway. */
export const MOST_IN_A_PIPE = 256 * 1024 * 1024;
const PIECE = 256 * 1024;

export function streamOf(name: string, command: SimpleCommandNode): Stream | undefined {
  const words = command.args.map((word) => literalOf(word));
  if (name === 'cat') {
    const isPlain = words.every((word) => word === '-' || word === '-u') && words.length <= 1;
    return isPlain && command.redirections.every(({ operator }) => !operator.startsWith('<'))
      ? { kind: 'copy' }
      : undefined;
  }
  const bytes = name === 'head' && words.at(-1) === '/dev/zero' ? byteCount(words.slice(0, -1)) : undefined;
  return bytes === undefined ? undefined : { kind: 'endless', bytes };
}

/** `-c 5`, `-c5`, `--bytes=5`, with coreutils' units. */
export function byteCount(words: readonly (string | undefined)[]): number | undefined {
  const text = /^(?:-c|--bytes=?)\s?(\d+[kKMG]?(?:iB|B)?)$/.exec(words.join(' '))?.[1];
  return text === undefined ? undefined : parseSize(text);
}

export const wordsOf = (stream: Stream): string[] =>
  stream.kind === 'copy' ? [HIDDEN.copy] : [HIDDEN.endless, String(stream.bytes)];

/** Resolves with the exit code. */
export async function copyInput(input: Input | undefined, output: Output, signal: AbortSignal): Promise<number> {
  for (;;) {
    const piece = await input?.readSome(signal).catch(() => undefined);
    if (piece === undefined) {
      return signal.aborted ? 130 : 0;
    }
    sendBytes(output, piece);
    await output.drained?.();
  }
}

export async function sendZeros(bytes: number, output: Output, signal: AbortSignal): Promise<number> {
  const piece = new Uint8Array(PIECE);
  for (let left = bytes; left > 0 && !signal.aborted; left -= PIECE) {
    sendBytes(output, left < PIECE ? piece.subarray(0, left) : piece);
    await output.drained?.();
  }
  return signal.aborted ? 130 : 0;
}
