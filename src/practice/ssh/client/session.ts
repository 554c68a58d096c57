import type { ClientChannel } from 'ssh2';
import type { ProgramContext, Terminal } from '../../programs/program';
import { follow } from '../../shell/abort';

export interface Ended {
  /** Undefined when the connection went away before the command said how it ended. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** Lends a program's streams to a remote command until that ends, or the connection is given up. */
export async function attend(
  context: ProgramContext,
  channel: ClientChannel,
  terminal: Terminal | undefined,
  lost = new Promise<void>(() => undefined),
): Promise<Ended> {
  let [code, signal]: [number | undefined, string | undefined] = [undefined, undefined];
  channel.on('data', (chunk: Buffer) => {
    if (context.session === undefined) {
      context.stdout(chunk.toString('utf8'));
    } else {
      context.session.stdoutBytes(chunk);
    }
  });
  channel.stderr.on('data', (chunk: Buffer) => context.stderr(chunk.toString('utf8')));
  channel.on('exit', (status: number | null, name?: string) => {
    code = status ?? undefined;
    signal = name;
  });
  channel.on('error', () => undefined);
  const reading = follow([context.signal]);
  const closed = new Promise<void>((resolve) => channel.once('close', resolve));
  const interrupted = new Promise<void>((resolve) => {
    context.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  if (terminal !== undefined) {
    terminal.isRaw = true;
  }
  const feeding = feed(context, channel, reading.signal);
  await Promise.race([closed, interrupted, lost]);
  channel.close();
  reading.abort();
  await feeding;
  reading.release();
  if (terminal !== undefined) {
    terminal.isRaw = false;
  }
  return { code, signal };
}

/** Standard input goes over as it comes. */
async function feed(context: ProgramContext, channel: ClientChannel, signal: AbortSignal): Promise<void> {
  const next = (): Promise<Uint8Array | undefined> | undefined => context.session?.readSome(signal);
  try {
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) {
      channel.write(Buffer.from(chunk));
    }
    channel.end();
  } catch {
    // The command has ended, or this program.
  }
}
