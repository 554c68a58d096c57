import { CEPH_JOURNAL_MB } from '../host/resources/weights';
import { hostAddress, bootSleep, defaults, publish, work } from './boot';
import { viewCeph } from './ceph';
import type { Behaviour, ContainerContext } from './context';
import { untilStopped } from './context';
import { greeting, send } from './http';

const MONITOR_PORT = 6789;
const OSD_PORT = 6800;
/** Ceph's messenger says its version first. */
const CEPH_BANNER = 'ceph v027';
const JOURNAL_FILE = '/var/lib/docker/volumes/deis-store-daemon-data/journal';
/** `mon data avail crit`, in percent (facts/deisctl.md §9). */
const CRITICAL_PERCENT = 5;
const DISK_CHECK_MS = 60_000;
const SETTINGS: Readonly<Record<string, string>> = { size: '3', minSize: '1', pgNum: '128', delayStart: '15' };

/** ceph-mon: the first one makes the cluster, the others wait until it has. */
export const monitor: Behaviour = async (context) => {
  const { etcd, log, host } = context;
  const address = hostAddress(context);
  if (isDiskCritical(context)) {
    return diskCritical(context);
  }
  await etcd.waitUntil('/deis', () => host.daemon('etcd') !== undefined);
  await defaults(context, prefixed('/deis/store/', SETTINGS));
  if (etcd.peek('/deis/store/monSetupComplete') === undefined) {
    if (await etcd.create('/deis/store/monSetupLock', host.name)) {
      log('store-monitor: Ceph has not yet been deployed. Deploying...');
      await makeCluster(context);
    } else if (etcd.peek('/deis/store/monSetupLock') === host.name) {
      await makeCluster(context);
    }
  }
  await etcd.waitFor('/deis/store/monSetupComplete');
  await etcd.set(`/deis/store/hosts/${address}`, host.name);
  await work(context, 3000);
  log(`starting mon.${host.name} rank 0 at ${address}:${MONITOR_PORT}/0 mon_data /var/lib/ceph/mon/ceph-${host.name}`);
  context.listen(
    MONITOR_PORT,
    greeting(() => CEPH_BANNER),
  );
  context.ready();
  context.every(DISK_CHECK_MS, () => {
    if (isDiskCritical(context)) {
      context.exit(diskCritical(context));
    }
  });
  return await untilStopped(context.signal);
};

async function makeCluster({ etcd, kernel }: ContainerContext): Promise<void> {
  const secret = Buffer.from(kernel.random.hex(32), 'hex').toString('base64');
  await etcd.set('/deis/store/fsid', kernel.random.uuid());
  await etcd.set('/deis/store/monKeyring', `[mon.]\n\tkey = ${secret}\n\tcaps mon = "allow *"`);
  await etcd.set('/deis/store/adminKeyring', `[client.admin]\n\tkey = ${secret}\n\tauid = 0`);
  await etcd.set('/deis/store/monSetupComplete', 'youBetcha');
}

function isDiskCritical({ inside }: ContainerContext): boolean {
  const { diskTotalMb, diskUsedMb } = inside.resources;
  return (100 * (diskTotalMb - diskUsedMb)) / diskTotalMb < CRITICAL_PERCENT;
}

function diskCritical({ log, host, inside }: ContainerContext): number {
  const { diskTotalMb, diskUsedMb } = inside.resources;
  const percent = Math.max(0, Math.floor((100 * (diskTotalMb - diskUsedMb)) / diskTotalMb));
  log(
    `mon.${host.name}@0(leader).data_health(4) reached critical levels of available space on local monitor storage -- shutdown! (${percent}% avail)`,
  );
  return 1;
}

/** ceph-osd: its number comes from the monitors, its journal takes disk. */
export const daemon: Behaviour = async (context) => {
  const { etcd, log, inside } = context;
  const address = hostAddress(context);
  const key = `/deis/store/osds/${address}`;
  await etcd.waitUntil('/deis/store', () => viewCeph(inside).hasQuorum);
  if (etcd.peek(key) === undefined) {
    await etcd.set(key, String(await nextOsd(context)));
    log(`store-daemon: Getting initial OSD id ${etcd.peek(key) ?? ''}`);
  }
  if (
    inside.tree.find(JOURNAL_FILE) === undefined &&
    !inside.resources.allocate(JOURNAL_FILE, CEPH_JOURNAL_MB * 1024 * 1024)
  ) {
    log('FileJournal::_open_file : unable to preallocation journal to 5368709120 bytes: (28) No space left on device');
    return 1;
  }
  await work(context, 2000);
  log(`starting osd.${etcd.peek(key) ?? ''} at :/0 osd_data /var/lib/ceph/osd/ceph-${etcd.peek(key) ?? ''} journal`);
  context.listen(
    OSD_PORT,
    greeting(() => CEPH_BANNER),
  );
  context.ready();
  return await untilStopped(context.signal);
};

/** `ceph osd create`: the lowest number that is free, agreed upon through etcd. */
async function nextOsd({ etcd, host }: ContainerContext): Promise<number> {
  for (let id = 0; ; id += 1) {
    const isTaken = etcd.names('/deis/store/osds').some((name) => etcd.peek(`/deis/store/osds/${name}`) === String(id));
    if (!isTaken && (await etcd.create(`/deis/store/osdIds/${id}`, host.name))) {
      return id;
    }
    if (etcd.peek(`/deis/store/osdIds/${id}`) === host.name) {
      return id;
    }
  }
}

export const metadata: Behaviour = async (context) => {
  const { etcd, inside, log, host } = context;
  await etcd.waitUntil('/deis/store', () => viewCeph(inside).hasQuorum && viewCeph(inside).osdsUp > 0);
  if (etcd.peek('/deis/store/filesystemSetupComplete') === undefined) {
    if (await etcd.create('/deis/store/filesystemSetupLock', host.name)) {
      log('store-metadata: creating filesystem deis');
      await work(context, 2000);
    }
    await etcd.set('/deis/store/filesystemSetupComplete', 'youBetcha');
  }
  await work(context, 2000);
  log(`starting mds.${host.name} at :/0`);
  context.ready();
  return await untilStopped(context.signal);
};

const BUCKETS =
  '<?xml version="1.0" encoding="UTF-8"?><ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
  '<Owner><ID>anonymous</ID><DisplayName></DisplayName></Owner><Buckets></Buckets></ListAllMyBucketsResult>';

/** radosgw: ready when an anonymous list of buckets answers. */
export const gateway: Behaviour = async (context) => {
  const { etcd, inside, log, kernel, host } = context;
  await etcd.waitUntil('/deis/store', () => viewCeph(inside).hasQuorum && viewCeph(inside).osdsUp > 0);
  await etcd.create('/deis/store/gateway/masterLock', host.name);
  await defaults(context, {
    '/deis/store/gateway/accessKey': kernel.random.hex(20).toUpperCase(),
    '/deis/store/gateway/secretKey': kernel.random.hex(40),
  });
  await bootSleep(context);
  context.listen(8888, (_request, response) => send(response, 200, BUCKETS, { 'content-type': 'application/xml' }));
  log('store-gateway: radosgw is listening on 8888');
  context.ready();
  await publish(context, {
    '/deis/store/gateway/host': hostAddress(context),
    '/deis/store/gateway/port': context.environment['EXTERNAL_PORT'] ?? '8888',
  });
  return await untilStopped(context.signal);
};

/** The shell with Ceph's client: it only has to be there. */
export const admin: Behaviour = async (context) => {
  await context.etcd.waitFor('/deis/store/monSetupComplete');
  context.ready();
  return await untilStopped(context.signal);
};

const prefixed = (prefix: string, keys: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`${prefix}${key}`, value]));
