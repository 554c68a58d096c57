import { finished } from 'node:stream/promises';
import type { Duplex } from 'node:stream';
import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { insideOf } from '../../host/inside';
import { dial } from '../../ssh/client/dial';
import { follow } from '../../shell/abort';
import { program } from '../program';
import { addressOf } from './network';

const OPTIONS = {
  flags: { '-z': 'scan', '-v': 'verbose', '-n': 'numeric', '-t': 'telnet', '-4': 'v4' },
  values: { '-w': 'wait', '--wait': 'wait' },
};

/** Nmap's ncat, which is `nc` too: what is typed goes to a port of a node, and what that says comes back; `-z` only connects. */
async function ncat(context: ProgramContext): Promise<number> {
  const { flags, values, words, unknown } = parseOptions(context.args, OPTIONS);
  const [name, port = '31337'] = words;
  const number = Number(port);
  if (unknown !== undefined) return quit(context, `Unrecognised option ${unknown}.`);
  if (name === undefined) return quit(context, 'You must specify a host to connect to.');
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    return quit(context, `Invalid port number "${port}".`);
  const address = await addressOf(context, name);
  if (address === undefined) {
    return quit(context, `Could not resolve hostname "${name}": Name or service not known.`, 1);
  }
  const seconds = Number(values.get('wait')?.at(-1)?.replace(/s$/, '') ?? Infinity);
  const connection = await connect(context, { address, port: number }, seconds * 1000);
  if (typeof connection === 'string') return flags.has('verbose') ? quit(context, `${connection}.`, 1) : 1;
  if (flags.has('verbose')) context.stderr(`Ncat: Connected to ${address}:${port}.\n`);
  if (!flags.has('scan')) await talk(context, connection);
  connection.destroy();
  return 0;
}

/** The connection, or why there is none. */
async function connect(
  context: ProgramContext,
  target: { address: string; port: number },
  limitMs: number,
): Promise<Duplex | string> {
  const followed = follow([context.signal]);
  const cancel = Number.isFinite(limitMs) ? context.timeline.after(limitMs, () => followed.abort()) : undefined;
  try {
    return await dial(context.host, insideOf(context.host).kernel, { ...target, signal: followed.signal });
  } catch {
    return 'Connection timed out';
  } finally {
    cancel?.();
    followed.release();
  }
}

/** Until the far side has said everything; the end of what is typed is told to it. */
async function talk({ session, signal }: ProgramContext, connection: Duplex): Promise<void> {
  if (session === undefined) return;
  connection.on('data', (bytes: Uint8Array) => session.stdoutBytes(bytes));
  const followed = follow([signal]);
  const heard = finished(connection, { writable: false, signal: followed.signal }).catch(() => undefined);
  const said = (async () => {
    for (;;) {
      const bytes = await session.readSome(followed.signal);
      if (bytes === undefined) break;
      connection.write(bytes);
    }
    connection.end();
  })().catch(() => undefined);
  await heard;
  followed.abort();
  await said;
  followed.release();
}

function quit(context: ProgramContext, message: string, code = 2): number {
  context.stderr(`Ncat: ${message}${code === 2 ? ' QUITTING.' : ''}\n`);
  return code;
}

export const netcatPrograms = [program('ncat', ncat), program('nc', ncat)];
