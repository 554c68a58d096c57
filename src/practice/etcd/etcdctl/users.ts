import type { Member } from '../member';
import { askAsRoot, Refused, takeNothing, type AccountCommand } from './accountCall';
import type { EtcdctlCall } from './call';
import { askPassword } from './password';

const NEW_PASSWORD = 'New password: ';
const NOTHING = { roles: null, grant: [], revoke: [] };

export const userCommands: Readonly<Record<string, AccountCommand>> = {
  list: (call, member) => {
    takeNothing(call);
    askAsRoot(call, member, 'users');
    return Promise.resolve(
      member.accounts
        .userNames()
        .map((name) => `${name}\n`)
        .join(''),
    );
  },
  get: (call, member) => {
    const name = nameOf(call);
    askAsRoot(call, member, `users/${name}`);
    const roles = member.accounts.user(name).roles ?? [];
    for (const role of roles) member.accounts.role(role);
    // As many blanks as roles: the program puts the names after a list of empty ones.
    return Promise.resolve(`User: ${name}\nRoles: ${' '.repeat(roles.length)}${roles.join(' ')}\n`);
  },
  add: async (call, member) => {
    const [user = '', ...rest] = nameOf(call).split(':');
    const password = rest.length > 0 ? rest.join(':') : await askPassword(call.context, NEW_PASSWORD);
    askAsRoot(call, member, `users/${user}`);
    await member.accounts.putUser({ ...NOTHING, user, password });
    return `User ${user} created\n`;
  },
  remove: async (call, member) => {
    const name = nameOf(call);
    askAsRoot(call, member, `users/${name}`);
    await member.accounts.deleteUser(name);
    return `User ${name} removed\n`;
  },
  passwd: async (call, member) => {
    const user = nameOf(call);
    const password = await askPassword(call.context, NEW_PASSWORD);
    askAsRoot(call, member, `users/${user}`);
    await member.accounts.putUser({ ...NOTHING, user, password });
    return 'Password updated\n';
  },
  grant: (call, member) => changeRoles(call, member, 'grant'),
  revoke: (call, member) => changeRoles(call, member, 'revoke'),
};

async function changeRoles(call: EtcdctlCall, member: Member, kind: 'grant' | 'revoke'): Promise<string> {
  const user = nameOf(call);
  const roles = call.line.values('roles');
  if (roles.length === 0) {
    throw new Refused('No roles specified; please use `--roles`');
  }
  askAsRoot(call, member, `users/${user}`);
  await member.accounts.updateUser({ ...NOTHING, user, password: '', [kind]: roles });
  return `User ${user} updated\n`;
}

/** @throws Refused */
function nameOf({ args }: EtcdctlCall): string {
  const [name] = args;
  if (name === undefined || args.length !== 1) {
    throw new Refused('Please provide a username');
  }
  return name;
}
