import type { HostSpec } from '../../kernel';
import type { Program } from '../../programs/program';
import type { FileTree } from '../files/tree';
import { osRelease } from './osRelease';
import { systemPartition } from './systemPartition';
import type { ImageFeatures } from './units';

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
  '/var/lib/coreos-cloudinit',
  '/var/lib/iptables',
  '/var/log/journal',
  '/var/tmp',
  '/var/vm',
];

export const featuresOf = ({ image }: HostSpec): ImageFeatures => ({
  isCoreOs: image.distribution === 'CoreOS',
  hasFleet: image.hasFleet,
});

/** Lays the image's files into an empty tree. */
export function installImage(tree: FileTree, spec: HostSpec, programs: readonly Program[]): void {
  const features = featuresOf(spec);
  tree.put('/usr', systemPartition(features, programs));
  for (const path of DIRECTORIES) {
    tree.makeDirectory(path);
  }
  for (const [path, target] of [
    ['/bin', 'usr/bin'],
    ['/sbin', 'usr/bin'],
    ['/lib64', 'usr/lib64'],
    ['/lib', 'usr/lib64'],
    ['/var/run', '../run'],
    ['/var/lock', '../run/lock'],
  ] as const) {
    tree.link(target, path);
  }
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

function textFiles({ isCoreOs }: ImageFeatures): Readonly<Record<string, string>> {
  return {
    '/etc/os-release': osRelease(isCoreOs),
    '/etc/passwd':
      'root:x:0:0:root:/root:/bin/bash\netcd:x:232:232::/dev/null:/sbin/nologin\nfleet:x:253:253::/dev/null:/sbin/nologin\ncore:x:500:500:CoreOS Admin:/home/core:/bin/bash\n',
    '/etc/group': 'root:x:0:root\nwheel:x:10:root,core\ndocker:x:233:core\nsystemd-journal:x:248:core\ncore:x:500:\n',
    '/etc/hosts': '127.0.0.1\tlocalhost\n::1\tlocalhost\n',
    '/etc/resolv.conf': 'nameserver 8.8.8.8\nnameserver 8.8.4.4\n',
    '/etc/ssh/sshd_config':
      '# Use most defaults for sshd configuration.\nUsePrivilegeSeparation sandbox\nSubsystem sftp internal-sftp\n\nPermitRootLogin without-password\nUseDNS no\n',
    '/etc/systemd/journald.conf': '[Journal]\n#Storage=auto\n',
    '/home/core/.bash_profile': '# /etc/skel/.bash_profile\n[[ -f ~/.bashrc ]] && . ~/.bashrc\n',
  };
}
