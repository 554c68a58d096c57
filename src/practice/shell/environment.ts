import type { User } from './permissions';

/** As in `test/fixtures/traces/sshd/noninteractive-env.txt`: no login shell, /opt/bin last. */
const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/opt/bin';

/** What a shell of a user begins with. COREOS_* are in /etc/environment, for those who read it. */
export function environmentFor(user: User, hostName?: string): Record<string, string> {
  const home = user === 'root' ? '/root' : '/home/core';
  return {
    HOME: home,
    ...(hostName === undefined ? {} : { HOSTNAME: hostName }),
    LOGNAME: user,
    MAIL: `/var/mail/${user}`,
    PATH,
    PWD: home,
    SHELL: '/bin/bash',
    SHLVL: '1',
    USER: user,
  };
}
