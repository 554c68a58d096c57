/**
 * Resident memory of what runs on a node, in MB. The table is chosen so that what the guide and its time saw comes out
 * (facts/deisctl.md §8, §9; facts/fault-tolerance.md §4): the platform does not fit a 512 MB droplet without swap and does
 * with 4 GiB of it; the single units of the whole platform on one 1 GB droplet do not fit without swap either.
 */
export const KERNEL_MB = 58;

/** By the path of the service's program. */
export const DAEMON_MB: Readonly<Record<string, number>> = {
  '/usr/bin/etcd2': 46,
  '/usr/bin/fleetd': 22,
  '/usr/lib/coreos/dockerd': 38,
  '/usr/bin/flanneld': 10,
  '/usr/lib/systemd/systemd-journald': 9,
  '/usr/lib/systemd/systemd-networkd': 2,
  '/usr/lib/systemd/systemd-resolved': 2,
  '/usr/lib/systemd/systemd-timesyncd': 2,
  '/usr/lib/systemd/systemd-logind': 2,
  '/usr/lib/systemd/systemd-udevd': 4,
  '/usr/bin/dbus-daemon': 2,
  '/usr/sbin/update_engine': 8,
  '/usr/lib/locksmith/locksmithd': 8,
};

/** By the component of a `deis/<component>` image. */
export const CONTAINER_MB: Readonly<Record<string, number>> = {
  'store-monitor': 82,
  'store-daemon': 150,
  'store-metadata': 48,
  'store-gateway': 84,
  'store-admin': 6,
  logger: 14,
  logspout: 10,
  database: 96,
  registry: 90,
  controller: 190,
  builder: 110,
  publisher: 10,
  router: 42,
};

/** Any other container. */
export const OTHER_CONTAINER_MB = 64;
