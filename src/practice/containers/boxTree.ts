import { FileTree } from '../host/files/tree';
import { installProc } from '../host/image/procFiles';
import type { HostInside } from '../host/inside';
import type { BoxImage } from './boxImages';

/** A folder or file of the node that the container sees, `docker run -v FROM:TO`. */
interface Mount {
  readonly from: string;
  readonly to: string;
}

/** A container's own files, with those of the node that are mounted into it. */
export class BoxTree extends FileTree {
  readonly #node: FileTree;
  readonly #mounts: Mount[] = [];

  constructor(node: FileTree) {
    super(() => node.now());
    this.#node = node;
  }

  /** The folder is made on the node when it is not there, as docker does. */
  mount(from: string, to: string): void {
    const found = this.#node.find(from) ?? this.#node.makeDirectory(from);
    this.put(to, found);
    this.#mounts.push({ from: this.#node.locate(from, 'mount').path, to });
  }

  protected override isReadOnly(): boolean {
    return false;
  }

  override count(path: string, bytes: number): void {
    const shared = this.#onNode(path);
    if (shared === undefined) {
      super.count(path, bytes);
    } else {
      this.#node.count(shared, bytes);
    }
  }

  override touched(path: string): void {
    super.touched(path);
    const shared = this.#onNode(path);
    if (shared !== undefined) {
      this.#node.touched(shared);
    }
  }

  #onNode(path: string): string | undefined {
    const mount = this.#mounts.find(({ to }) => path === to || path.startsWith(`${to}/`));
    return mount === undefined ? undefined : `${mount.from}${path.slice(mount.to.length)}`;
  }
}

const DIRECTORIES = [
  ...['/dev', '/etc', '/home', '/media', '/mnt', '/opt', '/proc', '/root', '/run', '/srv', '/sys', '/tmp', '/usr/bin'],
  ...['/usr/lib', '/usr/local/bin', '/var/lib', '/var/log', '/var/tmp'],
];

/** An image's files, as a new container has them. */
export function layOut(
  tree: BoxTree,
  inside: HostInside,
  facts: { image: BoxImage; hostname: string; hosts: string },
): void {
  const { image, hostname } = facts;
  DIRECTORIES.forEach((path) => tree.makeDirectory(path));
  for (const [path, target] of [
    ['/bin', 'usr/bin'],
    ['/sbin', 'usr/bin'],
    ['/usr/sbin', 'bin'],
    ['/lib', 'usr/lib'],
    ['/var/run', '../run'],
  ] as const) {
    tree.link(target, path);
  }
  for (const name of image.commands) {
    tree.write(`/usr/bin/${name}`, '', { mode: 0o755 });
  }
  const texts = {
    ...(image.release === '' ? {} : { '/etc/os-release': image.release }),
    '/etc/passwd': `root:x:0:0:root:/root:${image.rootShell}\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n`,
    '/etc/group': 'root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n',
    '/etc/hostname': `${hostname}\n`,
    '/etc/hosts': facts.hosts,
    '/etc/resolv.conf': inside.tree.text('/etc/resolv.conf') ?? '',
  };
  for (const [path, text] of Object.entries(texts)) {
    tree.write(path, text);
  }
  installProc(tree, inside, 1);
}
