/** Files that the platform's units expect on every node (Deis 1.13, contrib/coreos/user-data.example, in our own words). */

export interface CloudConfigFile {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
}

/** Every Deis unit calls it before it pulls: a component's own image, else the platform's version, else the node's release. */
const GET_IMAGE = `#!/bin/bash
# Prints the image of a Deis component, given its folder in etcd, such as /deis/router.
image=$(etcdctl get "$1/image" 2>/dev/null)
if [ -z "$image" ]; then
  release=$(etcdctl get /deis/platform/version 2>/dev/null)
  if [ -z "$release" ]; then
    source /etc/deis-release
    release=$DEIS_RELEASE
  fi
  image=$1:$release
fi
echo "\${image#/}"
`;

/**
 * Pulls what a node may have to run, so that taking over from a dead node takes seconds instead of minutes; in the order in
 * which the platform starts.
 */
const PRESEED = `#!/bin/bash
# Pulls the images of all components that may have to start here.
for component in store-monitor store-daemon store-metadata store-gateway logger logspout \\
  database registry controller builder publisher router; do
  image=$(/run/deis/bin/get_image /deis/$component)
  docker inspect "$image" >/dev/null 2>&1 || docker pull "$image"
done
`;

export function platformFiles(release: string): CloudConfigFile[] {
  return [
    { path: '/etc/deis-release', permissions: '0644', content: `DEIS_RELEASE=v${release}\n` },
    // On a tmpfs: cloud-config is applied at each boot, so they are back after a reboot.
    { path: '/run/deis/bin/get_image', permissions: '0755', content: GET_IMAGE },
    { path: '/run/deis/bin/preseed', permissions: '0755', content: PRESEED },
    // deis-builder mounts it into its container, where a missing file would become a folder.
    {
      path: '/etc/environment_proxy',
      permissions: '0644',
      content: 'HTTP_PROXY=\nHTTPS_PROXY=\nALL_PROXY=\nNO_PROXY=\n',
    },
    // A core dump of ceph or postgres would fill a disk of 20 GB.
    { path: '/etc/systemd/coredump.conf', permissions: '0644', content: '[Coredump]\nStorage=none\n' },
    {
      path: '/etc/systemd/journald.conf.d/10-size.conf',
      permissions: '0644',
      content: '[Journal]\nSystemMaxUse=200M\n',
    },
    // Swap is for what sleeps; etcd and ceph must not be swapped out to make room for cache.
    { path: '/etc/sysctl.d/90-swap.conf', permissions: '0644', content: 'vm.swappiness = 10\n' },
  ];
}
