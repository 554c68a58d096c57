import type { Host } from '../kernel';
import { insideOf } from '../host/inside';
import type { TreeNode } from '../host/files/node';

export type User = 'core' | 'root';

/** Groups of core (the image's /etc/group), as far as files belong to one. */
const GROUP_READ = ['/var/log/journal'];

/** What a user may do with the node's files, by owner and mode. */
export class Permissions {
  constructor(
    private readonly host: Host,
    readonly user: User,
  ) {}

  mayRead(path: string): boolean {
    const node = this.#find(path);
    return node === undefined
      ? this.maySearch(parentOf(path))
      : this.#allows(node, 4, path) && this.maySearch(parentOf(path));
  }

  /** An existing file by its own mode, a new one by its directory's. */
  mayWrite(path: string): boolean {
    const node = this.#find(path);
    return node === undefined ? this.mayChangeIn(parentOf(path)) : this.#allows(node, 2, path);
  }

  /** Make and remove entries. */
  mayChangeIn(directory: string): boolean {
    const node = this.#find(directory);
    return node === undefined || this.#allows(node, 2, directory);
  }

  /** chmod, touch: the owner's. */
  mayOwn(path: string): boolean {
    const node = this.#find(path);
    return this.user === 'root' || node === undefined || node.owner === this.user;
  }

  maySearch(directory: string): boolean {
    if (this.user === 'root') {
      return true;
    }
    for (let path = directory; path !== '/'; path = parentOf(path)) {
      const node = this.#find(path);
      if (node?.kind === 'directory' && !this.#allows(node, 1, path)) {
        return false;
      }
    }
    return true;
  }

  /** `unreachable`: a directory on the way is missing. */
  kindAt(path: string): 'absent' | 'directory' | 'file' | 'unreachable' {
    const node = this.#find(path);
    if (node === undefined) {
      return this.#find(parentOf(path))?.kind === 'directory' ? 'absent' : 'unreachable';
    }
    return node.kind === 'directory' ? 'directory' : 'file';
  }

  ownerOf(path: string, followLast = true): string {
    return this.#find(path, followLast)?.owner ?? 'root';
  }

  /** What a user makes is the user's. */
  claim(path: string): void {
    const node = this.user === 'root' ? undefined : this.#find(path, false);
    if (node !== undefined && node.owner !== this.user) {
      node.owner = this.user;
      insideOf(this.host).tree.touched(insideOf(this.host).tree.locate(path, 'chown', false).path);
    }
  }

  #find(path: string, followLast = true): TreeNode | undefined {
    return insideOf(this.host).tree.find(path, followLast);
  }

  #allows(node: TreeNode, bit: 1 | 2 | 4, path: string): boolean {
    if (this.user === 'root') {
      return true;
    }
    if (isShared(path)) {
      return true;
    }
    if (path === '/root') {
      return false;
    }
    if (node.owner === this.user) {
      return ((node.mode >> 6) & bit) !== 0;
    }
    return (node.mode & bit) !== 0 || (bit === 4 && GROUP_READ.some((top) => path.startsWith(top)));
  }
}

/** Sticky directories that everybody may write into. */
const isShared = (path: string): boolean => path === '/tmp' || path === '/var/tmp' || path === '/dev/shm';

export const parentOf = (path: string): string => path.replace(/\/[^/]*\/?$/, '') || '/';
