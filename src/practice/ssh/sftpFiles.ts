import type { Attributes, FileEntry } from 'ssh2';
import ssh2 from 'ssh2';
import type { Host } from '../kernel';
import { FileError, notFound } from '../host/files/node';
import type { OpenFile } from '../host/files/openFile';
import { Permissions } from '../shell/permissions';
import type { User } from '../shell/permissions';
import type { SessionFiles } from '../shell/sessionFiles';
import { userFiles } from '../shell/userFiles';

const { OPEN_MODE } = ssh2.utils.sftp;
const KINDS = { directory: 0o040_000, file: 0o100_000, link: 0o120_000 };
/** The image's /etc/passwd. */
const IDS: Readonly<Record<string, number>> = { root: 0, core: 500, etcd: 232, fleet: 253 };

/** A node's files in SFTP's terms. */
export class SftpFiles {
  readonly system: SessionFiles;
  readonly #permissions: Permissions;

  constructor(host: Host, user: User) {
    this.#permissions = new Permissions(host, user);
    this.system = userFiles(host, user);
  }

  isAppending(flags: number): boolean {
    return (flags & OPEN_MODE.APPEND) !== 0;
  }

  async open(path: string, flags: number, mode: number | undefined): Promise<OpenFile> {
    const isThere = await this.system.exists(path);
    if ((flags & OPEN_MODE.EXCL) !== 0 && isThere) {
      throw new FileError('EEXIST', 'file already exists', 'open', path);
    }
    if (!isThere && (flags & OPEN_MODE.CREAT) === 0) {
      throw notFound('open', path);
    }
    if (isThere && (await this.system.stat(path)).isDirectory) {
      throw new FileError('EISDIR', 'illegal operation on a directory', 'open', path);
    }
    return (flags & OPEN_MODE.WRITE) === 0
      ? this.system.open(path)
      : await this.system.openForWriting(path, { isEmptied: (flags & OPEN_MODE.TRUNC) !== 0, mode });
  }

  async attributes(path: string, isLink: boolean): Promise<Attributes> {
    const stat = isLink ? await this.system.lstat(path) : await this.system.stat(path);
    const kind = stat.isDirectory ? KINDS.directory : stat.isSymbolicLink ? KINDS.link : KINDS.file;
    const id = IDS[this.#permissions.ownerOf(path, !isLink)] ?? 0;
    const time = Math.floor(stat.mtime.getTime() / 1000);
    return { mode: kind | (stat.mode & 0o7777), uid: id, gid: id, size: stat.size, atime: time, mtime: time };
  }

  async change(path: string, attributes: Partial<Attributes>): Promise<void> {
    if (attributes.mode !== undefined) {
      await this.system.chmod(path, attributes.mode & 0o7777);
    }
    if (attributes.mtime !== undefined) {
      const at = new Date(attributes.mtime * 1000);
      await this.system.utimes(path, at, at);
    }
  }

  async remove(path: string): Promise<void> {
    if ((await this.system.lstat(path)).isDirectory) {
      throw new FileError('EISDIR', 'is a directory', 'unlink', path);
    }
    await this.system.rm(path);
  }

  async removeDirectory(path: string): Promise<void> {
    if (!(await this.system.stat(path)).isDirectory) {
      throw new FileError('ENOTDIR', 'not a directory', 'rmdir', path);
    }
    await this.system.rm(path);
  }

  async rename(from: string, to: string): Promise<void> {
    if (await this.system.exists(to)) {
      throw new FileError('EEXIST', 'file already exists', 'rename', to);
    }
    await this.system.mv(from, to);
  }

  /** One line of a listing. */
  async describe(folder: string, name: string): Promise<FileEntry> {
    const path = this.system.resolvePath(folder, name);
    const attrs = await this.attributes(path, true);
    const owner = this.#permissions.ownerOf(path, false);
    return { filename: name, longname: longName(attrs, owner, name), attrs };
  }
}

function longName({ mode, size, mtime }: Attributes, owner: string, name: string): string {
  const kind = (mode & 0o170_000) === KINDS.directory ? 'd' : (mode & 0o170_000) === KINDS.link ? 'l' : '-';
  const bits = [6, 3, 0]
    .map((shift) =>
      ['r', 'w', 'x'].map((letter, index) => (((mode >> shift) & (4 >> index)) !== 0 ? letter : '-')).join(''),
    )
    .join('');
  const [, day = '', month = '', , time = ''] = new Date(mtime * 1000).toUTCString().split(' ');
  return `${kind}${bits}    1 ${owner.padEnd(8)} ${owner.padEnd(8)} ${String(size).padStart(8)} ${month} ${String(Number(day)).padStart(2)} ${time.slice(0, 5)} ${name}`;
}
