import type { BulkStore } from '../../kernel';
import { kept } from './longContent';
import type { Content, DirectoryNode, FileNode, LinkNode, TreeNode, VirtualNode } from './node';
import { bytesOf, FileError, lengthOf, notFound, sizeOf, textOf } from './node';
import { joinPath, splitPath } from './path';

/** The kernel gives up after forty symbolic links in one path (path_resolution(7)). */
const MAX_LINKS = 40;

/** Mounted as tmpfs, or made by the kernel (df of a CoreOS node). */
const IN_MEMORY = ['/run', '/tmp', '/dev', '/media', '/proc', '/sys'];

const isOfTmpfs = (path: string): boolean => IN_MEMORY.some((top) => path === top || path.startsWith(`${top}/`));

type Failure = 'ENOENT' | 'ENOTDIR' | 'ELOOP';

const WORDS = { ENOTDIR: 'not a directory', ELOOP: 'too many levels of symbolic links' } as const;

interface Place {
  readonly parent: DirectoryNode;
  readonly name: string;
  readonly node: TreeNode | undefined;
  /** Without symbolic links. */
  readonly path: string;
}

export interface WriteOptions {
  readonly mode?: number;
  readonly owner?: string;
  readonly allocated?: number;
}

/** A small in-memory file system, synchronous: systemd, cloud-init and docker of the model read and write it directly. */
export class FileTree {
  readonly root: DirectoryNode;
  readonly #now: () => number;
  #listener: (path: string) => void = () => undefined;
  readonly #bytes = { disk: 0, memory: 0 };
  /** What paths led to since the last change: shells and systemd look for the same few again and again. */
  readonly #known = new Map<string, Place | Failure>();

  /** Without `bulk` long files are in memory like all others. */
  constructor(
    now: () => number,
    readonly bulk?: BulkStore,
  ) {
    this.#now = now;
    this.root = this.newDirectory(0o755);
  }

  /** Told of every path (without links) that was written, removed or changed, the top of it for whole trees. */
  onChange(listener: (path: string) => void): void {
    this.#listener = listener;
  }

  newDirectory(mode: number): DirectoryNode {
    return { kind: 'directory', mode, modifiedAt: this.#now(), owner: 'root', entries: new Map() };
  }

  newFile(content: string): FileNode {
    return { ...this.#common(0o644), kind: 'file', content, allocated: 0 };
  }

  /** @throws FileError ELOOP, ENOTDIR, or ENOENT when a directory on the way is missing. */
  locate(path: string, call: string, followLast = true): Place {
    const found = this.#resolve(path, followLast);
    if (typeof found !== 'string') {
      return found;
    }
    throw found === 'ENOENT' ? notFound(call, path) : new FileError(found, WORDS[found], call, path);
  }

  /** Undefined where `locate` throws. */
  find(path: string, followLast = true): TreeNode | undefined {
    const found = this.#resolve(path, followLast);
    return typeof found === 'string' ? undefined : found.node;
  }

  /** The text of a file, or undefined when there is none. */
  text(path: string): string | undefined {
    const node = this.find(path);
    return node?.kind === 'file' || node?.kind === 'virtual' ? textOf(node) : undefined;
  }

  file(path: string, call = 'open'): FileNode | VirtualNode {
    const { node } = this.locate(path, call);
    if (node === undefined) {
      throw notFound(call, path);
    }
    if (node.kind === 'directory' || node.kind === 'link') {
      throw new FileError('EISDIR', 'illegal operation on a directory', 'read', path);
    }
    return node;
  }

  names(path: string): string[] {
    const node = this.find(path);
    return node?.kind === 'directory' && node.entries.size > 0 ? [...node.entries.keys()].sort() : [];
  }

  /** Writes a file, making the directories on the way. */
  write(path: string, content: Content, options: WriteOptions = {}): void {
    const place = this.locateForWrite(path);
    if (place.node?.kind === 'directory') {
      throw new FileError('EISDIR', 'illegal operation on a directory', 'open', path);
    }
    if (place.node?.kind === 'virtual') {
      place.node.write?.(typeof content === 'string' ? content : bytesOf(content).toString('utf8'));
      return;
    }
    this.count(place.path, Math.max(options.allocated ?? 0, lengthOf(content)) - bytesBelow(place.node));
    const lasting = kept(content, place.path.startsWith('/dev/') ? undefined : this.bulk);
    if (place.node?.kind === 'file') {
      place.node.content = lasting;
      place.node.allocated = options.allocated ?? 0;
      place.node.mode = options.mode ?? place.node.mode;
      place.node.owner = options.owner ?? place.node.owner;
      place.node.modifiedAt = this.#now();
    } else {
      place.parent.entries.set(place.name, {
        kind: 'file',
        content: lasting,
        allocated: options.allocated ?? 0,
        mode: options.mode ?? 0o644,
        owner: options.owner ?? 'root',
        modifiedAt: this.#now(),
      });
    }
    this.touched(place.path);
  }

  makeDirectory(path: string, mode = 0o755): DirectoryNode {
    const { node, parent, name, path: real } = this.locateForWrite(path);
    if (node?.kind === 'directory') {
      return node;
    }
    if (node !== undefined) {
      throw new FileError('EEXIST', 'file already exists', 'mkdir', path);
    }
    const made = this.newDirectory(mode);
    parent.entries.set(name, made);
    this.touched(real);
    return made;
  }

  link(target: string, path: string): void {
    const { parent, name, path: real } = this.locateForWrite(path, false);
    parent.entries.set(name, { kind: 'link', target, mode: 0o777, owner: 'root', modifiedAt: this.#now() });
    this.touched(real);
  }

  /** Puts a whole node (a file of /proc, a moved tree) at a path. */
  put(path: string, node: TreeNode): void {
    const { parent, name, node: before, path: real } = this.locateForWrite(path, false);
    this.count(real, bytesBelow(node) - bytesBelow(before));
    parent.entries.set(name, node);
    this.touched(real);
  }

  /** False when there was nothing. */
  remove(path: string): boolean {
    const { parent, name, node, path: real } = this.locate(path, 'rm', false);
    if (node === undefined || name === '') {
      return false;
    }
    this.#refuseReadOnly(real, 'rm');
    this.count(real, -bytesBelow(node));
    parent.entries.delete(name);
    this.touched(real);
    return true;
  }

  /** Mode, owner or time of what is there. */
  change(path: string, call: string, changes: { mode?: number; modifiedAt?: number; owner?: string }): void {
    const { node, path: real } = this.locate(path, call);
    if (node === undefined) {
      throw notFound(call, path);
    }
    this.#refuseReadOnly(real, call);
    Object.assign(node, changes);
    this.touched(real);
  }

  touched(path: string): void {
    this.#known.clear();
    this.#listener(path);
  }

  now(): number {
    return this.#now();
  }

  /** Every path below (and with) `path`, directories before what is in them. */
  *walk(path: string): Generator<{ path: string; node: TreeNode }> {
    const node = this.find(path, false);
    if (node === undefined) {
      return;
    }
    yield { path, node };
    if (node.kind === 'directory') {
      for (const name of node.entries.keys()) {
        yield* this.walk(path === '/' ? `/${name}` : `${path}/${name}`);
      }
    }
  }

  /** Bytes that files take on disk. Kept up to date with each change: every write asks whether there is room. */
  get bytes(): number {
    return this.#bytes.disk;
  }

  /** Bytes of files that lie in memory. */
  get memoryBytes(): number {
    return this.#bytes.memory;
  }

  /** Whether what is written there goes to a tmpfs: a full disk does not concern it. */
  isInMemory(path: string): boolean {
    const found = this.#resolve(path, true);
    return isOfTmpfs(typeof found === 'string' ? path : found.path);
  }

  copyOf(node: TreeNode): TreeNode {
    if (node.kind === 'directory') {
      const entries = new Map([...node.entries].map(([name, child]) => [name, this.copyOf(child)]));
      return { ...node, entries, modifiedAt: this.#now() };
    }
    if (node.kind === 'virtual') {
      return this.newFile(node.read());
    }
    return { ...node, modifiedAt: this.#now() } satisfies FileNode | LinkNode;
  }

  /** As `locate`, making missing directories on the way. */
  locateForWrite(path: string, followLast = true): Place {
    const found = this.#resolve(path, followLast);
    if (found === 'ENOENT') {
      this.makeDirectory(joinPath(splitPath(path).slice(0, -1)));
    }
    const place = this.locate(path, 'open', followLast);
    if (place.node?.kind !== 'directory') {
      this.#refuseReadOnly(place.path, 'open');
    }
    return place;
  }

  #resolve(path: string, followLast: boolean): Place | Failure {
    const key = followLast ? path : `${path}\n`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      return known;
    }
    const found = this.#lookUp(path, followLast);
    this.#known.set(key, found);
    return found;
  }

  #lookUp(path: string, followLast: boolean): Place | Failure {
    let links = 0;
    // Backwards, so that the next part is popped.
    const pending = splitPath(path).reverse();
    let done: string[] = [];
    let stack: DirectoryNode[] = [this.root];
    for (;;) {
      const directory = stack[stack.length - 1] ?? this.root;
      const name = pending.pop();
      if (name === undefined) {
        return { parent: directory, name: '', node: directory, path: joinPath(done) };
      }
      if (name === '..') {
        stack.splice(Math.max(1, stack.length - 1));
        done.pop();
        continue;
      }
      const node = directory.entries.get(name);
      const isLast = pending.length === 0;
      if (node?.kind === 'link' && (!isLast || followLast)) {
        links += 1;
        if (links > MAX_LINKS) {
          return 'ELOOP';
        }
        if (node.target.startsWith('/')) {
          stack = [this.root];
          done = [];
        }
        const parts = node.target.split('/').filter((part) => part !== '' && part !== '.');
        pending.push(...parts.reverse());
      } else if (isLast) {
        done.push(name);
        return { parent: directory, name, node, path: joinPath(done) };
      } else if (node?.kind === 'directory') {
        stack.push(node);
        done.push(name);
      } else {
        return node === undefined ? 'ENOENT' : 'ENOTDIR';
      }
    }
  }

  /** So many bytes more, or fewer, are taken at a path without links. */
  count(path: string, bytes: number): void {
    this.#bytes[isOfTmpfs(path) ? 'memory' : 'disk'] += bytes;
  }

  /** The system partition is the same for all nodes, and read-only on each. */
  protected isReadOnly(path: string): boolean {
    return path.startsWith('/usr/');
  }

  /** @throws FileError EROFS. The folder itself is put there once, with the image. */
  #refuseReadOnly(path: string, call: string): void {
    if (this.isReadOnly(path)) {
      throw new FileError('EROFS', 'read-only file system', call, path);
    }
  }

  #common(mode: number): { mode: number; owner: string; modifiedAt: number } {
    return { mode, owner: 'root', modifiedAt: this.#now() };
  }
}

function bytesBelow(node: TreeNode | undefined): number {
  if (node?.kind === 'directory') {
    return [...node.entries.values()].reduce((sum, child) => sum + bytesBelow(child), 0);
  }
  return node?.kind === 'file' ? sizeOf(node) : 0;
}
