import type {
  BufferEncoding,
  ByteString,
  CpOptions,
  FileContent,
  FsStat,
  IFileSystem,
  MkdirOptions,
  RmOptions,
} from 'just-bash';
import { unsafeBytesFromLatin1 } from 'just-bash';
import type { HostFileSystem } from '../host/files/fileSystem';
import { FileError, notFound } from '../host/files/node';
import type { OpenFile } from '../host/files/openFile';
import type { Permissions } from './permissions';
import { parentOf } from './permissions';
import type { Mask } from './umask';
import { DEFAULT_MASK } from './umask';

/** A file that is no file: the session's own streams, a connection. */
export interface Device {
  read?(): Promise<Buffer>;
  write?(bytes: Buffer): void | Promise<void>;
}

export interface SessionFileParts {
  readonly files: HostFileSystem;
  readonly permissions: Permissions;
  /** What is left out of the modes of new files; the usual when absent. */
  readonly mask?: Mask | undefined;
  /** Undefined for what is no device of this session. */
  device(path: string): Device | undefined;
  /** What the interpreter must find in a native program when it takes it for a script. */
  scriptFor(path: string): string | undefined;
  /** Whether the interpreter finds a command in /usr/bin though no file is there. */
  isCommand(name: string): boolean;
}

type Entries = Awaited<ReturnType<NonNullable<IFileSystem['readdirWithFileTypes']>>>;
type Encoding = BufferEncoding | { readonly encoding?: BufferEncoding | null } | undefined;

const BIN = /^\/usr\/bin\/([^/]+)$/;
const denied = (call: string, path: string): FileError => new FileError('EACCES', 'permission denied', call, path);

/**
 * The node's files as one user's shell sees them: permissions apply, and some paths are devices of the session. `denials` has what
 * was refused, because the library's tools say "No such file or directory" whatever the reason was.
 */
export class SessionFiles implements IFileSystem {
  readonly denials = new Set<string>();
  readonly #parts: SessionFileParts;

  constructor(parts: SessionFileParts) {
    this.#parts = parts;
  }

  async readFile(path: string, options?: Encoding): Promise<string> {
    const device = this.#parts.device(path);
    if (device !== undefined) {
      return (await this.#readDevice(device, path)).toString(encodingOf(options));
    }
    this.#mayRead(path);
    const script = this.#parts.scriptFor(path);
    return script ?? (await this.#parts.files.readFile(path, options));
  }

  async readFileBytes(path: string): Promise<ByteString> {
    const device = this.#parts.device(path);
    const bytes = device === undefined ? await this.readFileBuffer(path) : await this.#readDevice(device, path);
    return unsafeBytesFromLatin1(Buffer.from(bytes).toString('latin1'));
  }

  async readFileBuffer(path: string): Promise<Uint8Array> {
    const device = this.#parts.device(path);
    if (device !== undefined) {
      return await this.#readDevice(device, path);
    }
    this.#mayRead(path);
    return await this.#parts.files.readFileBuffer(path);
  }

  async writeFile(path: string, content: FileContent, options?: Encoding): Promise<void> {
    await this.#store(path, content, { options, call: (...args) => this.#parts.files.writeFile(...args) });
  }

  async appendFile(path: string, content: FileContent, options?: Encoding): Promise<void> {
    await this.#store(path, content, { options, call: (...args) => this.#parts.files.appendFile(...args) });
  }

  /** To be read piece by piece; the caller closes it. */
  open(path: string): OpenFile {
    this.#mayRead(path);
    return this.#parts.files.open(path);
  }

  /** To be written piece by piece; made, emptied as asked. */
  async openForWriting(path: string, how: { isEmptied: boolean; mode?: number | undefined }): Promise<OpenFile> {
    this.#mayWrite('open', path);
    if (!(await this.#parts.files.exists(path))) {
      await this.#parts.files.writeFile(path, '');
      await this.#begin(path, 0o666);
      if (how.mode !== undefined && how.mode !== 0) {
        await this.#parts.files.chmod(path, how.mode & 0o777);
      }
    } else if (how.isEmptied) {
      await this.#parts.files.writeFile(path, '');
    }
    return this.#parts.files.open(path);
  }

  exists(path: string): Promise<boolean> {
    if (this.#parts.device(path) !== undefined || this.#isCommand(path)) {
      return Promise.resolve(true);
    }
    return this.#parts.permissions.maySearch(parentOf(path)) ? this.#parts.files.exists(path) : Promise.resolve(false);
  }

  async stat(path: string): Promise<FsStat> {
    if (this.#parts.device(path) !== undefined) {
      return fileStat(0o666);
    }
    if (this.#isCommand(path) && !(await this.#parts.files.exists(path))) {
      return fileStat(0o755);
    }
    this.#maySearch('stat', path);
    return await this.#parts.files.stat(path);
  }

  async lstat(path: string): Promise<FsStat> {
    this.#maySearch('lstat', path);
    return await this.#parts.files.lstat(path);
  }

  async mkdir(path: string, options?: MkdirOptions): Promise<void> {
    if (options?.recursive === true) {
      await this.#makeParents(path);
      return;
    }
    await this.#makeOne(path);
  }

  async readdir(path: string): Promise<string[]> {
    this.#mayRead(path);
    return await this.#parts.files.readdir(path);
  }

  async readdirWithFileTypes(path: string): Promise<Entries> {
    this.#mayRead(path);
    return await this.#parts.files.readdirWithFileTypes(path);
  }

  async rm(path: string, options?: RmOptions): Promise<void> {
    this.#mayChangeIn('unlink', path);
    await this.#parts.files.rm(path, options);
  }

  async cp(source: string, destination: string, options?: CpOptions): Promise<void> {
    this.#mayRead(source);
    this.#mayWrite('open', destination);
    const isNew = !(await this.#parts.files.exists(destination));
    await this.#parts.files.cp(source, destination, options);
    if (isNew) {
      this.#parts.permissions.claim(destination);
    }
  }

  async mv(source: string, destination: string): Promise<void> {
    this.#mayChangeIn('rename', source);
    this.#mayChangeIn('rename', destination);
    await this.#parts.files.mv(source, destination);
  }

  resolvePath(base: string, path: string): string {
    return this.#parts.files.resolvePath(base, path);
  }

  getAllPaths(): string[] {
    return [];
  }

  async chmod(path: string, mode: number): Promise<void> {
    if (!this.#parts.permissions.mayOwn(path)) {
      throw new FileError('EPERM', 'operation not permitted', 'chmod', path);
    }
    await this.#parts.files.chmod(path, mode);
  }

  async symlink(target: string, linkPath: string): Promise<void> {
    this.#mayChangeIn('symlink', linkPath);
    await this.#parts.files.symlink(target, linkPath);
    this.#parts.permissions.claim(linkPath);
  }

  async link(existingPath: string, newPath: string): Promise<void> {
    this.#mayChangeIn('link', newPath);
    await this.#parts.files.link(existingPath, newPath);
  }

  async readlink(path: string): Promise<string> {
    return await this.#parts.files.readlink(path);
  }

  async realpath(path: string): Promise<string> {
    return await this.#parts.files.realpath(path);
  }

  async utimes(path: string, accessed: Date, modified: Date): Promise<void> {
    this.#mayWrite('utime', path);
    await this.#parts.files.utimes(path, accessed, modified);
  }

  async #store(
    path: string,
    content: FileContent,
    how: { options: Encoding; call: IFileSystem['writeFile'] },
  ): Promise<void> {
    const device = this.#parts.device(path);
    if (device !== undefined) {
      const bytes = typeof content === 'string' ? Buffer.from(content, encodingOf(how.options)) : Buffer.from(content);
      if (bytes.length > 0) {
        await device.write?.(bytes);
      }
      return;
    }
    this.#mayWrite('open', path);
    const isNew = !(await this.#parts.files.exists(path));
    if (typeof content !== 'string' || how.options === undefined) {
      await how.call(path, content);
    } else {
      await how.call(path, content, encodingOf(how.options));
    }
    if (isNew) {
      await this.#begin(path, 0o666);
    }
  }

  /** What a user makes is the user's, with the mode that the shell's mask leaves. */
  async #begin(path: string, mode: number): Promise<void> {
    const { mask, permissions, files } = this.#parts;
    permissions.claim(path);
    if (mask !== undefined && mask.value !== DEFAULT_MASK) {
      await files.chmod(path, mode & ~mask.value);
    }
  }

  async #readDevice(device: Device, path: string): Promise<Buffer> {
    if (device.read === undefined) {
      throw denied('open', path);
    }
    return await device.read();
  }

  async #makeParents(path: string): Promise<void> {
    if (path === '/' || (await this.#parts.files.exists(path))) {
      return;
    }
    await this.#makeParents(parentOf(path));
    await this.#makeOne(path);
  }

  async #makeOne(path: string): Promise<void> {
    const parent = parentOf(path);
    if (!(await this.#parts.files.exists(parent))) {
      throw notFound('mkdir', path);
    }
    this.#mayChangeIn('mkdir', path);
    await this.#parts.files.mkdir(path);
    await this.#begin(path, 0o777);
  }

  #isCommand(path: string): boolean {
    const name = BIN.exec(path)?.[1];
    return name !== undefined && this.#parts.isCommand(name);
  }

  #mayRead(path: string): void {
    this.#require(this.#parts.permissions.mayRead(path), 'open', path);
  }

  #mayWrite(call: string, path: string): void {
    this.#require(this.#parts.permissions.mayWrite(path), call, path);
  }

  #mayChangeIn(call: string, path: string): void {
    this.#require(this.#parts.permissions.mayChangeIn(parentOf(path)), call, path);
  }

  #maySearch(call: string, path: string): void {
    this.#require(this.#parts.permissions.maySearch(parentOf(path)), call, path);
  }

  #require(isAllowed: boolean, call: string, path: string): void {
    if (!isAllowed) {
      this.denials.add(path);
      throw denied(call, path);
    }
  }
}

const fileStat = (mode: number): FsStat => ({
  isFile: true,
  isDirectory: false,
  isSymbolicLink: false,
  mode,
  size: 0,
  mtime: new Date(0),
});

function encodingOf(options: Encoding): BufferEncoding {
  const encoding = typeof options === 'string' ? options : options?.encoding;
  return encoding === undefined || encoding === null || encoding === 'utf-8' ? 'utf8' : encoding;
}
