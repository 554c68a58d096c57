import { insideOf } from '../../host/inside';
import { parseOptions } from '../../host/programs/options';
import type { ProgramContext } from '../program';
import { dial } from '../../ssh/client/dial';
import { HandshakeError, openConnection } from '../../ssh/client/connection';
import { hostPattern, typeOf } from '../../ssh/client/knownHosts';
import { program } from '../program';

const KINDS = { rsa: 'ssh-rsa', ecdsa: 'ecdsa-sha2-nistp256', ed25519: 'ssh-ed25519' } as const;
const ORDER = ['rsa', 'ecdsa', 'ed25519'] as const;

/** Asks for each kind of host key in turn and goes away when it has seen it. */
async function sshKeyscan(context: ProgramContext): Promise<number> {
  const { values, words } = parseOptions(context.args, {
    flags: { '-4': 'v4', '-6': 'v6', '-H': 'hash', '-v': 'verbose', '-c': 'certificates' },
    values: { '-p': 'port', '-t': 'types', '-T': 'timeout', '-f': 'file' },
  });
  if (words.length === 0) {
    context.stderr(
      'usage: ssh-keyscan [-46cHv] [-f file] [-p port] [-T timeout] [-t type]\n\t\t   [host | addrlist namelist] ...\n',
    );
    return 1;
  }
  const port = Number(values.get('port')?.at(-1) ?? 22);
  const types = values.get('types')?.at(-1)?.split(',');
  const kinds = ORDER.filter((kind) => types === undefined || types.includes(kind));
  for (const address of words) {
    for (const kind of kinds) {
      const blob = await lookAt(context, { address, port }, KINDS[kind]);
      if (blob !== undefined) {
        context.stdout(`${hostPattern(address, port)} ${typeOf(blob)} ${blob.toString('base64')}\n`);
      }
    }
  }
  return 0;
}

async function lookAt(
  context: ProgramContext,
  { address, port }: { readonly address: string; readonly port: number },
  kind: (typeof KINDS)[keyof typeof KINDS],
): Promise<Buffer | undefined> {
  const { kernel } = insideOf(context.host);
  const stream = await dial(context.host, kernel, { address, port, signal: context.signal });
  if (typeof stream === 'string') {
    return undefined;
  }
  let seen: Buffer | undefined;
  try {
    const connection = await openConnection(
      stream,
      {
        ...{ user: '', ident: 'OpenSSH-keyscan', keys: [], agent: undefined, bringsAgent: false, isOld: false },
        algorithms: { serverHostKey: [kind] },
        checkHostKey: (blob) => {
          seen = blob;
          return Promise.resolve('seen');
        },
      },
      context.timeline,
    );
    connection.end();
  } catch (error) {
    if (!(error instanceof HandshakeError)) {
      throw error;
    }
  }
  context.stderr(`# ${address}:${port} SSH-2.0-OpenSSH_7.1\n`);
  return seen;
}

export const sshKeyscanPrograms = [program('ssh-keyscan', sshKeyscan)];
