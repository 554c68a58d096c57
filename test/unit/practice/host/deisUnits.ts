/** Units after deisctl 1.13.4's (facts: its recorded statuses show their commands), as fleet hands them to systemd. */

const unit = (component: string, exec: readonly string[], more: readonly string[] = []): string =>
  [
    '[Unit]',
    `Description=deis-${component}`,
    ...more,
    '',
    '[Service]',
    'EnvironmentFile=/etc/environment',
    'TimeoutStartSec=20m',
    `ExecStartPre=/bin/sh -c "IMAGE=\`/run/deis/bin/get_image /deis/${component}\` && docker history $IMAGE >/dev/null 2>&1 || flock -w 1200 /var/run/lock/alpine-pull docker pull $IMAGE"`,
    `ExecStartPre=/bin/sh -c "docker inspect deis-${component} >/dev/null 2>&1 && docker rm -f deis-${component} || true"`,
    ...exec,
    `ExecStop=-/usr/bin/docker stop deis-${component}`,
    'Restart=on-failure',
    'RestartSec=5',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n');

const run = (component: string, args: string): string =>
  `ExecStart=/bin/sh -c "IMAGE=\`/run/deis/bin/get_image /deis/${component}\` && docker run --name deis-${component} --rm ${args} -e HOST=$COREOS_PRIVATE_IPV4 $IMAGE"`;

export const deisUnits: Readonly<Record<string, string>> = {
  'deis-store-monitor.service': unit('store-monitor', [
    'ExecStartPre=/bin/sh -c "docker inspect deis-store-monitor-data >/dev/null 2>&1 || docker run --name deis-store-monitor-data -v /etc/ceph -v /var/lib/ceph/mon alpine:3.2 /bin/true"',
    'ExecStartPre=/bin/sh -c "etcdctl set /deis/store/hosts/$COREOS_PRIVATE_IPV4 `hostname` >/dev/null"',
    run('store-monitor', '--volumes-from=deis-store-monitor-data -p 6789 --net host'),
  ]),
  'deis-store-daemon.service': unit('store-daemon', [
    'ExecStartPre=/usr/bin/sleep 10',
    run('store-daemon', '-p 6800 --net host'),
  ]),
  'deis-store-metadata.service': unit('store-metadata', [run('store-metadata', '--net host')]),
  'deis-store-gateway@1.service': unit('store-gateway', [
    run('store-gateway', '-p 8888:8888 -e EXTERNAL_PORT=8888'),
    `ExecStartPost=/bin/sh -c "until curl -sSL http://localhost:8888 | grep -e '<ID>anonymous</ID>' >/dev/null 2>&1; do sleep 1; done"`,
  ]),
  'deis-store-volume.service': `[Unit]
Description=deis-store-volume

[Service]
EnvironmentFile=/etc/environment
ExecStartPre=/usr/bin/mkdir -p /var/lib/deis/store
ExecStartPre=/bin/sh -c "echo waiting for store-monitor... && until etcdctl get /deis/store/monSetupComplete >/dev/null 2>&1; do sleep 2; done"
ExecStartPre=/bin/sh -c "grep -q '/var/lib/deis/store' /proc/mounts || mount -t ceph $COREOS_PRIVATE_IPV4:/ /var/lib/deis/store -o name=admin"
ExecStart=/usr/bin/tail -f /dev/null
ExecStopPost=-/usr/bin/umount /var/lib/deis/store
Restart=on-failure
RestartSec=5
`,
  'deis-logger.service': unit(
    'logger',
    [run('logger', '-p 8088:8088/tcp -p 514:514/udp -e EXTERNAL_PORT=514')],
    ['Wants=deis-store-volume.service', 'After=deis-store-volume.service'],
  ),
  'deis-logspout.service': unit('logspout', [run('logspout', '-v /var/run/docker.sock:/tmp/docker.sock')]),
  'deis-database.service': unit('database', [run('database', '-p 5432:5432 -e EXTERNAL_PORT=5432')]),
  'deis-registry@1.service': unit('registry', [run('registry', '-p 5000:5000 -e EXTERNAL_PORT=5000')]),
  'deis-controller.service': unit(
    'controller',
    [run('controller', '-p 8000:8000 -e EXTERNAL_PORT=8000')],
    ['Requires=docker.socket fleet.socket', 'After=docker.socket fleet.socket'],
  ),
  'deis-builder.service': unit('builder', [run('builder', '-p 2223:22 -e EXTERNAL_PORT=2223 --privileged')]),
  'deis-publisher.service': unit('publisher', [run('publisher', '-v /var/run/docker.sock:/var/run/docker.sock')]),
  'deis-router@1.service': unit('router', [run('router', '-p 80:80 -p 443:443 -p 2222:2222 -p 9090:9090')]),
};

export const globalUnits = [
  'store-monitor',
  'store-daemon',
  'store-metadata',
  'store-volume',
  'logspout',
  'publisher',
].map((name) => `deis-${name}.service`);

export const singleUnits = [
  'deis-store-gateway@1.service',
  'deis-logger.service',
  'deis-database.service',
  'deis-registry@1.service',
  'deis-controller.service',
  'deis-builder.service',
];
