import { createHash, randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';
import type { ProgramContext } from '../program';
import { resolvePath } from '../../host/files/path';
import { parseOptions } from '../../host/programs/options';
import { insideOf } from '../../host/inside';
import { makeEd25519Pair } from '../../ssh/ed25519';
import { program, refuse } from '../program';

const KINDS = ['rsa', 'ecdsa', 'ed25519'] as const;
type Kind = (typeof KINDS)[number];
const isKind = (name: string): name is Kind => KINDS.some((kind) => kind === name);

const LABELS: Readonly<Record<string, string>> = {
  'ssh-rsa': 'RSA',
  'ssh-ed25519': 'ED25519',
  'ecdsa-sha2-nistp256': 'ECDSA',
  'ecdsa-sha2-nistp384': 'ECDSA',
  'ecdsa-sha2-nistp521': 'ECDSA',
  'ssh-dss': 'DSA',
};

interface Pair {
  readonly private: string;
  readonly public: string;
}

function makePair(kind: Kind, bits: number | undefined, comment: string): Pair {
  switch (kind) {
    case 'rsa':
      return ssh2.utils.generateKeyPairSync('rsa', { bits: bits ?? 2048, comment });
    case 'ecdsa':
      return ssh2.utils.generateKeyPairSync('ecdsa', { bits: bits === 384 || bits === 521 ? bits : 256, comment });
    case 'ed25519':
      return makeEd25519Pair(comment);
  }
}

async function sshKeygen(context: ProgramContext): Promise<number> {
  const { flags, values } = parseOptions(context.args, {
    flags: {
      '-q': 'quiet',
      '-l': 'list',
      '-y': 'public',
      '-A': 'all',
      '-v': 'verbose',
      '-B': 'bubble',
      '-R': 'remove',
    },
    values: {
      '-t': 'type',
      '-f': 'file',
      '-N': 'passphrase',
      '-b': 'bits',
      '-C': 'comment',
      '-E': 'hash',
      '-P': 'old',
      '-F': 'find',
    },
  });
  const value = (name: string): string | undefined => values.get(name)?.at(-1);
  if (flags.has('all')) {
    return await makeMissingHostKeys(context);
  }
  const file = value('file');
  if (flags.has('list')) {
    return await list(context, file ?? `${homeOf(context)}/.ssh/id_rsa.pub`, value('hash') ?? 'sha256');
  }
  if (flags.has('public')) {
    return await printPublic(context, file ?? `${homeOf(context)}/.ssh/id_rsa`);
  }
  const kind = value('type') ?? 'rsa';
  if (!isKind(kind)) {
    return refuse(context, `unknown key type ${kind}`);
  }
  const path = resolvePath(context.workingDirectory, file ?? `${homeOf(context)}/.ssh/id_${kind}`);
  const bits = value('bits');
  const comment = value('comment') ?? `${context.user}@${insideOf(context.host).hostname()}`;
  return await generate(context, {
    kind,
    path,
    comment,
    bits: bits === undefined ? undefined : Number(bits),
    isQuiet: flags.has('quiet'),
  });
}

const homeOf = (context: ProgramContext): string =>
  context.environment['HOME'] ?? (context.user === 'root' ? '/root' : '/home/core');

interface Wish {
  readonly kind: Kind;
  readonly path: string;
  readonly comment: string;
  readonly bits: number | undefined;
  readonly isQuiet: boolean;
}

async function generate(context: ProgramContext, wish: Wish): Promise<number> {
  const { path, kind, comment, isQuiet } = wish;
  if (!isQuiet) {
    context.stdout(`Generating public/private ${kind} key pair.\n`);
  }
  if (await context.host.files.exists(path)) {
    context.stdout(`${path} already exists.\nOverwrite (y/n)? `);
    const answer =
      (context.stdin === '' ? await context.session?.readLine() : context.stdin)?.trim().toLowerCase() ?? '';
    if (!answer.startsWith('y')) {
      context.stdout('\n');
      return 1;
    }
  }
  const pair = makePair(kind, wish.bits, comment);
  const problem = await writeAs(context, path, pair);
  if (problem !== undefined) {
    return refuse(context, problem);
  }
  if (!isQuiet) {
    const key = parsed(pair.public);
    context.stdout(
      `Your identification has been saved in ${path}.\nYour public key has been saved in ${path}.pub.\nThe key fingerprint is:\n${fingerprint(key?.blob ?? randomBytes(8), 'sha256')} ${comment}\n`,
    );
  }
  return 0;
}

/** With the permissions of the user who runs it: the shell's own redirections know them. */
async function writeAs(context: ProgramContext, path: string, pair: Pair): Promise<string | undefined> {
  const { user, signal } = context;
  const quoted = JSON.stringify(path);
  const script = `umask 077; mkdir -p "$(dirname ${quoted})" && cat > ${quoted} && chmod 600 ${quoted}`;
  const first = await context.run(script, { user, signal, stdin: pair.private });
  const second =
    first.exitCode === 0
      ? await context.run(`cat > ${JSON.stringify(`${path}.pub`)}`, { user, signal, stdin: `${pair.public}\n` })
      : first;
  return second.exitCode === 0
    ? undefined
    : `open ${path} failed: ${/: ([^:\n]+)\n?$/.exec(second.stderr)?.[1] ?? 'Permission denied'}.\nSaving the key failed: ${path}.`;
}

interface Known {
  readonly type: string;
  readonly blob: Buffer;
  readonly comment: string;
}

function parsed(text: string): Known | undefined {
  const key = ssh2.utils.parseKey(text.trim());
  return key instanceof Error ? undefined : { type: key.type, blob: key.getPublicSSH(), comment: key.comment };
}

function fingerprint(blob: Buffer, hash: string): string {
  return hash.toLowerCase() === 'md5'
    ? `MD5:${createHash('md5').update(blob).digest('hex').match(/../g)?.join(':') ?? ''}`
    : `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

export function bitsOf(type: string, blob: Buffer): number {
  switch (type) {
    case 'ssh-rsa': {
      // string "ssh-rsa", mpint e, mpint n
      const exponent = blob.readUInt32BE(11);
      const modulus = blob.readUInt32BE(15 + exponent);
      return (modulus - (blob[19 + exponent] === 0 ? 1 : 0)) * 8;
    }
    case 'ecdsa-sha2-nistp384':
      return 384;
    case 'ecdsa-sha2-nistp521':
      return 521;
    default:
      return 256;
  }
}

async function list(context: ProgramContext, file: string, hash: string): Promise<number> {
  const text = await readKey(context, file);
  if (text === undefined) {
    return refuse(context, `${file}: No such file or directory`);
  }
  const keys = text.includes('PRIVATE KEY')
    ? [parsed(text)]
    : text
        .trim()
        .split('\n')
        .map((line) => parsed(line));
  const known = keys.filter((key) => key !== undefined);
  if (known.length === 0) {
    return refuse(context, `${file} is not a public key file.`);
  }
  for (const key of known) {
    const comment = key.comment === '' ? 'no comment' : key.comment;
    context.stdout(
      `${bitsOf(key.type, key.blob)} ${fingerprint(key.blob, hash)} ${comment} (${LABELS[key.type] ?? key.type})\n`,
    );
  }
  return 0;
}

async function printPublic(context: ProgramContext, file: string): Promise<number> {
  const text = await readKey(context, file);
  if (text === undefined) {
    return refuse(context, `${file}: No such file or directory`);
  }
  const key = parsed(text);
  if (key === undefined) {
    return refuse(context, `Load key "${file}": invalid format`);
  }
  context.stdout(`${key.type} ${key.blob.toString('base64')}${key.comment === '' ? '' : ` ${key.comment}`}\n`);
  return 0;
}

async function readKey(context: ProgramContext, file: string): Promise<string | undefined> {
  const { user, signal } = context;
  if (file === '-' || file === '/dev/stdin') {
    return context.stdin === '' ? await context.session?.readStdin() : context.stdin;
  }
  const { stdout, exitCode } = await context.run(`cat ${JSON.stringify(resolvePath(context.workingDirectory, file))}`, {
    user,
    signal,
  });
  return exitCode === 0 ? stdout : undefined;
}

/** CoreOS' sshd-keygen.service: makes what is missing. */
async function makeMissingHostKeys(context: ProgramContext): Promise<number> {
  if (context.user !== 'root') {
    return refuse(context, 'Could not save your private key in /etc/ssh/ssh_host_rsa_key: Permission denied');
  }
  for (const kind of KINDS) {
    const path = `/etc/ssh/ssh_host_${kind}_key`;
    if (!(await context.host.files.exists(path))) {
      await writeAs(context, path, makePair(kind, undefined, `root@${insideOf(context.host).hostname()}`));
    }
  }
  return 0;
}

export const keyPrograms = [program('ssh-keygen', sshKeygen), program('sshd-keygen', makeMissingHostKeys)];
