/** Unit files of the image (/usr/lib64/systemd/system), after CoreOS 1010; those that only matter inside a real boot are left out. */
const service = (description: string, lines: readonly string[], unit: readonly string[] = []): string =>
  [`[Unit]`, `Description=${description}`, ...unit, '', '[Service]', ...lines, ''].join('\n');

const installed = (text: string, target: string): string => `${text}\n[Install]\nWantedBy=${target}\n`;

const target = (description: string, lines: readonly string[] = []): string =>
  ['[Unit]', `Description=${description}`, ...lines, ''].join('\n');

const native = (program: string): string[] => [`ExecStart=${program}`, 'Restart=always', 'RestartSec=0'];

const COMMON: Readonly<Record<string, string>> = {
  'basic.target': target('Basic System', ['Requires=sysinit.target', 'Wants=sockets.target timers.target']),
  'sysinit.target': target('System Initialization', [
    'Wants=systemd-journald.service systemd-udevd.service systemd-timesyncd.service local-fs.target',
  ]),
  'local-fs.target': target('Local File Systems'),
  'sockets.target': target('Sockets', ['Wants=sshd.socket dbus.socket']),
  'timers.target': target('Timers'),
  'network.target': target('Network', ['Wants=systemd-networkd.service systemd-resolved.service']),
  'network-online.target': target('Network is Online', ['Wants=network.target', 'After=network.target']),
  'multi-user.target': target('Multi-User System', [
    'Requires=basic.target',
    'After=basic.target',
    'Wants=network.target dbus.service systemd-logind.service',
  ]),
  'sshd.socket': installed(
    [
      '[Unit]',
      'Description=OpenSSH Server Socket',
      'Conflicts=sshd.service',
      '',
      '[Socket]',
      'ListenStream=22',
      'Accept=yes',
      '',
    ].join('\n'),
    'sockets.target',
  ),
  'dbus.socket':
    '[Unit]\nDescription=D-Bus System Message Bus Socket\n\n[Socket]\nListenStream=/run/dbus/system_bus_socket\n',
  'dbus.service': service('D-Bus System Message Bus', native('/usr/bin/dbus-daemon --system --nofork'), [
    'Requires=dbus.socket',
    'After=dbus.socket',
  ]),
  'systemd-journald.service': service('Journal Service', native('/usr/lib/systemd/systemd-journald')),
  'systemd-udevd.service': service('udev Kernel Device Manager', native('/usr/lib/systemd/systemd-udevd')),
  'systemd-networkd.service': service('Network Service', native('/usr/lib/systemd/systemd-networkd')),
  'systemd-resolved.service': service('Network Name Resolution', native('/usr/lib/systemd/systemd-resolved')),
  'systemd-logind.service': service('Login Service', native('/usr/lib/systemd/systemd-logind')),
  'systemd-timesyncd.service': installed(
    service('Network Time Synchronization', native('/usr/lib/systemd/systemd-timesyncd')),
    'sysinit.target',
  ),
};

const CONTAINERS: Readonly<Record<string, string>> = {
  'docker.socket': installed(
    '[Unit]\nDescription=Docker Socket for the API\nPartOf=docker.service\n\n[Socket]\nListenStream=/var/run/docker.sock\nSocketMode=0660\nSocketUser=root\nSocketGroup=docker\n',
    'sockets.target',
  ),
  'docker.service': installed(
    service(
      'Docker Application Container Engine',
      [
        'Environment=TMPDIR=/var/tmp',
        'EnvironmentFile=-/run/flannel_docker_opts.env',
        'MountFlags=slave',
        'LimitNOFILE=1048576',
        'LimitNPROC=1048576',
        'ExecStart=/usr/lib/coreos/dockerd daemon --host=fd:// $DOCKER_OPTS $DOCKER_CGROUPS $DOCKER_OPT_BIP $DOCKER_OPT_MTU $DOCKER_OPT_IPMASQ',
      ],
      ['Documentation=http://docs.docker.com', 'After=docker.socket network.target', 'Requires=docker.socket'],
    ),
    'multi-user.target',
  ),
};

const COREOS: Readonly<Record<string, string>> = {
  'update-engine.service': installed(
    service('Update Engine', ['ExecStart=/usr/sbin/update_engine -foreground -logtostderr', 'Restart=always']),
    'multi-user.target',
  ),
  'locksmithd.service': installed(
    service(
      'Cluster reboot manager',
      [
        'EnvironmentFile=-/usr/share/coreos/update.conf',
        'EnvironmentFile=-/etc/coreos/update.conf',
        'ExecStart=/usr/lib/locksmith/locksmithd',
        'Restart=on-failure',
        'RestartSec=10s',
      ],
      ['After=update-engine.service'],
    ),
    'multi-user.target',
  ),
  'iptables-restore.service': installed(
    service(
      'Restore iptables firewall rules',
      ['Type=oneshot', 'ExecStart=/sbin/iptables-restore /var/lib/iptables/rules-save', 'RemainAfterExit=yes'],
      ['ConditionPathExists=/var/lib/iptables/rules-save', 'Before=network.target'],
    ),
    'basic.target',
  ),
  'iptables-store.service': installed(
    service('Store iptables firewall rules', [
      'Type=oneshot',
      'ExecStart=/usr/bin/touch /var/lib/iptables/rules-save',
      'RemainAfterExit=yes',
    ]),
    'shutdown.target',
  ),
};

const CLUSTER: Readonly<Record<string, string>> = {
  'etcd.service': installed(
    service(
      'etcd',
      ['User=etcd', 'ExecStart=/usr/bin/etcd', 'Restart=always', 'RestartSec=10s'],
      ['Conflicts=etcd2.service'],
    ),
    'multi-user.target',
  ),
  'etcd2.service': installed(
    service(
      'etcd2',
      [
        'User=etcd',
        'Type=notify',
        'Environment=ETCD_DATA_DIR=/var/lib/etcd2',
        'Environment=ETCD_NAME=%m',
        'ExecStart=/usr/bin/etcd2',
        'Restart=always',
        'RestartSec=10s',
        'LimitNOFILE=40000',
        'TimeoutStartSec=0',
      ],
      ['Conflicts=etcd.service'],
    ),
    'multi-user.target',
  ),
  'fleet.socket':
    '[Unit]\nDescription=Fleet API Socket\nPartOf=fleet.service\n\n[Socket]\nListenStream=/var/run/fleet.sock\nService=fleet.service\n\n[Install]\nWantedBy=sockets.target\n',
  'fleet.service': installed(
    service(
      'fleet daemon',
      ['ExecStart=/usr/bin/fleetd', 'Restart=always', 'RestartSec=10s', 'LimitNOFILE=40000'],
      ['Wants=network.target fleet.socket', 'After=network.target etcd.service etcd2.service fleet.socket'],
    ),
    'multi-user.target',
  ),
  'flanneld.service': service(
    'Network fabric for containers',
    [
      'Type=notify',
      'Restart=always',
      'RestartSec=5',
      'EnvironmentFile=-/run/flannel/options.env',
      'ExecStart=/usr/bin/flanneld --ip-masq=true',
    ],
    ['Documentation=https://github.com/coreos/flannel', 'After=etcd.service etcd2.service', 'Before=docker.service'],
  ),
};

export interface ImageFeatures {
  readonly isCoreOs: boolean;
  readonly hasFleet: boolean;
}

export const imageUnits = ({ isCoreOs, hasFleet }: ImageFeatures): Readonly<Record<string, string>> => ({
  ...COMMON,
  ...(isCoreOs ? { ...CONTAINERS, ...COREOS } : {}),
  ...(isCoreOs && hasFleet ? CLUSTER : {}),
});

/** What the image enables by itself: links below /usr/lib64/systemd/system, as vendors make them. */
export const imageWants = ({ isCoreOs }: ImageFeatures): readonly (readonly [target: string, unit: string])[] =>
  isCoreOs
    ? [
        ['sockets.target', 'docker.socket'],
        ['multi-user.target', 'update-engine.service'],
        ['multi-user.target', 'locksmithd.service'],
      ]
    : [];
