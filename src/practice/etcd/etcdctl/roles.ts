import type { Member } from '../member';
import { AccountError, type KeyPatterns, type Role } from '../auth/records';
import { askAsRoot, Refused, takeNothing, type AccountCommand } from './accountCall';
import type { EtcdctlCall } from './call';

const NOTHING: KeyPatterns = { read: null, write: null };

export const roleCommands: Readonly<Record<string, AccountCommand>> = {
  list: (call, member) => {
    takeNothing(call);
    askAsRoot(call, member, 'roles');
    return Promise.resolve(
      member.accounts
        .roleNames()
        .map((name) => `${name}\n`)
        .join(''),
    );
  },
  get: (call, member) => {
    const name = nameOf(call);
    askAsRoot(call, member, `roles/${name}`);
    const { read, write } = member.accounts.role(name).permissions.kv;
    const lines = (patterns: readonly string[] | null): string => (patterns ?? []).map((one) => `\t${one}\n`).join('');
    return Promise.resolve(`Role: ${name}\nKV Read:\n${lines(read)}KV Write:\n${lines(write)}`);
  },
  add: async (call, member) => {
    const name = nameOf(call);
    askAsRoot(call, member, `roles/${name}`);
    if (find(member, name) !== undefined) {
      throw new Refused(`Role ${name} already exists`);
    }
    await member.accounts.createRole({ role: name, permissions: { kv: NOTHING } });
    return `Role ${name} created\n`;
  },
  remove: async (call, member) => {
    const name = nameOf(call);
    askAsRoot(call, member, `roles/${name}`);
    await member.accounts.deleteRole(name);
    return `Role ${name} removed\n`;
  },
  grant: (call, member) => changePatterns(call, member, 'grant'),
  revoke: (call, member) => changePatterns(call, member, 'revoke'),
};

async function changePatterns(call: EtcdctlCall, member: Member, kind: 'grant' | 'revoke'): Promise<string> {
  const role = nameOf(call);
  const kv = patternsOf(call);
  askAsRoot(call, member, `roles/${role}`);
  const nothing = { kv: NOTHING };
  await member.accounts.updateRole({ role, permissions: nothing, grant: nothing, revoke: nothing, [kind]: { kv } });
  return `Role ${role} updated\n`;
}

/** @throws Refused */
function patternsOf({ line }: EtcdctlCall): KeyPatterns {
  const path = line.value('path') ?? '';
  if (path === '') {
    throw new Refused('No path specified; please use `--path`');
  }
  if (!path.startsWith('/')) {
    throw new Refused(`Not canonical path; please use \`--path=/${path}\``);
  }
  const [read, write, both] = [line.isSet('read'), line.isSet('write'), line.isSet('readwrite')];
  if ([read, write, both].filter(Boolean).length !== 1) {
    throw new Refused('Please specify exactly one of --read, --write or --readwrite');
  }
  return { read: read || both ? [path] : null, write: write || both ? [path] : null };
}

function find(member: Member, name: string): Role | undefined {
  try {
    return member.accounts.role(name);
  } catch (error) {
    if (error instanceof AccountError) return undefined;
    throw error;
  }
}

/** @throws Refused */
function nameOf({ args }: EtcdctlCall): string {
  const [name] = args;
  if (name === undefined || args.length !== 1) {
    throw new Refused('Please provide a role name');
  }
  return name;
}
