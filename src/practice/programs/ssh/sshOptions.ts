import type { KeepAlive } from '../../ssh/client/keepAlive';

/** What a command line of OpenSSH's client asks for. */
export interface SshCall {
  readonly user: string;
  readonly address: string;
  readonly port: number;
  readonly command: string;
  readonly identities: readonly string[];
  readonly knownHosts: string;
  readonly strict: string;
  readonly bringsAgent: boolean;
  readonly wantsTerminal: boolean;
  readonly isBatch: boolean;
  readonly isQuiet: boolean;
  readonly keepAlive: KeepAlive;
}

export const SSH_USAGE = `usage: ssh [-1246AaCfGgKkMNnqsTtVvXxYy] [-b bind_address] [-c cipher_spec]
           [-D [bind_address:]port] [-E log_file] [-e escape_char]
           [-F configfile] [-I pkcs11] [-i identity_file]
           [-L [bind_address:]port:host:hostport] [-l login_name] [-m mac_spec]
           [-O ctl_cmd] [-o option] [-p port]
           [-Q cipher | cipher-auth | mac | kex | key]
           [-R [bind_address:]port:host:hostport] [-S ctl_path] [-W host:port]
           [-w local_tun[:remote_tun]] [user@]hostname [command]
`;

const VALUED = /^-([bcDEeFIiJLlmOopQRSWw])(.*)$/;

/** Undefined when there is no host in it. */
export function parseSsh(args: readonly string[], login: string): SshCall | undefined {
  const words = [...args];
  const flags = new Set<string>();
  const values: [letter: string, value: string][] = [];
  let target: string | undefined;
  while (words.length > 0 && target === undefined) {
    const word = words.shift() ?? '';
    const [, letter, attached = ''] = VALUED.exec(word) ?? [];
    if (letter !== undefined) {
      values.push([letter, attached === '' ? (words.shift() ?? '') : attached]);
    } else if (word.startsWith('-')) {
      word
        .slice(1)
        .split('')
        .forEach((flag) => flags.add(flag));
    } else {
      target = word;
    }
  }
  return target === undefined ? undefined : callOf(target, words.join(' '), { flags, values, login });
}

function callOf(
  target: string,
  command: string,
  given: { readonly flags: ReadonlySet<string>; readonly values: readonly [string, string][]; readonly login: string },
): SshCall {
  const { flags, values, login } = given;
  const all = (letter: string): string[] => values.filter(([one]) => one === letter).map(([, value]) => value);
  const option = (name: string): string | undefined =>
    all('o')
      .map((text) => /^\s*(\w+)\s*[=\s]\s*(.*)$/.exec(text))
      .find((match) => match?.[1]?.toLowerCase() === name)?.[2];
  const at = target.lastIndexOf('@');
  return {
    user: at >= 0 ? target.slice(0, at) : (all('l').at(-1) ?? option('user') ?? login),
    address: target.slice(at + 1),
    port: Number(all('p').at(-1) ?? option('port') ?? 22),
    command,
    identities: [...all('i'), ...[option('identityfile')].filter((path) => path !== undefined)],
    knownHosts: option('userknownhostsfile') ?? '~/.ssh/known_hosts',
    strict: option('stricthostkeychecking') ?? 'ask',
    bringsAgent: flags.has('A') || option('forwardagent') === 'yes',
    wantsTerminal: flags.has('t') && !flags.has('T'),
    isBatch: option('batchmode') === 'yes',
    isQuiet: flags.has('q') || /^(?:quiet|fatal|error)$/i.test(option('loglevel') ?? ''),
    keepAlive: {
      intervalMs: 1_000 * (Number(option('serveraliveinterval')) || 0),
      most: Number(option('serveralivecountmax') ?? 3),
    },
  };
}
