/**
 * What everything on a node weighs: resident memory and images, in MB. What is known of them is little (facts/deisctl.md §8, §9;
 * facts/coreos.md §6; facts/fault-tolerance.md §4): the platform takes 2 to 2.5 GB of memory over the cluster, most of it Ceph's,
 * and 3 to 5 GB of images on a disk; without swap neither 512 MB nor 1 GB droplets are enough, with 4 GiB of swap 512 MB are. Within
 * that the rows are chosen, each about what its program took in 2016 when it was idle, so that these outcomes hold:
 * a 512 MB node carries its global units only with swap; a 1 GB node carries them and a few single units without, but not all seven
 * that pile up on one node after a lost quorum (the recorded power-off/recovered-list-units).
 */

/** What is left of a droplet's memory when the kernel has booted (MemTotal), of which the kernel's own data then take a part. */
export const USABLE_MEMORY = 0.97;
export const KERNEL_MB = 58;
/** The two system partitions, boot and OEM (facts/coreos.md §6: 2–3 GB), and what a first boot leaves on the root partition. */
export const SYSTEM_PARTITIONS_MB = 2660;
export const ROOT_MB = 180;

/** Resident memory of the image's own services, by the path of their program. */
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

export interface ComponentWeight {
  /** What `ps` and the kernel call the process that has the memory (facts/deisctl.md §7 says what each runs). */
  readonly program: string;
  readonly memoryMb: number;
  /** As it travels, compressed: Deis's images share one Alpine or Ubuntu base. */
  readonly imageMb: number;
}

const weighs = (program: string, memoryMb: number, imageMb: number): ComponentWeight => ({
  ...{ program, memoryMb, imageMb },
});

/** By the name of a `deis/…` image. */
export const COMPONENTS: Readonly<Record<string, ComponentWeight>> = {
  // on every node
  'store-monitor': weighs('ceph-mon', 82, 105),
  'store-daemon': weighs('ceph-osd', 150, 105),
  'store-metadata': weighs('ceph-mds', 48, 105),
  logspout: weighs('logspout', 10, 9),
  publisher: weighs('publisher', 10, 10),
  // once in the cluster
  'store-gateway': weighs('radosgw', 84, 118),
  logger: weighs('logger', 14, 12),
  database: weighs('postgres', 96, 132),
  registry: weighs('gunicorn', 90, 128),
  controller: weighs('gunicorn', 190, 142),
  builder: weighs('builder', 110, 148),
  // three or five times
  router: weighs('nginx', 42, 62),
  // when it is wanted
  'store-admin': weighs('bash', 6, 104),
};

/** A command that is run in a component's image instead of the component: `/bin/true` of the containers that only keep volumes. */
export const COMMAND_MB = 2;
/** Any other container. */
export const OTHER_CONTAINER_MB = 64;

/** Images that are not Deis's own components, as they travel. */
export const OTHER_IMAGES_MB: Readonly<Record<string, number>> = {
  alpine: 3,
  busybox: 1,
  ubuntu: 66,
  'ubuntu-debootstrap': 40,
  debian: 51,
  'deis/base': 60,
  'deis/helloworld': 8,
  'deis/example-go': 9,
  'deis/slugrunner': 260,
  'deis/slugbuilder': 280,
};

/** On disk an image takes about three times what travels. */
export const UNPACKED = 3;
/** Ceph's default for a journal that lies in a file (facts/coreos.md §6). */
export const CEPH_JOURNAL_MB = 5120;
