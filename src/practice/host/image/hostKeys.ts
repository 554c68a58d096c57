import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { makeEd25519Pair } from '../../ssh/ed25519';
import type { FileTree } from '../files/tree';
import { LazyFile } from './lazyFile';

type Kind = 'rsa' | 'ecdsa' | 'ed25519';

interface Pair {
  readonly private: string;
  readonly public: string;
}

const RSA_BITS = 2048;
/** An RSA key keeps a processor busy for a good while: it is made when the first rush is over. */
const RSA_DELAY_MS = 10_000;

const MAKERS: Readonly<Record<Kind, () => Pair>> = {
  rsa: () => ssh2.utils.generateKeyPairSync('rsa', { bits: RSA_BITS }),
  ecdsa: () => ssh2.utils.generateKeyPairSync('ecdsa', { bits: 256 }),
  ed25519: () => makeEd25519Pair(),
};

/** A new pair, at once: an RSA key takes a tenth of a second. */
export const makeHostKey = (kind: Kind): Pair => MAKERS[kind]();

/** One of the node's own key pairs, made when somebody first reads either half. */
class HostKey {
  readonly #tree: FileTree;
  readonly #path: string;
  readonly #hostname: string;
  readonly #private: LazyFile;
  readonly #public: LazyFile;
  #isComing = false;

  constructor(
    tree: FileTree,
    private readonly kind: Kind,
    hostname: string,
  ) {
    this.#tree = tree;
    this.#path = `/etc/ssh/ssh_host_${kind}_key`;
    this.#hostname = hostname;
    const make = (): void => this.#fill(MAKERS[kind]());
    this.#private = new LazyFile(0o600, make);
    this.#public = new LazyFile(0o644, make);
    tree.put(this.#path, this.#private);
    tree.put(`${this.#path}.pub`, this.#public);
  }

  /** Makes it at once, or in a while when that takes long. */
  prepare(): void {
    if (this.#tree.find(this.#path) !== this.#private || !this.#private.isPending) {
      return;
    }
    if (this.kind !== 'rsa') {
      this.#fill(MAKERS[this.kind]());
    } else if (!this.#isComing) {
      this.#isComing = true;
      setTimeout(() => void this.#makeLater(), RSA_DELAY_MS).unref();
    }
  }

  /** On a thread beside the event loop. */
  async #makeLater(): Promise<void> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', {
      modulusLength: RSA_BITS,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    });
    const parsed = ssh2.utils.parseKey(privateKey);
    if (this.#private.isPending && !(parsed instanceof Error)) {
      this.#fill({ private: privateKey, public: `ssh-rsa ${parsed.getPublicSSH().toString('base64')}` });
    }
  }

  /** Both halves in one moment, lest a restart between the two leaves halves of different keys. */
  #fill(pair: Pair): void {
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

/**
 * Before a connection: the small keys are there afterwards, the RSA key soon. Until then sshd offers the others, which every
 * client since OpenSSH 5.7, and Go's, takes.
 */
export function prepareHostKeys(tree: FileTree): void {
  keysOf.get(tree)?.forEach((key) => key.prepare());
}
