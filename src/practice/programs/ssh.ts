import type { ProgramContext } from '../kernel';
import { insideOf } from '../host/inside';
import { connect } from '../shell/connections';
import { program } from './program';

const WITH_VALUE = /^-[bcDEeFIiJLlmOopQRSWw]$/;

interface Target {
  readonly user: string;
  readonly address: string;
  readonly port: number;
  readonly command: string;
}

function parse({ args, user }: ProgramContext): Target | undefined {
  const words = [...args];
  const given = { user: user as string, port: 22 };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (WITH_VALUE.test(word)) {
      const value = words.shift() ?? '';
      given.user = word === '-l' ? value : given.user;
      given.port = word === '-p' ? Number(value) : given.port;
    } else if (!word.startsWith('-')) {
      const [name, address] = word.includes('@') ? word.split('@') : [given.user, word];
      return { user: name ?? '', address: address ?? '', port: given.port, command: words.join(' ') };
    }
  }
  return undefined;
}

/** From one node to another, with the key of an agent that came along (`ssh -A`): nodes have no keys of their own. */
async function ssh(context: ProgramContext): Promise<number> {
  const target = parse(context);
  if (target === undefined) {
    context.stderr(
      'usage: ssh [-1246AaCfGgKkMNnqsTtVvXxYy] [-b bind_address] [-c cipher_spec]\n           [user@]hostname [command]\n',
    );
    return 255;
  }
  const { kernel } = insideOf(context.host);
  const { address, port, user } = target;
  const problem = await connect(context.host, kernel, { address, port, signal: context.signal });
  if (problem !== undefined) {
    context.stderr(
      problem === 'Name or service not known'
        ? `ssh: Could not resolve hostname ${address}: Name or service not known\n`
        : `ssh: connect to host ${address} port ${port}: ${problem}\n`,
    );
    return 255;
  }
  const dropletId = kernel.network.dropletAt(address);
  const peer = dropletId === undefined ? context.host : kernel.host(dropletId);
  const hasKey = (context.environment['SSH_AUTH_SOCK'] ?? '') !== '';
  if (peer === undefined || user !== 'core' || !hasKey) {
    context.stderr('Permission denied (publickey).\n');
    return 255;
  }
  if (target.command === '') {
    context.stderr('Pseudo-terminal will not be allocated because stdin is not a terminal.\n');
    return 0;
  }
  const { signal } = context;
  return await insideOf(peer).runShell(`cd /home/core; ${target.command}`, { user: 'core', signal }, context);
}

export const sshPrograms = [program('ssh', ssh)];
