/** Flags of etcd's command line, by name. */
export type Flags = ReadonlyMap<string, string>;

const SWITCHES = [
  'force-new-cluster',
  'strict-reconfig-check',
  'debug',
  'enable-v2',
  'enable-pprof',
  'version',
  'help',
  'h',
];
const TEXTS = [
  ...[
    'name',
    'data-dir',
    'wal-dir',
    'snapshot-count',
    'heartbeat-interval',
    'election-timeout',
    'max-snapshots',
    'max-wals',
  ],
  ...['listen-peer-urls', 'listen-client-urls', 'initial-advertise-peer-urls', 'advertise-client-urls', 'cors'],
  ...['initial-cluster', 'initial-cluster-state', 'initial-cluster-token', 'discovery', 'discovery-srv'],
  ...['discovery-fallback', 'discovery-proxy', 'proxy', 'proxy-failure-wait', 'proxy-refresh-interval'],
  ...['proxy-dial-timeout', 'proxy-write-timeout', 'proxy-read-timeout', 'log-package-levels', 'addr', 'peer-addr'],
  ...[
    'cert-file',
    'key-file',
    'client-cert-auth',
    'trusted-ca-file',
    'peer-cert-file',
    'peer-key-file',
    'peer-trusted-ca-file',
  ],
];

export const isTrue = (text: string): boolean => /^(?:1|t|true)$/i.test(text);

/** The flags, or what Go's flag package says is wrong with them. */
export function readFlags(words: readonly string[]): Flags | string {
  const flags = new Map<string, string>();
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const [name = '', ...rest] = word.startsWith('-') ? word.replace(/^--?/, '').split('=') : [];
    const value = rest.length === 0 ? undefined : rest.join('=');
    if (SWITCHES.includes(name)) {
      if (value !== undefined && !/^(?:1|0|t|f|true|false)$/i.test(value)) {
        return `invalid boolean value "${value}" for -${name}: parse error`;
      }
      flags.set(name, value ?? 'true');
    } else if (!TEXTS.includes(name)) {
      return name === '' ? `'${word}' is not a valid flag` : `flag provided but not defined: -${name}`;
    } else if (value === undefined) {
      at += 1;
      if (at === words.length) return `flag needs an argument: -${name}`;
      flags.set(name, words[at] ?? '');
    } else {
      flags.set(name, value);
    }
  }
  return flags;
}

export const USAGE = `Usage:

  etcd [flags]
    Start an etcd server.

  etcd --version
    Show the version of etcd.

  etcd -h | --help
    Show the help information about etcd.
`;
