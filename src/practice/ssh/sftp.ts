import type { SFTPWrapper } from 'ssh2';
import type { Host } from '../kernel';
import { insideOf } from '../host/inside';
import { resolvePath } from '../host/files/path';
import type { OpenFile } from '../host/files/openFile';
import type { SessionParts } from './sessions';
import { endWell } from './sftpEnd';
import { asStatus, OK, UNSUPPORTED } from './sftpStatus';
import { SftpFiles } from './sftpFiles';

/** Names of a directory go out in pieces, as OpenSSH's server sends them. */
const NAMES_AT_ONCE = 100;
const HOME = '/home/core';

type Handle =
  | { readonly kind: 'file'; readonly path: string; readonly file: OpenFile; readonly isAppending: boolean }
  | { readonly kind: 'directory'; readonly path: string; names: string[] };

/** The sftp subsystem (scp of OpenSSH 9 speaks it too) on the node's files, with core's permissions. */
export function serveFiles(parts: SessionParts, client: SFTPWrapper): void {
  new FileServer(parts, client).listen();
}

class FileServer {
  readonly #host: Host;
  readonly #client: SFTPWrapper;
  readonly #files: SftpFiles;
  readonly #handles = new Map<number, Handle>();
  #lastHandle = 0;

  constructor({ host }: SessionParts, client: SFTPWrapper) {
    this.#host = host;
    this.#client = client;
    this.#files = new SftpFiles(host, 'core');
  }

  listen(): void {
    this.#client
      .on('OPEN', (id, name, flags, attributes) =>
        this.#reply(id, () => this.#open(id, absolute(name), { flags, mode: attributes.mode })),
      )
      .on('READ', (id, handle, offset, length) => this.#reply(id, () => this.#read(id, handle, { offset, length })))
      .on('WRITE', (id, handle, offset, data) => this.#reply(id, () => this.#write(id, handle, { offset, data })))
      .on('CLOSE', (id, handle) => this.#reply(id, () => this.#close(id, handle)))
      .on('FSTAT', (id, handle) => this.#reply(id, () => this.#attributes(id, this.#handle(handle).path)))
      .on('STAT', (id, name) => this.#reply(id, () => this.#attributes(id, absolute(name))))
      .on('LSTAT', (id, name) => this.#reply(id, () => this.#attributes(id, absolute(name), true)))
      .on('SETSTAT', (id, name, attributes) =>
        this.#reply(id, () => this.#done(id, this.#files.change(absolute(name), attributes))),
      )
      .on('FSETSTAT', (id, handle, attributes) => this.#reply(id, () => this.#changeOpen(id, handle, attributes)))
      .on('OPENDIR', (id, name) => this.#reply(id, () => this.#openDirectory(id, absolute(name))))
      .on('READDIR', (id, handle) => this.#reply(id, () => this.#readDirectory(id, handle)))
      .on('REALPATH', (id, name) => this.#reply(id, () => this.#realPath(id, absolute(name))))
      .on('READLINK', (id, name) => this.#reply(id, () => this.#readLink(id, absolute(name))))
      .on('MKDIR', (id, name) => this.#reply(id, () => this.#done(id, this.#files.system.mkdir(absolute(name)))))
      .on('RMDIR', (id, name) => this.#reply(id, () => this.#done(id, this.#files.removeDirectory(absolute(name)))))
      .on('REMOVE', (id, name) => this.#reply(id, () => this.#done(id, this.#files.remove(absolute(name)))))
      .on('RENAME', (id, from, to) =>
        this.#reply(id, () => this.#done(id, this.#files.rename(absolute(from), absolute(to)))),
      )
      .on('SYMLINK', (id, name, target) =>
        this.#reply(id, () => this.#done(id, this.#files.system.symlink(target, absolute(name)))),
      )
      .on('EXTENDED', (id) => this.#client.status(id, UNSUPPORTED))
      .on('end', () => this.#end())
      .on('close', () => this.#closeAll());
  }

  /** What was written is safe once the client's program has ended. */
  #end(): void {
    this.#closeAll();
    insideOf(this.#host)
      .filesSaved()
      .then(
        () => endWell(this.#client),
        () => this.#client.end(),
      );
  }

  #reply(id: number, run: () => Promise<void>): void {
    run().catch((error: unknown) => {
      const { code, message } = asStatus(error);
      this.#client.status(id, code, message);
    });
  }

  async #done(id: number, work: Promise<void>): Promise<void> {
    await work;
    this.#client.status(id, OK);
  }

  async #open(id: number, path: string, { flags, mode }: { flags: number; mode: number | undefined }): Promise<void> {
    const file = await this.#files.open(path, flags, mode);
    const isAppending = this.#files.isAppending(flags);
    this.#client.handle(id, this.#keep({ kind: 'file', path, file, isAppending }));
  }

  #read(id: number, handle: Buffer, { offset, length }: { offset: number; length: number }): Promise<void> {
    const { file } = this.#file(handle);
    if (offset >= file.length) {
      this.#client.status(id, asStatus('end').code);
    } else {
      this.#client.data(id, file.read(offset, length));
    }
    return Promise.resolve();
  }

  #write(id: number, handle: Buffer, { offset, data }: { offset: number; data: Buffer }): Promise<void> {
    const { file, isAppending } = this.#file(handle);
    file.write(data, isAppending ? file.length : offset);
    this.#client.status(id, OK);
    return Promise.resolve();
  }

  #close(id: number, handle: Buffer): Promise<void> {
    const entry = this.#handle(handle);
    this.#handles.delete(handle.readUInt32BE(0));
    if (entry.kind === 'file') {
      entry.file.close();
    }
    this.#client.status(id, OK);
    return Promise.resolve();
  }

  /** The client has gone, perhaps in the middle of a file: what it wrote so far stays. */
  #closeAll(): void {
    for (const entry of this.#handles.values()) {
      if (entry.kind === 'file') {
        entry.file.close();
      }
    }
    this.#handles.clear();
  }

  async #attributes(id: number, path: string, isLink = false): Promise<void> {
    this.#client.attrs(id, await this.#files.attributes(path, isLink));
  }

  async #changeOpen(id: number, handle: Buffer, attributes: Parameters<SftpFiles['change']>[1]): Promise<void> {
    const entry = this.#handle(handle);
    if (entry.kind === 'file' && attributes.size !== undefined) {
      entry.file.cut(attributes.size);
    }
    await this.#done(id, this.#files.change(entry.path, attributes));
  }

  async #openDirectory(id: number, path: string): Promise<void> {
    const names = ['.', '..', ...(await this.#files.system.readdir(path))];
    this.#client.handle(id, this.#keep({ kind: 'directory', path, names }));
  }

  async #readDirectory(id: number, handle: Buffer): Promise<void> {
    const entry = this.#handle(handle);
    const names = entry.kind === 'directory' ? entry.names.splice(0, NAMES_AT_ONCE) : [];
    if (names.length === 0) {
      this.#client.status(id, asStatus('end').code);
      return;
    }
    this.#client.name(id, await Promise.all(names.map((name) => this.#files.describe(entry.path, name))));
  }

  async #realPath(id: number, path: string): Promise<void> {
    const real = await this.#files.system.realpath(path).catch(() => path);
    const attributes = await this.#files.attributes(real, true).catch(() => NO_ATTRIBUTES);
    this.#client.name(id, [{ filename: real, longname: real, attrs: attributes }]);
  }

  async #readLink(id: number, path: string): Promise<void> {
    const target = await this.#files.system.readlink(path);
    this.#client.name(id, [{ filename: target, longname: target, attrs: NO_ATTRIBUTES }]);
  }

  #keep(entry: Handle): Buffer {
    this.#lastHandle += 1;
    this.#handles.set(this.#lastHandle, entry);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.#lastHandle);
    return handle;
  }

  #handle(handle: Buffer): Handle {
    const entry = handle.length === 4 ? this.#handles.get(handle.readUInt32BE(0)) : undefined;
    if (entry === undefined) {
      throw new Error('Invalid handle');
    }
    return entry;
  }

  #file(handle: Buffer): Extract<Handle, { kind: 'file' }> {
    const entry = this.#handle(handle);
    if (entry.kind !== 'file') {
      throw new Error('Invalid handle');
    }
    return entry;
  }
}

const NO_ATTRIBUTES = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

const absolute = (name: string): string => resolvePath(HOME, name === '' ? '.' : name);
