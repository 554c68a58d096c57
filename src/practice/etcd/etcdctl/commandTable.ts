/** What a flag takes. */
type FlagKind = 'switch' | 'text' | 'integer' | 'unsigned' | 'duration';

export interface Flag {
  /** All its names, the one that programs ask for first. */
  readonly names: readonly string[];
  readonly kind: FlagKind;
  readonly usage: string;
  /** What stands for its value in the help. */
  readonly placeholder?: string;
  readonly standard?: string;
}

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly description?: string;
  readonly arguments: string;
  readonly flags: readonly Flag[];
  readonly commands?: readonly Command[];
}

const onOff = (names: string, usage: string): Flag => ({ names: names.split(' '), kind: 'switch', usage });
const text = (names: string, usage: string, more: Partial<Flag> = {}): Flag => ({
  ...{ names: names.split(' '), kind: 'text', usage },
  ...more,
});
const integer = (name: string, usage: string): Flag => ({ names: [name], kind: 'integer', usage, standard: '0' });
const unsigned = (name: string, usage: string): Flag => ({ names: [name], kind: 'unsigned', usage, standard: '0' });
const duration = (name: string, usage: string, standard: string): Flag => ({
  ...{ names: [name], kind: 'duration', usage, standard },
});

const TTL = integer('ttl', 'key time-to-live in seconds');
const QUORUM = onOff('quorum q', 'require quorum for get request');

const command = (
  name: string,
  usage: string,
  args: string,
  flags: readonly Flag[] = [],
  more: Partial<Command> = {},
): Command => ({ ...{ name, usage, arguments: args, flags }, ...more });

/** Of each subcommand what it does, its arguments and its flags. */
type Subcommands = Readonly<Record<string, readonly [string, string, (readonly Flag[])?]>>;

const group = (name: string, usage: string, subcommands: Subcommands): Command =>
  command(name, usage, '[arguments...]', [], {
    commands: Object.entries(subcommands).map(([verb, [does, args, flags = []]]) => command(verb, does, args, flags)),
  });

const ROLES: readonly Flag[] = [text('roles', 'List of roles to grant or revoke')];

const paths = (granted: string, grant: string): readonly Flag[] => [
  text('path', `Path ${granted} for the role to access`),
  onOff('read', `${grant} read${grant === 'Grant' ? '-only' : ''} access`),
  onOff('write', `${grant} write${grant === 'Grant' ? '-only' : ''} access`),
  onOff('readwrite rw', `${grant} read-write access`),
];

/** The commands of etcdctl 3.4 in its v2 mode (etcd 3.4, etcdctl/ctlv2/command), as its help lists them. */
export const COMMANDS: readonly Command[] = [
  command('backup', 'backup an etcd directory', ' ', [
    text('data-dir', 'Path to the etcd data dir'),
    text('wal-dir', 'Path to the etcd wal dir'),
    text('backup-dir', 'Path to the backup dir'),
    text('backup-wal-dir', 'Path to the backup wal dir'),
    onOff('with-v3', 'Backup v3 backend data'),
  ]),
  command('cluster-health', 'check the health of the etcd cluster', ' ', [
    onOff('forever f', 'forever check the health every 10 second until CTRL+C'),
  ]),
  command('mk', 'make a new key with a given value', '<key> <value>', [
    onOff('in-order', 'create in-order key under directory <key>'),
    TTL,
  ]),
  command('mkdir', 'make a new directory', '<key>', [TTL]),
  command('rm', 'remove a key or a directory', '<key>', [
    onOff('dir', 'removes the key if it is an empty directory or a key-value pair'),
    onOff('recursive r', 'removes the key and all child keys(if it is a directory)'),
    text('with-value', 'previous value'),
    integer('with-index', 'previous index'),
  ]),
  command('rmdir', 'removes the key if it is an empty directory or a key-value pair', '<key>'),
  command('get', 'retrieve the value of a key', '<key>', [onOff('sort', 'returns result in sorted order'), QUORUM]),
  command('ls', 'retrieve a directory', '[key]', [
    onOff('sort', 'returns result in sorted order'),
    onOff('recursive r', 'returns all key names recursively for the given path'),
    onOff('p', 'append slash (/) to directories'),
    QUORUM,
  ]),
  command(
    'set',
    'set the value of a key',
    '<key> <value>',
    [TTL, text('swap-with-value', 'previous value'), integer('swap-with-index', 'previous index')],
    {
      description:
        "Set sets the value of a key.\n\n   When <value> begins with '-', <value> is interpreted as a flag.\n   Insert '--' for workaround:\n\n   $ set -- <key> <value>",
    },
  ),
  command('setdir', 'create a new directory or update an existing directory TTL', '<key>', [TTL]),
  command('update', 'update an existing key with a given value', '<key> <value>', [TTL]),
  command('updatedir', 'update an existing directory', '<key> <value>', [TTL]),
  command('watch', 'watch a key for changes', '<key>', [
    onOff('forever f', 'forever watch a key until CTRL+C'),
    unsigned('after-index', 'watch after the given index'),
    onOff('recursive r', 'returns all values for key and child keys'),
  ]),
  command('exec-watch', 'watch a key for changes and exec an executable', '<key> <command> [args...]', [
    unsigned('after-index', 'watch after the given index'),
    onOff('recursive r', 'watch all values for key and child keys'),
  ]),
  group('member', 'member add, remove and list subcommands', {
    list: ['enumerate existing cluster members', ' '],
    add: ['add a new member to the etcd cluster', '<name> <peerURL>'],
    remove: ['remove an existing member from the etcd cluster', '<memberID>'],
    update: ['update an existing member in the etcd cluster', '<memberID> <peerURLs>'],
  }),
  group('user', 'user add, grant and revoke subcommands', {
    add: ['add a new user for the etcd cluster', '<user>'],
    get: ['get details for a user', '<user>'],
    list: ['list all current users', '<user>'],
    remove: ['remove a user for the etcd cluster', '<user>'],
    grant: ['grant roles to an etcd user', '<user>', ROLES],
    revoke: ['revoke roles for an etcd user', '<user>', ROLES],
    passwd: ['change password for a user', '<user>'],
  }),
  group('role', 'role add, grant and revoke subcommands', {
    add: ['add a new role for the etcd cluster', '<role> '],
    get: ['get details for a role', '<role>'],
    list: ['list all roles', ' '],
    remove: ['remove a role from the etcd cluster', '<role>'],
    grant: ['grant path matches to an etcd role', '<role>', paths('granted', 'Grant')],
    revoke: ['revoke path matches for an etcd role', '<role>', paths('revoked', 'Revoke')],
  }),
  group('auth', 'overall auth controls', {
    enable: ['enable auth access controls', ' '],
    disable: ['disable auth access controls', ' '],
  }),
];

/** The flags before the command. */
export const GLOBAL_FLAGS: readonly Flag[] = [
  onOff('debug', 'output cURL commands which can be used to reproduce the request'),
  onOff('no-sync', "don't synchronize cluster information before sending request"),
  text('output o', 'output response in the given format (simple, `extended` or `json`)', {
    ...{ placeholder: 'simple', standard: '"simple"' },
  }),
  text('discovery-srv D', 'domain name to query for SRV records describing cluster endpoints'),
  onOff('insecure-discovery', 'accept insecure SRV records describing cluster endpoints'),
  text('peers C', 'DEPRECATED - "--endpoints" should be used instead'),
  text('endpoint', 'DEPRECATED - "--endpoints" should be used instead'),
  text('endpoints', 'a comma-delimited list of machine addresses in the cluster', {
    standard: '"http://127.0.0.1:2379,http://127.0.0.1:4001"',
  }),
  text('cert-file', 'identify HTTPS client using this SSL certificate file'),
  text('key-file', 'identify HTTPS client using this SSL key file'),
  text('ca-file', 'verify certificates of HTTPS-enabled servers using this CA bundle'),
  text('username u', 'provide username[:password] and prompt if password is not supplied.'),
  duration('timeout', 'connection timeout per request', '2s'),
  duration('total-timeout', 'timeout for the command execution (except watch)', '5s'),
];

export const HELP_FLAG: Flag = onOff('help h', 'show help');
export const VERSION_FLAG: Flag = onOff('version v', 'print the version');
