import type { FileTree } from '../files/tree';
import type { HostInside } from '../inside';

const KERNEL_VERSION =
  'Linux version 4.5.7-coreos (buildbot@coreos) (gcc version 4.9.3 (Gentoo Hardened 4.9.3 p1.5, pie-0.6.4) ) #2 SMP Thu Jul 14 02:00:01 UTC 2016\n';

const COMMAND_LINE =
  'BOOT_IMAGE=/coreos/vmlinuz-a console=ttyS0,115200n8 console=tty0 root=LABEL=ROOT usr=PARTUUID=7130c94a coreos.oem.id=digitalocean\n';

/** Files of /proc that are read from the model each time. */
export function installProc(tree: FileTree, inside: HostInside, vcpus: number): void {
  const files: Readonly<Record<string, () => string>> = {
    '/proc/meminfo': () => meminfo(inside),
    '/proc/swaps': () => swaps(inside),
    '/proc/loadavg': () => loadavg(inside),
    '/proc/uptime': () => uptime(inside, vcpus),
    '/proc/mounts': () => mounts(inside),
    '/proc/self/mounts': () => mounts(inside),
    '/proc/version': () => KERNEL_VERSION,
    '/proc/cmdline': () => COMMAND_LINE,
    '/proc/cpuinfo': () => Array.from({ length: vcpus }, (_unused, index) => cpuinfo(index)).join(''),
    '/proc/sys/kernel/hostname': () => `${inside.hostname()}\n`,
    '/proc/sys/kernel/random/boot_id': () => `${dashed(inside.host.bootId)}\n`,
  };
  for (const [path, read] of Object.entries(files)) {
    tree.put(path, { kind: 'virtual', mode: 0o444, owner: 'root', modifiedAt: 0, read });
  }
  installSetting(tree, '/proc/sys/net/netfilter/nf_conntrack_max', '65536');
  installSetting(tree, '/proc/sys/vm/swappiness', '60');
  installSetting(tree, '/proc/sys/net/ipv4/ip_forward', '1');
  const nothing = { read: () => '', write: () => undefined };
  tree.put('/dev/null', { kind: 'virtual', mode: 0o666, owner: 'root', modifiedAt: 0, ...nothing });
}

function loadavg({ resources, processTable }: HostInside): string {
  const load = resources.loadAverage.map((value) => value.toFixed(2)).join(' ');
  const pids = processTable.all.map(({ pid }) => pid);
  return `${load} 1/${80 + pids.length} ${Math.max(1, ...pids)}\n`;
}

function uptime({ kernel, bootedAt }: HostInside, vcpus: number): string {
  const seconds = (kernel.timeline.now() - bootedAt) / 1000;
  return `${seconds.toFixed(2)} ${(seconds * vcpus * 0.8).toFixed(2)}\n`;
}

const cpuinfo = (index: number): string =>
  [
    `processor\t: ${index}`,
    'vendor_id\t: GenuineIntel',
    'model name\t: Intel(R) Xeon(R) CPU E5-2650L v3 @ 1.80GHz',
    'cpu MHz\t\t: 1797.917',
    'cache size\t: 30720 KB',
    'bogomips\t: 3595.83',
    '\n',
  ].join('\n');

function installSetting(tree: FileTree, path: string, initial: string): void {
  let value = initial;
  tree.put(path, {
    kind: 'virtual',
    mode: 0o644,
    owner: 'root',
    modifiedAt: 0,
    read: () => `${value}\n`,
    write: (text) => (value = text.trim()),
  });
}

function meminfo({ resources }: HostInside): string {
  const total = resources.memoryTotalMb * 1024;
  const used = resources.memoryUsedMb * 1024;
  const unused = total - used;
  const cached = Math.floor(unused * 0.55);
  const buffers = Math.floor(unused * 0.05);
  const swapTotal = resources.swaps.reduce((sum, { sizeMb }) => sum + swapKilobytes(sizeMb), 0);
  const swapUsed = Math.floor(resources.swapUsedMb * 1024);
  const rows: readonly (readonly [string, number])[] = [
    ['MemTotal', total],
    ['MemFree', unused - cached - buffers],
    ['MemAvailable', Math.floor(unused * 0.9)],
    ['Buffers', buffers],
    ['Cached', cached],
    ['SwapCached', Math.floor(swapUsed * 0.02)],
    ['Active', Math.floor(used * 0.7)],
    ['Inactive', Math.floor(used * 0.2)],
    ['SwapTotal', swapTotal],
    ['SwapFree', Math.max(0, swapTotal - swapUsed)],
    ['Dirty', 120],
    ['AnonPages', Math.floor(used * 0.8)],
    ['Mapped', Math.floor(used * 0.15)],
    ['Shmem', 1024],
    ['Slab', Math.floor(total * 0.04)],
    ['CommitLimit', Math.floor(total / 2) + swapTotal],
    ['Committed_AS', used + swapUsed],
  ];
  return rows.map(([name, value]) => `${`${name}:`.padEnd(15)}${String(value).padStart(9)} kB\n`).join('');
}

/** The first page of a swap file holds its signature: 4096 MB give 4194300 kB (facts/coreos.md §6). */
export const swapKilobytes = (sizeMb: number): number => Math.round(sizeMb * 1024) - 4;

function swaps({ resources }: HostInside): string {
  const rows = resources.swaps.map(
    ({ path, sizeMb, usedMb }, index) =>
      `${path.padEnd(40)}${path.startsWith('/dev/') ? 'partition' : 'file\t'}\t${swapKilobytes(sizeMb)}\t\t${Math.floor(usedMb * 1024)}\t\t${-1 - index}\n`,
  );
  return `Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n${rows.join('')}`;
}

function mounts(inside: HostInside): string {
  const lines = [
    '/dev/vda9 / ext4 rw,seclabel,relatime,data=ordered 0 0',
    '/dev/mapper/usr /usr ext4 ro,seclabel,relatime,block_validity,delalloc,barrier,user_xattr,acl 0 0',
    'proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0',
    'sysfs /sys sysfs rw,seclabel,nosuid,nodev,noexec,relatime 0 0',
    'tmpfs /run tmpfs rw,seclabel,nosuid,nodev,mode=755 0 0',
    'tmpfs /tmp tmpfs rw,seclabel 0 0',
    '/dev/vda6 /usr/share/oem ext4 rw,seclabel,nodev,relatime,commit=600,data=ordered 0 0',
    ...inside.docker.mounts,
  ];
  return `${lines.join('\n')}\n`;
}

const dashed = (hex: string): string =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
