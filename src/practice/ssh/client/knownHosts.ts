import { createHash } from 'node:crypto';
import ssh2 from 'ssh2';
import type { ProgramContext } from '../../programs/program';
import { Permissions } from '../../shell/permissions';

const KINDS: Readonly<Record<string, string>> = {
  'ssh-rsa': 'RSA',
  'ssh-dss': 'DSA',
  'ssh-ed25519': 'ED25519',
  'ecdsa-sha2-nistp256': 'ECDSA',
  'ecdsa-sha2-nistp384': 'ECDSA',
  'ecdsa-sha2-nistp521': 'ECDSA',
};

export interface KnownKey {
  readonly type: string;
  readonly blob: Buffer;
}

export const typeOf = (blob: Buffer): string => blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1');

/** `ECDSA`, as programs call the kind of a key. */
export const kindOf = (type: string): string => KINDS[type] ?? type;

export const md5Of = (blob: Buffer): string =>
  createHash('md5').update(blob).digest('hex').match(/../g)?.join(':') ?? '';

export const sha256Of = (blob: Buffer): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

/** How a host is written in the file: with the port when that is not 22 (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export const hostPattern = (address: string, port: number): string => (port === 22 ? address : `[${address}]:${port}`);

/** A known_hosts file of the user who runs a program. */
export class KnownHosts {
  readonly path: string;
  readonly #context: ProgramContext;

  constructor(context: ProgramContext, path: string) {
    const home = context.environment['HOME'] ?? (context.user === 'root' ? '/root' : '/home/core');
    this.#context = context;
    this.path = context.host.files.resolvePath(context.workingDirectory, path.replace(/^~(?=\/|$)/, home));
  }

  async keysOf(pattern: string): Promise<readonly KnownKey[]> {
    const { files } = this.#context.host;
    if (!(await files.exists(this.path))) {
      return [];
    }
    return (await files.readFile(this.path)).split('\n').flatMap((line) => {
      const [hosts = '', type = '', text = ''] = line.trim().split(/\s+/);
      const isMeant = hosts.split(',').includes(pattern);
      const isKey = isMeant && !(ssh2.utils.parseKey(`${type} ${text}`) instanceof Error);
      return isKey ? [{ type, blob: Buffer.from(text, 'base64') }] : [];
    });
  }

  async add(pattern: string, blob: Buffer): Promise<void> {
    const { host, user } = this.#context;
    const folder = this.path.replace(/\/[^/]*$/, '');
    const permissions = new Permissions(host, user);
    if (!(await host.files.exists(folder))) {
      await host.files.mkdir(folder, { recursive: true });
      await host.files.chmod(folder, 0o700);
      permissions.claim(folder);
    }
    const isNew = !(await host.files.exists(this.path));
    await host.files.appendFile(this.path, `${pattern} ${typeOf(blob)} ${blob.toString('base64')}\n`);
    if (isNew) {
      permissions.claim(this.path);
    }
  }
}
