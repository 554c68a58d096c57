import type { IFileSystem } from 'just-bash';
import { INTERRUPTED } from './executionTypes';
import type { Input } from './input';
import type { Output } from './output';
import { sendBytes } from './output';
import type { SessionFiles } from './sessionFiles';
import { reasonOf } from './tools/toolMessages';

const PIECE = 256 * 1024;

interface Copying {
  /** Of the user; `visible` also has what only the interpreter knows (`<(command)`). */
  readonly files: SessionFiles;
  readonly visible: Pick<IFileSystem, 'readFileBuffer'>;
  readonly input: Input | undefined;
  readonly workingDirectory: string;
  readonly signal: AbortSignal;
  isDevice(path: string): boolean;
}

/** Takes a piece, and waits until there is room for the next. */
type Sink = (piece: Uint8Array) => Promise<void>;

/** `cat`: files and standard input go through piece by piece, whatever their length. Resolves with the exit code. */
export async function copyAll(words: readonly string[], output: Output, facts: Copying): Promise<number> {
  const sink: Sink = async (piece) => {
    sendBytes(output, piece);
    await output.drained?.();
  };
  let code = 0;
  for (const word of words.length === 0 ? ['-'] : words) {
    const problem = await copyOne(word, sink, facts);
    if (facts.signal.aborted) {
      return INTERRUPTED;
    }
    if (problem !== undefined) {
      output.stderr(`cat: ${problem}\n`);
      code = 1;
    }
  }
  return code;
}

/** `cat > FILE`: to a file as it comes. */
export async function copyToFile(
  words: readonly string[],
  { path, isAdded }: { readonly path: string; readonly isAdded: boolean },
  output: Output,
  facts: Copying,
): Promise<number> {
  const file = await facts.files.openForWriting(path, { isEmptied: !isAdded });
  const target: Output = {
    stderr: (text) => output.stderr(text),
    stdout: () => undefined,
    stdoutBytes: (bytes) => file.append(bytes),
  };
  try {
    return await copyAll(words, target, facts);
  } catch (error) {
    output.stderr(`cat: write error: ${reasonOf(error)}\n`);
    return 1;
  } finally {
    file.close();
  }
}

/** Why it could not be read, in cat's words. */
async function copyOne(word: string, sink: Sink, facts: Copying): Promise<string | undefined> {
  const { files, input, signal } = facts;
  const path = files.resolvePath(facts.workingDirectory, word);
  if (word === '-' || path === '/dev/stdin') {
    for (;;) {
      const piece = await input?.readSome(signal).catch(() => undefined);
      if (piece === undefined) {
        return undefined;
      }
      await sink(piece);
    }
  }
  if (facts.isDevice(path)) {
    const content = await facts.visible.readFileBuffer(path).catch(() => undefined);
    await sink(content ?? new Uint8Array());
    return content === undefined ? `${word}: No such file or directory` : undefined;
  }
  let file: ReturnType<SessionFiles['open']>;
  try {
    file = files.open(path);
  } catch (error) {
    return `${word}: ${reasonOf(error)}`;
  }
  try {
    for (let at = 0; at < file.length && !signal.aborted; at += PIECE) {
      await sink(file.read(at, PIECE));
    }
  } finally {
    file.close();
  }
  return undefined;
}

/** `head -c N /dev/zero` */
export async function sendZeros(bytes: number, output: Output, signal: AbortSignal): Promise<number> {
  const piece = new Uint8Array(PIECE);
  for (let left = bytes; left > 0 && !signal.aborted; left -= PIECE) {
    sendBytes(output, left < PIECE ? piece.subarray(0, left) : piece);
    await output.drained?.();
  }
  return signal.aborted ? INTERRUPTED : 0;
}
