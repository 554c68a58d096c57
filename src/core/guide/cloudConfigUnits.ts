import { STATIC_MEMBERS_FILE } from './staticMembers';
import { hasSwapUnit, SWAP_AT_BOOT_UNIT, swapAtBootText } from './swapUnit';

/** Units of the cloud-config (Deis 1.13, contrib/coreos/user-data.example, in our own words). Their order is that of starting. */

export interface CloudConfigUnit {
  readonly name: string;
  readonly mask?: true;
  readonly enable?: boolean;
  readonly command?: 'start' | 'stop';
  readonly content?: string;
  readonly 'drop-ins'?: readonly { readonly name: string; readonly content: string }[];
}

export const BOOTSTRAP_KEY_FILE = '/var/lib/deis-bootstrap/ssh_host_ed25519_key';
/** Exists once the node has host keys of its own: user data is applied at each boot, and must not undo that. */
export const OWN_HOST_KEYS_MARKER = '/etc/ssh/deis-own-host-keys';

/** Puts our host key in place until the node has its own. */
const hostKeyUnit: CloudConfigUnit = {
  name: 'bootstrap-host-key.service',
  command: 'start',
  content: `[Unit]
Description=Host key for the first login
ConditionPathExists=!${OWN_HOST_KEYS_MARKER}

[Service]
Type=oneshot
ExecStart=/bin/cp ${BOOTSTRAP_KEY_FILE} /etc/ssh/ssh_host_ed25519_key
ExecStart=/bin/cp ${BOOTSTRAP_KEY_FILE}.pub /etc/ssh/ssh_host_ed25519_key.pub
ExecStart=/bin/chmod 600 /etc/ssh/ssh_host_ed25519_key
`,
};

/** With static members nothing of etcd may start before its drop-in is there; after that, at each boot. */
const waitForMembers = (isStatic: boolean): Pick<CloudConfigUnit, 'drop-ins'> =>
  isStatic
    ? {
        'drop-ins': [
          { name: '05-wait-for-members.conf', content: `[Unit]\nConditionPathExists=${STATIC_MEMBERS_FILE}\n` },
        ],
      }
    : {};

const FLANNEL_NETWORK =
  '{"Network":"10.244.0.0/16","SubnetLen":24,"SubnetMin":"10.244.0.0","Backend":{"Type":"vxlan"}}';

/** One subnet for containers on each host. docker waits for it, and so for etcd's quorum. */
const flanneld: CloudConfigUnit = {
  name: 'flanneld.service',
  command: 'start',
  'drop-ins': [
    {
      name: '50-network-config.conf',
      // All nodes try to write it: one succeeds. None goes on before it is there; flanneld is restarted until then.
      content: `[Service]
ExecStartPre=-/usr/bin/etcdctl mk /coreos.com/network/config '${FLANNEL_NETWORK}'
ExecStartPre=/usr/bin/etcdctl get /coreos.com/network/config
`,
    },
  ],
};

const docker: CloudConfigUnit = {
  name: 'docker.service',
  'drop-ins': [
    // For images newer than the guide: they set options of their own that the builder's docker-in-docker cannot bear.
    { name: '00-reset-environment.conf', content: '[Service]\nEnvironment=\n' },
    { name: '10-require-flannel.conf', content: '[Unit]\nRequires=flanneld.service\nAfter=flanneld.service\n' },
    {
      name: '50-insecure-registry.conf',
      // Apps are pulled from deis-registry, over plain HTTP, at a private address.
      content:
        '[Service]\nEnvironment="DOCKER_OPTS=--insecure-registry 10.0.0.0/8 --insecure-registry 172.16.0.0/12 ' +
        '--insecure-registry 192.168.0.0/16 --insecure-registry 100.64.0.0/10"\n',
    },
    {
      name: '60-cgroup-driver.conf',
      content: '[Service]\nEnvironment="DOCKER_CGROUPS=--exec-opt native.cgroupdriver=cgroupfs"\n',
    },
  ],
};

/** A download that fails has to fail the unit (pipefail, -f): sh itself is content with an empty script. */
const installDeisctl = (options: { installerUrl: string; release: string }): CloudConfigUnit => ({
  name: 'install-deisctl.service',
  command: 'start',
  content: `[Unit]
Description=Install deisctl ${options.release}
ConditionPathExists=!/opt/bin/deisctl
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=/bin/bash -c 'set -o pipefail; curl -fsSL --retry 5 --retry-delay 2 ${options.installerUrl} | sh -s ${options.release}'
`,
});

const conntrack: CloudConfigUnit = {
  name: 'increase-nf_conntrack-connections.service',
  command: 'start',
  content: `[Unit]
Description=Room for the connections of a router

[Service]
Type=oneshot
ExecStart=/usr/sbin/modprobe nf_conntrack
ExecStart=/usr/sbin/sysctl -w net.netfilter.nf_conntrack_max=262144
`,
};

export interface UnitOptions {
  readonly isStatic: boolean;
  readonly swapSizeMb: number;
  readonly installerUrl: string;
  readonly release: string;
}

/**
 * There is no docker-tcp.socket, which Deis' own file had: it offers root to whoever reaches port 2375, and no unit of the
 * platform needs it. Nor the graceful-shutdown units: they take the node out of etcd for good when it is powered off.
 */
export function cloudConfigUnits(options: UnitOptions): CloudConfigUnit[] {
  return [
    hostKeyUnit,
    ...(hasSwapUnit(options)
      ? [{ name: SWAP_AT_BOOT_UNIT, command: 'start' as const, content: swapAtBootText(options.swapSizeMb) }]
      : []),
    { name: 'etcd.service', mask: true },
    { name: 'etcd2.service', command: 'start', ...waitForMembers(options.isStatic) },
    flanneld,
    docker,
    { name: 'fleet.service', command: 'start', ...waitForMembers(options.isStatic) },
    { name: 'update-engine.service', command: 'stop', enable: false },
    conntrack,
    installDeisctl(options),
  ];
}
