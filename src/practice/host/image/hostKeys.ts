import ssh2 from 'ssh2';
import { makeEd25519Pair } from '../../ssh/ed25519';
import type { FileTree } from '../files/tree';
import { LazyFile } from './lazyFile';
import type { KeyPair } from './rsaStock';
import { RSA_BITS, RsaStock } from './rsaStock';

type Kind = 'rsa' | 'ecdsa' | 'ed25519';

/** Keys are no part of a model's state until a node has one. */
const stock = new RsaStock();

const MAKERS: Readonly<Record<Kind, () => KeyPair>> = {
  rsa: () => ssh2.utils.generateKeyPairSync('rsa', { bits: RSA_BITS }),
  ecdsa: () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }),
  ed25519: () => makeEd25519Pair(),
};

/** A new pair, at once: an RSA key takes a tenth of a second. */
export const makeHostKey = (kind: Kind): KeyPair => MAKERS[kind]();

/** One of the node's own key pairs, made when somebody first reads either half. */
class HostKey {
  readonly #tree: FileTree;
  readonly #path: string;
  readonly #hostname: string;
  readonly #private: LazyFile;
  readonly #public: LazyFile;
  #coming: Promise<void> | undefined;

  constructor(
    tree: FileTree,
    private readonly kind: Kind,
    hostname: string,
  ) {
    this.#tree = tree;
    this.#path = `/etc/ssh/ssh_host_${kind}_key`;
    this.#hostname = hostname;
    this.#private = new LazyFile(0o600, () => this.#make());
    this.#public = new LazyFile(0o644, () => this.#make());
    tree.put(this.#path, this.#private);
    tree.put(`${this.#path}.pub`, this.#public);
  }

  get #isMissing(): boolean {
    return this.#tree.find(this.#path) === this.#private && this.#private.isPending;
  }

  /** Somebody will come for it. */
  expect(): void {
    if (this.kind === 'rsa' && this.#isMissing) {
      stock.expect();
    }
  }

  /** Makes it, if it is not there. */
  async prepare(): Promise<void> {
    if (this.#isMissing && this.kind !== 'rsa') {
      this.#fill(MAKERS[this.kind]());
    } else if (this.#isMissing) {
      this.#coming ??= this.#takeNext().finally(() => (this.#coming = undefined));
      await this.#coming;
    }
  }

  /** Makes it at once, if it is not there. */
  complete(): void {
    if (this.#isMissing) {
      this.#make();
    }
  }

  #make(): void {
    this.#fill((this.kind === 'rsa' ? stock.take() : undefined) ?? MAKERS[this.kind]());
  }

  async #takeNext(): Promise<void> {
    const pair = await stock.next();
    if (pair !== undefined && this.#private.isPending) {
      this.#fill(pair);
    }
  }

  /** Both halves in one moment, lest a restart between the two leaves halves of different keys. */
  #fill(pair: KeyPair): void {
    for (const [file, text, suffix] of [
      [this.#private, pair.private, ''],
      [this.#public, `${pair.public} root@${this.#hostname}\n`, '.pub'],
    ] as const) {
      if (file.isPending) {
        file.content = text;
        file.modifiedAt = this.#tree.now();
        this.#tree.touched(`${this.#path}${suffix}`);
      }
    }
  }
}

const keysOf = new WeakMap<FileTree, readonly HostKey[]>();

/** /etc/ssh/ssh_host_*_key: made by the node itself before its SSH daemon first serves, so that no two nodes have the same. */
export function installHostKeys(tree: FileTree, hostname: string): void {
  keysOf.set(
    tree,
    (['rsa', 'ecdsa', 'ed25519'] as const).map((kind) => new HostKey(tree, kind, hostname)),
  );
}

/** The node is on its way, and somebody will want to speak with it. */
export function expectHostKeys(tree: FileTree): void {
  keysOf.get(tree)?.forEach((key) => key.expect());
}

/** A copy of the disk is to have the same. */
export function completeHostKeys(tree: FileTree): void {
  keysOf.get(tree)?.forEach((key) => key.complete());
}

/**
 * Before a connection: the keys are there afterwards. Where very many nodes are contacted in one moment some are without an RSA key
 * still, and sshd offers the others, which every client since OpenSSH 5.7, and Go's, takes.
 */
export async function prepareHostKeys(tree: FileTree): Promise<void> {
  await Promise.all(keysOf.get(tree)?.map((key) => key.prepare()) ?? []);
}
