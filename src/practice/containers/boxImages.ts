import { splitReference } from '../docker/images';
import { LIBRARY_TOOLS } from '../shell/tools/tools';

/** What an image that is no component of Deis brings: a small system with a shell. */
export interface BoxImage {
  /** `/etc/os-release`. */
  readonly release: string;
  /** What is run when nothing is named. */
  readonly command: readonly string[];
  /** Commands it has; only those run. */
  readonly commands: ReadonlySet<string>;
  readonly rootShell: string;
  /** busybox's shell has a short prompt. */
  readonly isBusybox: boolean;
}

const TOOLS = LIBRARY_TOOLS.filter((name) => name !== 'jq');

const BUSYBOX = [
  ...[
    '[',
    'awk',
    'basename',
    'cat',
    'chgrp',
    'chmod',
    'chown',
    'clear',
    'cmp',
    'cp',
    'cut',
    'date',
    'dd',
    'df',
    'diff',
  ],
  ...['dirname', 'dmesg', 'du', 'echo', 'egrep', 'env', 'expr', 'false', 'fgrep', 'find', 'fold', 'free', 'grep'],
  ...['gunzip', 'gzip', 'head', 'hexdump', 'hostname', 'id', 'install', 'ip', 'kill', 'less', 'ln', 'ls', 'md5sum'],
  ...['mkdir', 'mktemp', 'more', 'mv', 'nc', 'netstat', 'nl', 'nohup', 'nslookup', 'od', 'pgrep', 'pidof', 'ping'],
  ...['printenv', 'printf', 'ps', 'pwd', 'readlink', 'realpath', 'rev', 'rm', 'rmdir', 'sed', 'seq', 'sh', 'sha1sum'],
  ...[
    'sha256sum',
    'sha512sum',
    'sleep',
    'sort',
    'split',
    'stat',
    'strings',
    'stty',
    'su',
    'sync',
    'tac',
    'tail',
    'tar',
  ],
  ...['tee', 'test', 'time', 'timeout', 'top', 'touch', 'tr', 'true', 'truncate', 'tty', 'uname', 'uniq', 'unexpand'],
  ...[
    'expand',
    'uptime',
    'vi',
    'watch',
    'wc',
    'wget',
    'which',
    'who',
    'whoami',
    'xargs',
    'xxd',
    'yes',
    'zcat',
    'base64',
  ],
];

const DEBIAN = [
  ...TOOLS,
  ...[
    '[',
    'bash',
    'chgrp',
    'chown',
    'cmp',
    'date',
    'dd',
    'df',
    'dmesg',
    'du',
    'env',
    'fallocate',
    'free',
    'getent',
    'groups',
  ],
  ...[
    'hostname',
    'id',
    'install',
    'kill',
    'ls',
    'md5sum',
    'mktemp',
    'more',
    'nohup',
    'nproc',
    'od',
    'pgrep',
    'pidof',
    'ps',
  ],
  ...[
    'readlink',
    'realpath',
    'sh',
    'sha1sum',
    'sha224sum',
    'sha256sum',
    'sha384sum',
    'sha512sum',
    'shred',
    'shuf',
    'sleep',
  ],
  ...[
    'stty',
    'su',
    'sync',
    'sysctl',
    'tail',
    'test',
    'timeout',
    'top',
    'tput',
    'truncate',
    'tty',
    'uname',
    'uptime',
    'users',
  ],
  ...['vmstat', 'w', 'watch', 'which', 'who', 'whoami', 'yes', 'arch', 'lscpu', 'lsblk'],
];

const release = (facts: Readonly<Record<string, string>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name}="${value}"\n`)
    .join('');

const debian = (facts: Readonly<Record<string, string>>): BoxImage => ({
  release: release(facts),
  command: ['/bin/bash'],
  commands: new Set(DEBIAN),
  rootShell: '/bin/bash',
  isBusybox: false,
});

const busybox = (facts: Readonly<Record<string, string>>, command: string): BoxImage => ({
  release: release(facts),
  command: [command],
  commands: new Set(BUSYBOX),
  rootShell: command === 'sh' ? '/bin/sh' : '/bin/ash',
  isBusybox: true,
});

const UBUNTU = debian({ NAME: 'Ubuntu', VERSION: '14.04.4 LTS, Trusty Tahr', ID: 'ubuntu', ID_LIKE: 'debian' });

const IMAGES: Readonly<Record<string, BoxImage>> = {
  busybox: busybox({}, 'sh'),
  alpine: busybox({ NAME: 'Alpine Linux', ID: 'alpine', VERSION_ID: '3.3.3' }, '/bin/sh'),
  ubuntu: UBUNTU,
  'ubuntu-debootstrap': UBUNTU,
  debian: debian({
    PRETTY_NAME: 'Debian GNU/Linux 8 (jessie)',
    NAME: 'Debian GNU/Linux',
    VERSION_ID: '8',
    ID: 'debian',
  }),
};

/** By the image's name; undefined for what is run as a service. */
export const boxImageOf = (reference: string): BoxImage | undefined => IMAGES[splitReference(reference).repository];

/** What every image of Deis is built on, for commands inside its containers. */
export const DEIS_BASE: BoxImage = { ...UBUNTU, commands: new Set([...DEBIAN, 'curl', 'jq']) };

/** Whether docker could start it: a path that is not of the system's own is up to the image and its volumes. */
export const hasCommand = ({ commands }: BoxImage, word: string): boolean =>
  word.includes('/') && !/^\/(?:usr\/)?(?:local\/)?s?bin\//.test(word) ? true : commands.has(word.replace(/^.*\//, ''));
