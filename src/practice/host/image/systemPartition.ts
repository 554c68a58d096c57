import type { Program } from '../../programs/program';
import type { DirectoryNode, TreeNode } from '../files/node';
import { FileTree } from '../files/tree';
import { osRelease } from './osRelease';
import { toolNames } from './tools';
import type { ImageFeatures } from './units';
import { imageUnits, imageWants } from './units';

/** When the image was built: the time of all files of /usr. */
const BUILT_AT = Date.parse('2016-05-26T22:25:00Z');
const UNITS = '/lib64/systemd/system';

/** Programs that units start and that are native services of the model. */
const DAEMONS = [
  '/bin/dbus-daemon',
  '/bin/update_engine',
  '/lib64/coreos/dockerd',
  '/lib64/locksmith/locksmithd',
  '/lib64/systemd/systemd-journald',
  '/lib64/systemd/systemd-udevd',
  '/lib64/systemd/systemd-networkd',
  '/lib64/systemd/systemd-resolved',
  '/lib64/systemd/systemd-logind',
  '/lib64/systemd/systemd-timesyncd',
];
const CLUSTER_DAEMONS = ['/bin/etcd2', '/bin/fleetd', '/bin/flanneld'];
/** What an image without fleet does not bring, though the model has them. */
const CLUSTER_PROGRAMS = new Set(['etcdctl', 'fleetctl', 'etcd2', 'fleetd']);

const built = new WeakMap<readonly Program[], Map<string, DirectoryNode>>();

/** /usr: read-only on every node, so all nodes of one image share it. */
export function systemPartition(features: ImageFeatures, programs: readonly Program[]): DirectoryNode {
  const key = JSON.stringify(features);
  const known = built.get(programs) ?? new Map<string, DirectoryNode>();
  built.set(programs, known);
  const node = known.get(key) ?? build(features, programs);
  known.set(key, node);
  return node;
}

function build(features: ImageFeatures, programs: readonly Program[]): DirectoryNode {
  const tree = new FileTree(() => BUILT_AT);
  const names = programs
    .filter(({ directory }) => /^\/(?:usr\/)?s?bin$/.test(directory))
    .map(({ name }) => name)
    .filter((name) => features.hasFleet || !CLUSTER_PROGRAMS.has(name));
  const binaries = [...toolNames, ...names].map((name) => `/bin/${name}`);
  for (const path of [...binaries, ...DAEMONS, ...(features.hasFleet ? CLUSTER_DAEMONS : [])]) {
    tree.write(path, '', { mode: 0o755 });
  }
  for (const [name, text] of Object.entries(imageUnits(features))) {
    tree.write(`${UNITS}/${name}`, text);
  }
  for (const [target, unit] of imageWants(features)) {
    tree.makeDirectory(`${UNITS}/${target}.wants`);
    tree.link(`../${unit}`, `${UNITS}/${target}.wants/${unit}`);
  }
  tree.write('/lib64/os-release', osRelease(features.isCoreOs));
  tree.write('/share/coreos/update.conf', 'GROUP=stable\n');
  tree.link('bin', '/sbin');
  tree.link('lib64', '/lib');
  freeze(tree.root);
  return tree.root;
}

/** A slip that wrote here would change all nodes at once: better that it throws. */
function freeze(node: TreeNode): void {
  if (node.kind === 'directory') {
    node.entries.forEach(freeze);
  }
  Object.freeze(node);
}
