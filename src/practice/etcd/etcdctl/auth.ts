import type { EtcdctlCall } from './call';

type Command = (call: EtcdctlCall) => number;

const needsRoot: Command = (call) => {
  call.err('auth: No root user available, please create one');
  return 1;
};

/** Users and roles of a cluster in which nobody has ever turned them on, as it is on these nodes. */
export const authCommands: Readonly<Record<string, Readonly<Record<string, Command>>>> = {
  user: {
    list: () => 0,
    get: (call) => {
      call.err(`auth: User ${call.args[0] ?? ''} does not exist.`);
      return 1;
    },
  },
  role: {
    list: (call) => {
      call.out('root');
      return 0;
    },
    get: (call) => {
      if (call.args[0] === 'root') {
        call.out('Role: root\nKV Read:\n\t/*\nKV Write:\n\t/*');
        return 0;
      }
      call.err(`auth: Role ${call.args[0] ?? ''} does not exist.`);
      return 1;
    },
  },
  auth: {
    enable: needsRoot,
    disable: (call) => {
      call.err('auth: already disabled');
      return 1;
    },
  },
};
