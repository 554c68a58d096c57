import type { HostSpec, Program } from '../../kernel';
import type { FileTree } from '../files/tree';
import { IMAGE_UNITS } from '../systemd/unitStore';
import { toolNames } from './tools';
import type { ImageFeatures } from './units';
import { imageUnits, imageWants } from './units';

/** CoreOS stable of June 2016 (the guide is of May 2016; 1010.5.0 followed 899.17.0 in its channel). */
const COREOS_VERSION = '1010.5.0';

const DIRECTORIES = [
  '/boot',
  '/dev',
  '/etc/coreos',
  '/etc/ssh',
  '/etc/systemd/system',
  '/home',
  '/media',
  '/mnt',
  '/opt',
  '/proc',
  '/root',
  '/run',
  '/srv',
  '/sys',
  '/tmp',
  '/usr/bin',
  '/usr/lib64/systemd/system',
  '/usr/share/coreos',
  '/var/lib/coreos-cloudinit',
  '/var/lib/iptables',
  '/var/log/journal',
  '/var/tmp',
  '/var/vm',
];

/** Programs that units start and that are native services of the model. */
const DAEMON_PATHS = [
  '/usr/bin/dbus-daemon',
  '/usr/lib/coreos/dockerd',
  '/usr/lib/locksmith/locksmithd',
  '/usr/bin/update_engine',
  '/usr/lib/systemd/systemd-journald',
  '/usr/lib/systemd/systemd-udevd',
  '/usr/lib/systemd/systemd-networkd',
  '/usr/lib/systemd/systemd-resolved',
  '/usr/lib/systemd/systemd-logind',
  '/usr/lib/systemd/systemd-timesyncd',
];
const CLUSTER_PATHS = ['/usr/bin/etcd2', '/usr/bin/fleetd', '/usr/bin/flanneld'];
/** What an image without fleet does not bring, though the model has them. */
const CLUSTER_PROGRAMS = new Set(['etcdctl', 'fleetctl', 'etcd2', 'fleetd']);

export const featuresOf = ({ image }: HostSpec): ImageFeatures => ({
  isCoreOs: image.distribution === 'CoreOS',
  hasFleet: image.hasFleet,
});

/** Lays the image's files into an empty tree. */
export function installImage(tree: FileTree, spec: HostSpec, programs: readonly Program[]): void {
  const features = featuresOf(spec);
  for (const path of DIRECTORIES) {
    tree.makeDirectory(path);
  }
  for (const [path, target] of [
    ['/bin', 'usr/bin'],
    ['/sbin', 'usr/bin'],
    ['/usr/sbin', 'bin'],
    ['/lib64', 'usr/lib64'],
    ['/usr/lib', 'lib64'],
    ['/lib', 'usr/lib64'],
    ['/var/run', '../run'],
    ['/var/lock', '../run/lock'],
  ] as const) {
    tree.link(target, path);
  }
  installPrograms(tree, programs, features);
  installUnits(tree, features);
  for (const [path, text] of Object.entries(textFiles(features))) {
    tree.write(path, text);
  }
  tree.makeDirectory('/home/core').owner = 'core';
}

/** What a boot finds in the empty tmpfs folders. */
export function prepareVolatile(tree: FileTree): void {
  for (const path of ['/run/lock', '/run/systemd/system', '/run/dbus']) {
    tree.makeDirectory(path);
  }
}

function installPrograms(tree: FileTree, programs: readonly Program[], features: ImageFeatures): void {
  const binary = (path: string): void => tree.write(path, '', { mode: 0o755 });
  for (const name of toolNames) {
    binary(`/usr/bin/${name}`);
  }
  for (const { name, directory } of programs) {
    const isOfImage = /^\/(?:usr\/)?s?bin$/.test(directory);
    if (isOfImage && (features.hasFleet || !CLUSTER_PROGRAMS.has(name))) {
      binary(`/usr/bin/${name}`);
    }
  }
  for (const path of [...DAEMON_PATHS, ...(features.hasFleet ? CLUSTER_PATHS : [])]) {
    binary(path);
  }
}

function installUnits(tree: FileTree, features: ImageFeatures): void {
  for (const [name, text] of Object.entries(imageUnits(features))) {
    tree.write(`${IMAGE_UNITS}/${name}`, text);
  }
  for (const [target, unit] of imageWants(features)) {
    tree.makeDirectory(`${IMAGE_UNITS}/${target}.wants`);
    tree.link(`../${unit}`, `${IMAGE_UNITS}/${target}.wants/${unit}`);
  }
}

function textFiles({ isCoreOs }: ImageFeatures): Readonly<Record<string, string>> {
  return {
    '/usr/lib64/os-release': isCoreOs ? coreOsRelease() : OTHER_RELEASE,
    '/etc/os-release': isCoreOs ? coreOsRelease() : OTHER_RELEASE,
    '/etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\netcd:x:232:232::/dev/null:/sbin/nologin\nfleet:x:253:253::/dev/null:/sbin/nologin\ncore:x:500:500:CoreOS Admin:/home/core:/bin/bash\n',
    '/etc/group': 'root:x:0:root\nwheel:x:10:root,core\ndocker:x:233:core\nsystemd-journal:x:248:core\ncore:x:500:\n',
    '/etc/hosts': '127.0.0.1\tlocalhost\n::1\tlocalhost\n',
    '/etc/resolv.conf': 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n',
    '/etc/ssh/sshd_config':
      '# Use most defaults for sshd configuration.\nUsePrivilegeSeparation sandbox\nSubsystem sftp internal-sftp\n\nPermitRootLogin without-password\nUseDNS no\n',
    '/usr/share/coreos/update.conf': 'GROUP=stable\n',
    '/etc/systemd/journald.conf': '[Journal]\n#Storage=auto\n',
    '/home/core/.bash_profile': '# /etc/skel/.bash_profile\n[[ -f ~/.bashrc ]] && . ~/.bashrc\n',
  };
}

const coreOsRelease = (): string =>
  [
    'NAME=CoreOS',
    'ID=coreos',
    `VERSION=${COREOS_VERSION}`,
    `VERSION_ID=${COREOS_VERSION}`,
    'BUILD_ID=2016-05-26-2225',
    `PRETTY_NAME="CoreOS ${COREOS_VERSION} (MoreOS)"`,
    'ANSI_COLOR="1;32"',
    'HOME_URL="https://coreos.com/"',
    'BUG_REPORT_URL="https://github.com/coreos/bugs/issues"',
    '',
  ].join('\n');

const OTHER_RELEASE =
  'NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n';
