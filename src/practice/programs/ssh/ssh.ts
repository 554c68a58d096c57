import type { ConnectConfig, ParsedKey } from 'ssh2';
import ssh2 from 'ssh2';
import { insideOf } from '../../host/inside';
import type { Cancel } from '../../kernel';
import type { ProgramContext } from '../program';
import { agentAt } from '../../ssh/client/agents';
import { HandshakeError, openConnection, type SshConnection } from '../../ssh/client/connection';
import { dial } from '../../ssh/client/dial';
import { authenticityQuestion, changedWarning, permanentlyAdded } from '../../ssh/client/hostKeyWords';
import { hostPattern, kindOf, KnownHosts, sha256Of, typeOf } from '../../ssh/client/knownHosts';
import { keepAlive } from '../../ssh/client/keepAlive';
import { attend } from '../../ssh/client/session';
import { program } from '../program';
import { parseSsh, SSH_USAGE, type SshCall } from './sshOptions';

const ALGORITHMS = {
  kex: ['curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'diffie-hellman-group14-sha1'],
  serverHostKey: ['ecdsa-sha2-nistp256', 'ssh-ed25519', 'rsa-sha2-256', 'ssh-rsa'],
  cipher: ['chacha20-poly1305@openssh.com', 'aes128-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha1'],
} as const satisfies ConnectConfig['algorithms'];

/** OpenSSH's exit code for its own troubles. */
const FAILED = 255;
const IDENTITIES = ['id_rsa', 'id_ecdsa', 'id_ed25519'];

/** From one node to another: with the keys of an agent that came along (`ssh -A`) or runs here, or of files. */
async function ssh(context: ProgramContext): Promise<number> {
  const call = parseSsh(context.args, context.user);
  if (call === undefined) {
    context.stderr(SSH_USAGE);
    return FAILED;
  }
  const connection = await open(context, call);
  if (connection === undefined) {
    return FAILED;
  }
  const shown = context.isTerminal && (call.wantsTerminal || call.command === '');
  const terminal = shown ? context.session?.terminal : undefined;
  if (call.command === '' && terminal === undefined) {
    context.stderr('Pseudo-terminal will not be allocated because stdin is not a terminal.\n');
  }
  const { lost, cancel } = watchServer(context, call);
  try {
    const { code } = await attend(context, await connection.exec(call.command, { terminal }), terminal, lost);
    if (terminal !== undefined && !call.isQuiet) {
      context.stderr(`Connection to ${call.address} closed.\n`);
    }
    return code ?? FAILED;
  } finally {
    cancel();
    connection.end();
  }
}

/** Resolves when the server does not answer any more, and says so. */
function watchServer(context: ProgramContext, { address, keepAlive: settings }: SshCall) {
  let cancel: Cancel = () => undefined;
  const { host } = context;
  const lost = new Promise<void>((resolve) => {
    cancel = keepAlive({ host, kernel: insideOf(host).kernel, address }, settings, (how) => {
      context.stderr(
        how === 'silent'
          ? `Timeout, server ${address} not responding.\r\n`
          : `Read from remote host ${address}: Connection reset by peer\r\n`,
      );
      resolve();
    });
  });
  return { lost, cancel: () => cancel() };
}

async function open(context: ProgramContext, call: SshCall): Promise<SshConnection | undefined> {
  const { address, port, user } = call;
  const { kernel } = insideOf(context.host);
  const stream = await dial(context.host, kernel, { address, port, signal: context.signal });
  if (typeof stream === 'string') {
    context.stderr(
      stream === 'Name or service not known'
        ? `ssh: Could not resolve hostname ${address}: Name or service not known\r\n`
        : `ssh: connect to host ${address} port ${port}: ${stream}\r\n`,
    );
    return undefined;
  }
  const socket = context.environment['SSH_AUTH_SOCK'] ?? '';
  try {
    return await openConnection(
      stream,
      {
        ...{ user, ident: 'OpenSSH_7.1', isOld: false, bringsAgent: call.bringsAgent },
        algorithms: ALGORITHMS,
        agent: socket === '' ? undefined : agentAt(context.host, socket),
        keys: await keysOf(context, call.identities),
        checkHostKey: (blob) => checkHostKey(context, call, blob),
      },
      context.timeline,
    );
  } catch (error) {
    context.stderr(`${problemOf(error, call)}\r\n`); // as OpenSSH ends each line of its log
    return undefined;
  }
}

function problemOf(error: unknown, { address }: SshCall): string {
  if (error instanceof HandshakeError && error.kind === 'authentication') {
    return 'Permission denied (publickey).';
  }
  return error instanceof HandshakeError && error.kind === 'host key'
    ? error.message
    : `Connection closed by ${address}`;
}

async function keysOf(context: ProgramContext, named: readonly string[]): Promise<ParsedKey[]> {
  const home = context.environment['HOME'] ?? '/home/core';
  const paths = named.length > 0 ? named : IDENTITIES.map((name) => `${home}/.ssh/${name}`);
  const keys: ParsedKey[] = [];
  for (const path of paths.map((one) => context.host.files.resolvePath(context.workingDirectory, one))) {
    if (await context.host.files.exists(path)) {
      const key = ssh2.utils.parseKey(await context.host.files.readFile(path));
      if (!(key instanceof Error)) {
        keys.push(key);
      }
    } else if (named.length > 0) {
      context.stderr(`Warning: Identity file ${path} not accessible: No such file or directory.\n`);
    }
  }
  return keys;
}

/** Undefined when the connection may go on. */
async function checkHostKey(context: ProgramContext, call: SshCall, blob: Buffer): Promise<string | undefined> {
  const known = new KnownHosts(context, call.knownHosts);
  const pattern = hostPattern(call.address, call.port);
  const keys = await known.keysOf(pattern);
  const kind = kindOf(typeOf(blob));
  if (keys.some((key) => key.blob.equals(blob))) {
    return undefined;
  }
  if (keys.some(({ type }) => type === typeOf(blob))) {
    context.stderr(changedWarning(kind, sha256Of(blob), known.path));
    return call.strict === 'no' ? undefined : 'Host key verification failed.';
  }
  if (call.strict !== 'no' && !(await isTrusted(context, call, { pattern, kind, fingerprint: sha256Of(blob) }))) {
    return 'Host key verification failed.';
  }
  if (!known.path.startsWith('/dev/')) {
    await known.add(pattern, blob);
  }
  if (!call.isQuiet) {
    context.stderr(permanentlyAdded(pattern, kind));
  }
  return undefined;
}

/** A person is asked on the terminal; without one nobody is. */
async function isTrusted(
  context: ProgramContext,
  call: SshCall,
  host: { readonly pattern: string; readonly kind: string; readonly fingerprint: string },
): Promise<boolean> {
  if (!context.isTerminal || call.isBatch || call.strict === 'yes') {
    return false;
  }
  context.stderr(authenticityQuestion(host.pattern, host.kind, host.fingerprint));
  return (await context.session?.readLine())?.trim() === 'yes';
}

export const sshPrograms = [program('ssh', ssh)];
