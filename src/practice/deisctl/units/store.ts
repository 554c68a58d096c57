import { alone, containerUnit, dataContainer, environment, GLOBAL, HOST, renderUnit, restarts } from './build';

const ON_HOST = ['--net=host', HOST];

/** Ceph in containers, and its file system on each node. */
export const storeUnits: Readonly<Record<string, string>> = {
  'store-monitor': containerUnit({
    component: 'store-monitor',
    before: [dataContainer('store-monitor', ['/etc/ceph', '/var/lib/ceph/mon'])],
    options: ['--volumes-from deis-store-monitor-data', ...ON_HOST],
    fleet: GLOBAL,
  }),
  'store-daemon': containerUnit({
    component: 'store-daemon',
    before: [dataContainer('store-daemon', ['/var/lib/ceph/osd']), 'ExecStartPre=/bin/sleep 10'],
    options: ['--volumes-from deis-store-daemon-data', ...ON_HOST],
    fleet: GLOBAL,
  }),
  'store-metadata': containerUnit({ component: 'store-metadata', options: ON_HOST, fleet: GLOBAL }),
  'store-gateway': containerUnit({
    component: 'store-gateway',
    options: ['-p 8888:8888', '-e EXTERNAL_PORT=8888', HOST],
    after: [
      `ExecStartPost=/bin/sh -c 'until curl -fs http://$COREOS_PRIVATE_IPV4:8888/ >/dev/null 2>&1; do sleep 1; done'`,
    ],
    fleet: alone('store-gateway'),
  }),
  'store-admin': containerUnit({
    component: 'store-admin',
    options: ['--volumes-from deis-store-monitor-data', '--volumes-from deis-store-daemon-data', ...ON_HOST],
    fleet: GLOBAL,
  }),
  /** No container: it mounts the file system and then only has to stay. Systemd's own limit of 90 s is its time to do so. */
  'store-volume': renderUnit({
    description: 'deis-store-volume',
    service: [
      ...environment('90s').slice(0, 1),
      'ExecStartPre=/bin/mkdir -p /var/lib/deis/store',
      `ExecStartPre=/bin/sh -c 'until etcdctl get /deis/store/monSetupComplete >/dev/null 2>&1; do sleep 2; done'`,
      `ExecStartPre=/bin/sh -c 'monitors=$(etcdctl ls --sort /deis/store/hosts | sed s,.*/,, | xargs | tr " " ,); key=$(etcdctl get /deis/store/adminKeyring | sed -n "s/.*key = //p"); mount -t ceph $monitors:/ /var/lib/deis/store -o name=admin,secret=$key'`,
      'ExecStart=/usr/bin/tail -f /dev/null',
      // deis-logger keeps its logs in it.
      'ExecStartPost=/usr/bin/mkdir -p /var/lib/deis/store/logs',
      'ExecStopPost=-/usr/bin/umount /var/lib/deis/store',
      ...restarts,
    ],
    fleet: GLOBAL,
  }),
};
