import { AccountError } from '../auth/records';
import { EtcdError } from '../errors';
import type { Member } from '../member';
import { askAsRoot, Refused, takeNothing, type AccountCommand } from './accountCall';
import type { EtcdctlCall } from './call';
import { roleCommands } from './roles';
import { userCommands } from './users';

const switchCommands: Readonly<Record<string, AccountCommand>> = {
  enable: async (call, member) => {
    takeNothing(call);
    askAsRoot(call, member, 'enable');
    await member.accounts.enable();
    return 'Authentication Enabled\n';
  },
  disable: async (call, member) => {
    takeNothing(call);
    askAsRoot(call, member, 'enable');
    await member.accounts.disable();
    return 'Authentication Disabled\n';
  },
};

const groups: Readonly<Record<string, Readonly<Record<string, AccountCommand>>>> = {
  user: userCommands,
  role: roleCommands,
  auth: switchCommands,
};

export const isAboutAccounts = (group: string): boolean => groups[group] !== undefined;

/** `etcdctl user|role|auth VERB` (etcd 3.4, etcdctl/ctlv2/command). */
export async function runAccountCommand(
  call: EtcdctlCall,
  member: Member,
  { group, verb }: { readonly group: string; readonly verb: string },
): Promise<number> {
  try {
    call.context.stdout((await groups[group]?.[verb]?.(call, member)) ?? '');
    return 0;
  } catch (error) {
    if (error instanceof Refused || error instanceof AccountError) {
      call.err(error.message);
    } else if (error instanceof EtcdError) {
      call.err('Internal Server Error');
    } else {
      throw error;
    }
    return 1;
  }
}
