import { alone, containerUnit, dataContainer, DOCKER_SOCKET, FLEET_SOCKET, GLOBAL, HOST } from './build';

const WITH_DOCKER = ['Requires=docker.socket', 'Wants=etcd2.service', 'After=docker.socket etcd2.service etcd.service'];

/** Logging, control plane, data plane and router mesh. */
export const platformUnits: Readonly<Record<string, string>> = {
  logger: containerUnit({
    component: 'logger',
    unit: ['Wants=deis-store-volume.service', 'After=deis-store-volume.service'],
    options: ['-p 514:514/udp', '-p 8088:8088', '-e EXTERNAL_PORT=514', HOST, '-v /var/lib/deis/store/logs:/data/logs'],
  }),
  logspout: containerUnit({
    component: 'logspout',
    unit: WITH_DOCKER,
    options: [DOCKER_SOCKET, HOST, '-h $(hostname)'],
    fleet: GLOBAL,
  }),
  database: containerUnit({
    component: 'database',
    before: [dataContainer('database', ['/var/lib/postgresql'])],
    options: ['--volumes-from deis-database-data', '-p 5432:5432', '-e EXTERNAL_PORT=5432', HOST],
  }),
  registry: containerUnit({
    component: 'registry',
    timeout: '30m',
    options: ['-p 5000:5000', '-e EXTERNAL_PORT=5000', HOST],
    fleet: alone('registry'),
  }),
  controller: containerUnit({
    component: 'controller',
    unit: ['Requires=docker.socket fleet.socket', 'After=docker.socket fleet.socket'],
    options: ['-p 8000:8000', '-e EXTERNAL_PORT=8000', HOST, DOCKER_SOCKET, FLEET_SOCKET],
  }),
  builder: containerUnit({
    component: 'builder',
    timeout: '30m',
    before: [dataContainer('builder', ['/var/lib/docker'])],
    options: [
      ...['--volumes-from deis-builder-data', '--privileged', '-p 2223:2223', '-e EXTERNAL_PORT=2223', HOST],
      '-v /etc/environment_proxy:/etc/environment_proxy',
    ],
    after: [
      `ExecStartPost=/bin/bash -c 'until (exec 3<>/dev/tcp/$COREOS_PRIVATE_IPV4/2223) 2>/dev/null; do sleep 1; done'`,
    ],
  }),
  publisher: containerUnit({
    component: 'publisher',
    unit: WITH_DOCKER,
    options: [DOCKER_SOCKET, HOST],
    fleet: GLOBAL,
  }),
  router: containerUnit({
    component: 'router',
    options: ['-p 80:80', '-p 443:443', '-p 2222:2222', '-p 9090:9090', '-e EXTERNAL_PORT=80', HOST],
    fleet: alone('router'),
  }),
};
