import ssh2 from 'ssh2';
import type { ParsedKey } from 'ssh2';
import { insideOf } from '../../host/inside';
import { parseOptions } from '../../host/programs/options';
import type { ProgramContext } from '../program';
import { agentAt, identitiesOf, KeyAgent, offerAgent, type Agent } from '../../ssh/client/agents';
import { kindOf, md5Of, sha256Of } from '../../ssh/client/knownHosts';
import { bitsOf } from './keys';
import { program } from '../program';

/** `eval $(ssh-agent)`: an agent that lives until the node loses power, or until `ssh-agent -k`. */
function sshAgent(context: ProgramContext): number {
  const { kernel } = insideOf(context.host);
  const { flags, values, words } = parseOptions(context.args, {
    flags: { '-s': 'sh', '-c': 'csh', '-k': 'kill', '-d': 'debug', '-D': 'foreground' },
    values: { '-a': 'socket', '-t': 'life', '-E': 'hash' },
  });
  if (flags.has('kill')) {
    return endAgent(context);
  }
  const pid = kernel.random.integer(2_000, 9_000);
  const socket = values.get('socket')?.at(-1) ?? `/tmp/ssh-${kernel.random.hex(12)}/agent.${pid}`;
  const remove = offerAgent(context.host, socket, new KeyAgent());
  context.host.power.addEventListener('abort', remove, { once: true });
  if (words.length === 0) {
    context.stdout(
      `SSH_AUTH_SOCK=${socket}; export SSH_AUTH_SOCK;\nSSH_AGENT_PID=${pid + 1}; export SSH_AGENT_PID;\necho Agent pid ${pid + 1};\n`,
    );
  }
  return 0;
}

function endAgent(context: ProgramContext): number {
  const pid = context.environment['SSH_AGENT_PID'] ?? '';
  if (pid === '') {
    context.stderr('SSH_AGENT_PID not set, cannot kill agent\n');
    return 1;
  }
  const socket = context.environment['SSH_AUTH_SOCK'] ?? '';
  const agent = agentAt(context.host, socket);
  if (agent !== undefined) {
    offerAgent(context.host, socket, agent)();
  }
  context.stdout(`unset SSH_AUTH_SOCK;\nunset SSH_AGENT_PID;\necho Agent pid ${pid} killed;\n`);
  return 0;
}

async function sshAdd(context: ProgramContext): Promise<number> {
  const agent = agentAt(context.host, context.environment['SSH_AUTH_SOCK'] ?? '');
  if (agent === undefined) {
    context.stderr('Could not open a connection to your authentication agent.\n');
    return 2;
  }
  const { flags, values, words } = parseOptions(context.args, {
    flags: { '-l': 'list', '-L': 'whole', '-D': 'clear', '-q': 'quiet', '-k': 'plain', '-d': 'delete' },
    values: { '-t': 'life', '-E': 'hash' },
  });
  if (flags.has('list') || flags.has('whole')) {
    return await listKeys(context, agent, { isWhole: flags.has('whole'), hash: values.get('hash')?.at(-1) });
  }
  if (!(agent instanceof KeyAgent)) {
    context.stderr('Could not add identity: agent refused operation\n');
    return 1;
  }
  if (flags.has('clear')) {
    agent.clear();
    context.stderr('All identities removed.\n');
    return 0;
  }
  return await addKeys(context, agent, { words, isQuiet: flags.has('quiet') });
}

async function listKeys(
  context: ProgramContext,
  agent: Agent,
  how: { readonly isWhole: boolean; readonly hash: string | undefined },
): Promise<number> {
  const keys = await identitiesOf(agent);
  if (keys.length === 0) {
    context.stdout('The agent has no identities.\n');
    return 1;
  }
  for (const key of keys) {
    context.stdout(`${how.isWhole ? wholeLine(key) : shortLine(key, how.hash)}\n`);
  }
  return 0;
}

const wholeLine = (key: ParsedKey): string =>
  `${key.type} ${key.getPublicSSH().toString('base64')} ${key.comment}`.trimEnd();

function shortLine(key: ParsedKey, hash: string | undefined): string {
  const blob = key.getPublicSSH();
  const fingerprint = hash === 'md5' ? `MD5:${md5Of(blob)}` : sha256Of(blob);
  return `${bitsOf(key.type, blob)} ${fingerprint} ${key.comment} (${kindOf(key.type)})`;
}

async function addKeys(
  context: ProgramContext,
  agent: KeyAgent,
  what: { readonly words: readonly string[]; readonly isQuiet: boolean },
): Promise<number> {
  const { files } = context.host;
  const home = context.environment['HOME'] ?? '/home/core';
  const paths = what.words.length > 0 ? what.words : [`${home}/.ssh/id_rsa`];
  for (const path of paths.map((word) => files.resolvePath(context.workingDirectory, word))) {
    if (!(await files.exists(path))) {
      context.stderr(`${path}: No such file or directory\n`);
      return 1;
    }
    const key = ssh2.utils.parseKey(await files.readFile(path));
    if (key instanceof Error) {
      context.stderr(`Error loading key "${path}": invalid format\n`);
      return 1;
    }
    if (key.comment === '') {
      key.comment = path;
    }
    agent.add(key);
    if (!what.isQuiet) {
      context.stderr(`Identity added: ${path} (${key.comment})\n`);
    }
  }
  return 0;
}

export const sshAgentPrograms = [program('ssh-agent', sshAgent), program('ssh-add', sshAdd)];
