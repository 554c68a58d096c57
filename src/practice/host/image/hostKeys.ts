import ssh2 from 'ssh2';
import type { FileNode } from '../files/node';
import type { FileTree } from '../files/tree';

const KINDS = [
  { name: 'rsa', make: () => ssh2.utils.generateKeyPairSync('rsa', { bits: 2048 }) },
  { name: 'ecdsa', make: () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }) },
  { name: 'ed25519', make: () => ssh2.utils.generateKeyPairSync('ed25519') },
] as const;

/**
 * /etc/ssh/ssh_host_*_key: made by the node itself before its SSH daemon first serves. Making a key takes time of ours, so it is
 * made when somebody first reads it; until then the file only seems to be there.
 */
export function installHostKeys(tree: FileTree, hostname: string): void {
  for (const { name, make } of KINDS) {
    let pair: { readonly private: string; readonly public: string } | undefined;
    const path = `/etc/ssh/ssh_host_${name}_key`;
    // The public half is written in the same moment, lest a restart between the two leaves halves of different keys.
    const both = (): { private: string; public: string } => {
      pair ??= make();
      return { private: pair.private, public: `${pair.public} root@${hostname}\n` };
    };
    const privateFile = lazyFile(tree, path, 0o600, () => both().private);
    const publicFile = lazyFile(tree, `${path}.pub`, 0o644, () => both().public);
    privateFile.siblings.push(publicFile);
    publicFile.siblings.push(privateFile);
  }
}

/** A file whose content is made at the first look, with everything that belongs to it. */
class LazyFile implements FileNode {
  readonly kind = 'file';
  mode: number;
  modifiedAt = 0;
  owner = 'root';
  allocated = 0;
  readonly siblings: LazyFile[] = [];
  readonly #make: () => string;
  readonly #made: () => void;
  #content: string | Uint8Array | undefined;

  constructor(mode: number, make: () => string, made: () => void) {
    this.mode = mode;
    this.#make = make;
    this.#made = made;
  }

  get isPending(): boolean {
    return this.#content === undefined;
  }

  materialize(): void {
    if (this.#content === undefined) {
      this.#content = this.#make();
      this.#made();
    }
  }

  get content(): string | Uint8Array {
    if (this.isPending) {
      this.materialize();
      this.siblings.forEach((sibling) => sibling.materialize());
    }
    return this.#content ?? '';
  }

  set content(value: string | Uint8Array) {
    this.#content = value;
  }
}

function lazyFile(tree: FileTree, path: string, mode: number, make: () => string): LazyFile {
  const file = new LazyFile(mode, make, () => tree.touched(path));
  tree.put(path, file);
  return file;
}
