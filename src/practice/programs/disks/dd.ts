import { randomBytes } from 'node:crypto';
import type { ProgramContext } from '../program';
import type { OpenFile } from '../../host/files/openFile';
import { resolvePath } from '../../host/files/path';
import { ByteQueue } from '../../shell/byteQueue';
import { reasonOf } from '../../shell/tools/toolMessages';
import { userFiles } from '../../shell/userFiles';
import { program, refuse } from '../program';
import { parseSize } from '../sizes';

/** A droplet's disk takes some 250 MB a second. */
const BYTES_A_MS = 250 * 1024;
/** How much is read or written at a time, whatever the block size. */
const PIECE = 256 * 1024;

interface Operands {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly block: number;
  readonly outBlock: number;
  /** Infinity without `count`. */
  readonly most: number;
  readonly skip: number;
  readonly seek: number;
  readonly isCut: boolean;
  readonly isQuiet: boolean;
}

/** Where the bytes come from; undefined at the end. */
interface Source {
  read(most: number): Promise<Uint8Array | undefined>;
  close(): void;
}

interface Sink {
  write(piece: Uint8Array): void | Promise<void>;
  /** Without writing them one by one: `dd if=/dev/zero of=FILE`. */
  reserve?(bytes: number): boolean;
  close(): void;
  readonly isDisk: boolean;
}

async function dd(context: ProgramContext): Promise<number> {
  const operands = operandsOf(context.args);
  if (typeof operands === 'string') {
    return refuse(context, `dd: ${operands}`);
  }
  const source = openSource(context, operands);
  if (typeof source === 'string') {
    return refuse(context, `dd: failed to open '${operands.from ?? ''}': ${source}`);
  }
  const sink = await openSink(context, operands).catch((error: unknown) => reasonOf(error));
  if (typeof sink === 'string') {
    source.close();
    return refuse(context, `dd: failed to open '${operands.to ?? ''}': ${sink}`);
  }
  const started = context.timeline.now();
  let done = 0;
  let problem: string | undefined;
  try {
    done = await transfer(context, operands, source, sink, (bytes) => (done = bytes));
  } catch (error) {
    problem = reasonOf(error);
  } finally {
    source.close();
    sink.close();
  }
  if (sink.isDisk) {
    await context.timeline.sleep(done / BYTES_A_MS, context.signal).catch(() => undefined);
  }
  if (problem !== undefined) {
    context.stderr(`dd: error writing '${operands.to ?? 'standard output'}': ${problem}\n`);
  }
  if (!operands.isQuiet) {
    context.stderr(summary(done, operands, (context.timeline.now() - started) / 1000));
  }
  return problem === undefined && !context.signal.aborted ? 0 : 1;
}

async function transfer(
  { signal }: ProgramContext,
  { most, from }: Operands,
  source: Source,
  sink: Sink,
  progress: (done: number) => void,
): Promise<number> {
  if (from === '/dev/zero' && sink.reserve !== undefined && most !== Infinity) {
    if (sink.reserve(most)) {
      return most;
    }
  }
  let done = 0;
  while (done < most && !signal.aborted) {
    const piece = await source.read(Math.min(PIECE, most - done));
    if (piece === undefined) {
      break;
    }
    await sink.write(piece);
    done += piece.length;
    progress(done);
  }
  return done;
}

function operandsOf(args: readonly string[]): Operands | string {
  const given = new Map<string, string>();
  for (const arg of args) {
    const [, name = '', value = ''] = /^(\w+)=(.*)$/s.exec(arg) ?? [];
    if (!OPERANDS.has(name)) {
      return `unrecognized operand '${arg}'\nTry 'dd --help' for more information.`;
    }
    given.set(name, value);
  }
  const sizeOf = (name: string, otherwise: number): number => parseSize(given.get(name) ?? '') ?? otherwise;
  const bad = ['bs', 'ibs', 'obs', 'count', 'skip', 'seek'].find(
    (name) => given.has(name) && parseSize(given.get(name) ?? '') === undefined,
  );
  if (bad !== undefined || sizeOf('bs', 1) === 0) {
    return `invalid number '${given.get(bad ?? 'bs') ?? ''}'`;
  }
  const [block, outBlock] = [sizeOf('bs', sizeOf('ibs', 512)), sizeOf('bs', sizeOf('obs', 512))];
  return {
    ...{ from: given.get('if'), to: given.get('of'), block, outBlock },
    most: given.has('count') ? sizeOf('count', 0) * block : Infinity,
    ...{ skip: sizeOf('skip', 0) * block, seek: sizeOf('seek', 0) * outBlock },
    isCut: !(given.get('conv') ?? '').split(',').includes('notrunc'),
    isQuiet: given.get('status') === 'none',
  };
}

const OPERANDS: ReadonlySet<string> = new Set([
  ...['if', 'of', 'bs', 'ibs', 'obs', 'cbs', 'count', 'skip', 'seek', 'conv', 'iflag', 'oflag', 'status'],
]);

function openSource(context: ProgramContext, { from, skip }: Operands): Source | string {
  const nothing = (): void => undefined;
  if (from === undefined || from === '/dev/stdin') {
    return { read: standardInput(context, skip), close: nothing };
  }
  const path = resolvePath(context.workingDirectory, from);
  if (path === '/dev/zero') {
    return { read: (most) => Promise.resolve(new Uint8Array(most)), close: nothing };
  }
  if (path === '/dev/urandom' || path === '/dev/random') {
    return { read: (most) => Promise.resolve(randomBytes(most)), close: nothing };
  }
  if (path === '/dev/null') {
    return { read: () => Promise.resolve(undefined), close: nothing };
  }
  let file: OpenFile;
  try {
    file = userFiles(context.host, context.user).open(path);
  } catch (error) {
    return reasonOf(error);
  }
  let at = skip;
  const read = (most: number): Promise<Uint8Array | undefined> => {
    const piece = file.read(at, most);
    at += piece.length;
    return Promise.resolve(piece.length === 0 ? undefined : piece);
  };
  return { read, close: () => file.close() };
}

/** What was piped in, or the session's own input as it comes. */
function standardInput(context: ProgramContext, skip: number): Source['read'] {
  const unread = new ByteQueue();
  const more = async (): Promise<boolean> => {
    const piece = await context.session?.readSome().catch(() => undefined);
    unread.push(piece ?? new Uint8Array());
    return piece !== undefined;
  };
  let toSkip = skip;
  return async (most) => {
    while (toSkip > 0 && (unread.length > 0 || (await more()))) {
      toSkip -= unread.take(toSkip).length;
    }
    return unread.length > 0 || (await more()) ? unread.take(most) : undefined;
  };
}

async function openSink(context: ProgramContext, { to, seek, isCut }: Operands): Promise<Sink> {
  const path = to === undefined ? undefined : resolvePath(context.workingDirectory, to);
  if (path === undefined || path === '/dev/stdout' || path === '/dev/null') {
    const { session } = context;
    const write = async (piece: Uint8Array): Promise<void> => {
      session?.stdoutBytes(piece);
      await session?.drained();
    };
    return { write: path === '/dev/null' ? () => undefined : write, close: () => undefined, isDisk: false };
  }
  const file = await userFiles(context.host, context.user).openForWriting(path, { isEmptied: isCut && seek === 0 });
  if (isCut) {
    file.cut(seek);
  }
  let at = seek;
  return {
    isDisk: true,
    write: (piece) => {
      file.write(piece, at);
      at += piece.length;
    },
    ...(isCut && seek === 0 ? { reserve: (bytes: number) => context.host.resources.allocate(path, bytes) } : {}),
    close: () => file.close(),
  };
}

function summary(bytes: number, { block, outBlock }: Operands, seconds: number): string {
  const records = (size: number, way: string): string =>
    `${Math.floor(bytes / size)}+${bytes % size === 0 ? 0 : 1} records ${way}\n`;
  const took = Math.max(0.0001, seconds);
  const shown = bytes < 1000 ? '' : ` (${siSize(bytes)})`;
  const count = `${bytes} byte${bytes === 1 ? '' : 's'}${shown}`;
  return `${records(block, 'in')}${records(outBlock, 'out')}${count} copied, ${Number(took.toPrecision(6))} s, ${siSize(bytes / took)}/s\n`;
}

function siSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let [value, index] = [bytes, 0];
  while (value >= 1000 && index < 3) {
    value /= 1000;
    index += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[index] ?? ''}`;
}

export const ddPrograms = [program('dd', dd)];
