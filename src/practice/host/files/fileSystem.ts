import type { BufferEncoding, ByteString, CpOptions, FileContent, FsStat, IFileSystem } from 'just-bash';
import type { MkdirOptions, RmOptions } from 'just-bash';
import { LONG, LongContent } from './longContent';
import type { Content, FileNode, TreeNode } from './node';
import { bytesOf as bytesIn, FileError, lengthOf, notFound, sizeOf, textOf } from './node';
import { OpenFile } from './openFile';
import { resolvePath } from './path';
import type { FileTree } from './tree';

type Entries = Awaited<ReturnType<NonNullable<IFileSystem['readdirWithFileTypes']>>>;
type TextEncoding = BufferEncoding | { readonly encoding?: BufferEncoding | null } | undefined;

/** A directory takes one of the file system. */
const BLOCK = 4096;

/** What the shell's tools and SFTP see: the tree behind the library's asynchronous interface. */
export class HostFileSystem implements IFileSystem {
  readonly #tree: FileTree;
  readonly #hasRoom: (bytes: number, path: string) => boolean;
  readonly #identities = new WeakMap<TreeNode, number>();
  #nextIdentity = 2;

  constructor(tree: FileTree, hasRoom: (bytes: number, path: string) => boolean) {
    this.#tree = tree;
    this.#hasRoom = hasRoom;
  }

  readFile(path: string, options?: TextEncoding): Promise<string> {
    return attempt(() => {
      const node = this.#tree.file(path);
      const encoding = encodingOf(options);
      return encoding === 'utf8' ? textOf(node) : bytesOf(node).toString(encoding);
    });
  }

  readFileBytes(path: string): Promise<ByteString> {
    // ByteString is a branded string, one character a byte, which only the library's own constructors name.
    return attempt(() => bytesOf(this.#tree.file(path)).toString('latin1') as unknown as ByteString);
  }

  readFileBuffer(path: string): Promise<Uint8Array> {
    return attempt(() => new Uint8Array(bytesOf(this.#tree.file(path))));
  }

  writeFile(path: string, content: FileContent, options?: TextEncoding): Promise<void> {
    return attempt(() => this.#write(path, decode(content, options)));
  }

  appendFile(path: string, content: FileContent, options?: TextEncoding): Promise<void> {
    return attempt(() => {
      const added = decode(content, options);
      const node = this.#tree.find(path);
      if (node?.kind !== 'file') {
        this.#write(path, added);
        return;
      }
      const before = node.content;
      if (before instanceof LongContent || lengthOf(before) + lengthOf(added) >= LONG) {
        const file = this.open(path);
        try {
          file.append(bytesIn(added));
        } finally {
          file.close();
        }
        return;
      }
      this.#write(
        path,
        typeof before === 'string' && typeof added === 'string'
          ? before + added
          : Buffer.concat([bytesIn(before), bytesIn(added)]),
      );
    });
  }

  /** To be read and written piece by piece; the caller closes it. @throws FileError when it is not there, or no file of a disk. */
  open(path: string): OpenFile {
    const tree = this.#tree;
    const found = tree.file(path);
    const { path: real } = tree.locate(path, 'open');
    const node = found.kind === 'file' ? found : tree.newFile(found.read());
    const isThere = (): boolean => tree.find(real, false) === node;
    return new OpenFile({
      node,
      path: real,
      bulk: real.startsWith('/dev/') ? undefined : tree.bulk,
      hasRoom: (bytes) => this.#hasRoom(bytes, real),
      grown: (bytes) => {
        node.modifiedAt = tree.now();
        if (isThere()) {
          tree.count(real, bytes);
        }
      },
      changed: () => {
        if (isThere()) {
          tree.touched(real);
        }
      },
    });
  }

  exists(path: string): Promise<boolean> {
    return Promise.resolve(this.#tree.find(path) !== undefined);
  }

  stat(path: string): Promise<FsStat> {
    return attempt(() => this.#stat(path, 'stat', true));
  }

  lstat(path: string): Promise<FsStat> {
    return attempt(() => this.#stat(path, 'lstat', false));
  }

  mkdir(path: string, options?: MkdirOptions): Promise<void> {
    return attempt(() => {
      const isThere = this.#tree.find(path) !== undefined;
      if (options?.recursive !== true && this.#tree.locate(path, 'mkdir').node !== undefined) {
        throw new FileError('EEXIST', 'file already exists', 'mkdir', path);
      }
      if (!isThere && !this.#hasRoom(BLOCK, path)) {
        throw new FileError('ENOSPC', 'no space left on device', 'mkdir', path);
      }
      this.#tree.makeDirectory(path);
    });
  }

  readdir(path: string): Promise<string[]> {
    return attempt(() => [...this.#directory(path).keys()].sort());
  }

  readdirWithFileTypes(path: string): Promise<Entries> {
    return attempt(() =>
      [...this.#directory(path)]
        .map(([name, node]) => ({
          name,
          isFile: node.kind === 'file' || node.kind === 'virtual',
          isDirectory: node.kind === 'directory',
          isSymbolicLink: node.kind === 'link',
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  }

  rm(path: string, options?: RmOptions): Promise<void> {
    return attempt(() => {
      const node = this.#tree.find(path, false);
      if (node === undefined) {
        if (options?.force === true) {
          return;
        }
        throw notFound('rm', path);
      }
      if (node.kind === 'directory' && node.entries.size > 0 && options?.recursive !== true) {
        throw new FileError('ENOTEMPTY', 'directory not empty', 'rm', path);
      }
      this.#tree.remove(path);
    });
  }

  cp(source: string, destination: string, options?: CpOptions): Promise<void> {
    return attempt(() => {
      const { node } = this.#tree.locate(source, 'cp');
      if (node === undefined) {
        throw notFound('cp', source);
      }
      if (node.kind === 'directory' && options?.recursive !== true) {
        throw new FileError('EISDIR', 'is a directory', 'cp', source);
      }
      if (node.kind === 'file') {
        this.#write(destination, node.content, node.mode);
      } else {
        this.#tree.put(destination, this.#tree.copyOf(node));
      }
    });
  }

  mv(source: string, destination: string): Promise<void> {
    return attempt(() => {
      const { node } = this.#tree.locate(source, 'mv', false);
      if (node === undefined) {
        throw notFound('mv', source);
      }
      this.#tree.locate(destination, 'mv', false);
      this.#tree.remove(source);
      this.#tree.put(destination, node);
    });
  }

  resolvePath(base: string, path: string): string {
    return resolvePath(base, path);
  }

  /** The shell expands patterns by reading directories; the whole list would only cost. */
  getAllPaths(): string[] {
    return [];
  }

  chmod(path: string, mode: number): Promise<void> {
    return attempt(() => {
      this.#tree.change(path, 'chmod', { mode: mode & 0o7777 });
    });
  }

  symlink(target: string, linkPath: string): Promise<void> {
    return attempt(() => {
      if (this.#tree.locate(linkPath, 'symlink', false).node !== undefined) {
        throw new FileError('EEXIST', 'file already exists', 'symlink', linkPath);
      }
      this.#tree.link(target, linkPath);
    });
  }

  link(existingPath: string, newPath: string): Promise<void> {
    return attempt(() => {
      const { node } = this.#tree.locate(existingPath, 'link');
      if (node === undefined) {
        throw notFound('link', existingPath);
      }
      if (node.kind !== 'file') {
        throw new FileError('EPERM', 'operation not permitted', 'link', existingPath);
      }
      if (this.#tree.locate(newPath, 'link', false).node !== undefined) {
        throw new FileError('EEXIST', 'file already exists', 'link', newPath);
      }
      this.#tree.put(newPath, node);
    });
  }

  readlink(path: string): Promise<string> {
    return attempt(() => {
      const { node } = this.#tree.locate(path, 'readlink', false);
      if (node === undefined) {
        throw notFound('readlink', path);
      }
      if (node.kind !== 'link') {
        throw new FileError('EINVAL', 'invalid argument', 'readlink', path);
      }
      return node.target;
    });
  }

  realpath(path: string): Promise<string> {
    return attempt(() => {
      const place = this.#tree.locate(path, 'realpath');
      if (place.node === undefined) {
        throw notFound('realpath', path);
      }
      return place.path;
    });
  }

  utimes(path: string, _accessed: Date, modified: Date): Promise<void> {
    return attempt(() => {
      this.#tree.change(path, 'utimes', { modifiedAt: modified.getTime() });
    });
  }

  #write(path: string, content: Content, mode?: number): void {
    const place = this.#tree.locate(path, 'open'); // Not locateForWrite: a missing directory is an error in a shell.
    const before = place.node === undefined ? 0 : sizeOf(place.node);
    if (!this.#hasRoom(lengthOf(content) - before, place.path)) {
      throw new FileError('ENOSPC', 'no space left on device', 'write', path);
    }
    this.#tree.write(path, content, mode === undefined ? {} : { mode });
  }

  #directory(path: string): Map<string, TreeNode> {
    const { node } = this.#tree.locate(path, 'scandir');
    if (node === undefined) {
      throw notFound('scandir', path);
    }
    if (node.kind !== 'directory') {
      throw new FileError('ENOTDIR', 'not a directory', 'scandir', path);
    }
    return node.entries;
  }

  #stat(path: string, call: string, followLast: boolean): FsStat {
    const { node } = this.#tree.locate(path, call, followLast);
    if (node === undefined) {
      throw notFound(call, path);
    }
    return {
      isFile: node.kind === 'file' || node.kind === 'virtual',
      isDirectory: node.kind === 'directory',
      isSymbolicLink: node.kind === 'link',
      mode: node.mode,
      size: sizeOf(node),
      mtime: new Date(node.modifiedAt),
      dev: 1,
      ino: this.#identity(node),
    };
  }

  #identity(node: TreeNode): number {
    const known = this.#identities.get(node);
    if (known !== undefined) {
      return known;
    }
    this.#nextIdentity += 1;
    this.#identities.set(node, this.#nextIdentity);
    return this.#nextIdentity;
  }
}

/** The tree is synchronous and throws; the interface promises. */
function attempt<T>(run: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(run());
  });
}

function encodingOf(options: TextEncoding): NodeJS.BufferEncoding {
  const encoding = typeof options === 'string' ? options : options?.encoding;
  return encoding === undefined || encoding === null || encoding === 'utf-8' ? 'utf8' : encoding;
}

function decode(content: FileContent, options: TextEncoding): string | Uint8Array {
  if (typeof content !== 'string') {
    return content;
  }
  const encoding = encodingOf(options);
  return encoding === 'utf8' ? content : asTextIfPossible(Buffer.from(content, encoding));
}

/** Redirections of the shell arrive as bytes; text is kept as text because systemd and the state file want it so. */
function asTextIfPossible(bytes: Buffer): string | Uint8Array {
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? text : bytes;
}

/** What was only reserved reads as zeros; of a swap file's gibibytes nobody reads them. */
const MOST_ZEROS = 256 * 1024 * 1024;

function bytesOf(node: FileNode | Parameters<typeof textOf>[0]): Buffer {
  if (node.kind !== 'file') {
    return Buffer.from(textOf(node));
  }
  const content = bytesIn(node.content);
  const isShort = node.allocated > content.length && node.allocated <= MOST_ZEROS;
  return isShort ? Buffer.concat([content], node.allocated) : content;
}
