import type { ProgramContext } from '../program';
import { parseOptions } from '../../host/programs/options';
import { insideOf } from '../../host/inside';
import { connect } from '../../shell/connections';
import { follow } from '../../shell/abort';
import { program } from '../program';
import { addressOf } from './network';

const OPTIONS = {
  flags: { '-z': 'scan', '-v': 'verbose', '-n': 'numeric', '-t': 'telnet', '-4': 'v4' },
  values: { '-w': 'wait', '--wait': 'wait' },
};

/** Nmap's ncat, which is `nc` too: tells with `-z` whether a port of a node is open to this one. */
async function ncat(context: ProgramContext): Promise<number> {
  const { flags, values, words, unknown } = parseOptions(context.args, OPTIONS);
  const [name, port = '31337'] = words;
  const number = Number(port);
  if (unknown !== undefined) return quit(context, `Unrecognised option ${unknown}.`);
  if (name === undefined) return quit(context, 'You must specify a host to connect to.');
  if (!Number.isInteger(number) || number < 1 || number > 65_535)
    return quit(context, `Invalid port number "${port}".`);
  if (!flags.has('scan')) return quit(context, 'Only -z is there on a practice node; curl talks to a port.');
  const address = await addressOf(context, name);
  if (address === undefined) {
    return quit(context, `Could not resolve hostname "${name}": Name or service not known.`, 1);
  }
  const seconds = Number(values.get('wait')?.at(-1)?.replace(/s$/, '') ?? Infinity);
  const problem = await dial(context, { address, port: number }, seconds * 1000);
  if (problem !== undefined) return flags.has('verbose') ? quit(context, `${problem}.`, 1) : 1;
  if (flags.has('verbose')) context.stderr(`Ncat: Connected to ${address}:${port}.\n`);
  return 0;
}

/** Why there is no connection; undefined: there is one. */
async function dial(
  context: ProgramContext,
  target: { address: string; port: number },
  limitMs: number,
): Promise<string | undefined> {
  const followed = follow([context.signal]);
  const cancel = Number.isFinite(limitMs) ? context.timeline.after(limitMs, () => followed.abort()) : undefined;
  try {
    return await connect(context.host, insideOf(context.host).kernel, { ...target, signal: followed.signal });
  } catch {
    return 'Connection timed out';
  } finally {
    cancel?.();
    followed.release();
  }
}

function quit(context: ProgramContext, message: string, code = 2): number {
  context.stderr(`Ncat: ${message}${code === 2 ? ' QUITTING.' : ''}\n`);
  return code;
}

export const netcatPrograms = [program('ncat', ncat), program('nc', ncat)];
