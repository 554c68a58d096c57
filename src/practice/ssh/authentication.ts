import type { AuthContext, ParsedKey, PublicKeyAuthContext } from 'ssh2';
import ssh2 from 'ssh2';
import type { Host } from '../kernel';
import { acceptsSignature } from './serverSettings';

const { parseKey } = ssh2.utils;

/** OpenSSH's own limit (MaxAuthTries). */
const MOST_TRIES = 6;

/** Public key only, user core only: CoreOS lets nobody else in (facts/coreos.md §3). */
export class Authenticator {
  #tries = 0;

  constructor(
    private readonly host: Host,
    private readonly onTooMany: () => void,
  ) {}

  decide(context: AuthContext): void {
    if (context.method !== 'publickey') {
      this.#reject(context, context.method !== 'none');
      return;
    }
    this.#decideKey(context).catch(() => this.#reject(context, true));
  }

  async #decideKey(context: PublicKeyAuthContext): Promise<void> {
    const key = context.username === 'core' ? await this.#authorized(context.key.data) : undefined;
    const algorithm = algorithmOf(context);
    if (key === undefined || !(await acceptsSignature(this.host, algorithm))) {
      this.#reject(context, true);
      return;
    }
    // Who asks hears of the very algorithm asked for (RFC 4252, section 7): Go of today takes no other answer. ssh2 would name the key's type.
    context.key.algo = algorithm;
    const { signature, blob, hashAlgo } = context;
    // Without a signature the client only asks whether this key would do.
    if (signature === undefined || (blob !== undefined && key.verify(blob, signature, hashAlgo))) {
      context.accept();
    } else {
      this.#reject(context, true);
    }
  }

  #reject(context: AuthContext, counts: boolean): void {
    this.#tries += counts ? 1 : 0;
    if (this.#tries >= MOST_TRIES) {
      this.onTooMany();
      return;
    }
    context.reject(['publickey']);
  }

  async #authorized(blob: Buffer): Promise<ParsedKey | undefined> {
    for (const line of await this.#lines()) {
      const match = /(?:^|\s)((?:ssh|ecdsa|sk)-\S+)\s+([A-Za-z0-9+/=]+)/.exec(line);
      if (match?.[2] !== undefined && Buffer.from(match[2], 'base64').equals(blob)) {
        const key = parseKey(`${match[1] ?? ''} ${match[2]}`);
        return key instanceof Error ? undefined : key;
      }
    }
    return undefined;
  }

  /** `authorized_keys`, or on later CoreOS the files that update-ssh-keys joins into it. */
  async #lines(): Promise<string[]> {
    const { files } = this.host;
    const folder = '/home/core/.ssh';
    const names = (await files.exists(`${folder}/authorized_keys.d`))
      ? await files.readdir(`${folder}/authorized_keys.d`)
      : [];
    const paths = [`${folder}/authorized_keys`, ...names.map((name) => `${folder}/authorized_keys.d/${name}`)];
    const texts: string[] = [];
    for (const path of paths) {
      if (await files.exists(path)) {
        texts.push(await files.readFile(path));
      }
    }
    return texts
      .join('\n')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  }
}

/** `rsa-sha2-256` is a way to sign with a key of type ssh-rsa, and ssh2 keeps the two apart. */
function algorithmOf({ key, hashAlgo }: PublicKeyAuthContext): string {
  return key.algo === 'ssh-rsa' && hashAlgo !== undefined ? `rsa-sha2-${hashAlgo.replace('sha', '')}` : key.algo;
}
