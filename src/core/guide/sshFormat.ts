import { createHash, randomBytes, type KeyObject } from 'node:crypto';

/** The SSH wire format, as far as keys need it (RFC 4251 §5, RFC 4253 §6.6, RFC 8709, OpenSSH's PROTOCOL.key). */

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export const sshString = (value: Buffer | string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
};

/** A positive multi-precision integer: a zero byte in front when its first bit is set. */
const sshInteger = (value: Buffer): Buffer =>
  sshString((value[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), value]) : value);

const field = (key: KeyObject, name: 'n' | 'e' | 'd' | 'x'): Buffer => {
  const value = key.export({ format: 'jwk' })[name];
  if (value === undefined) {
    throw new TypeError(`The key has no ${name}`);
  }
  return Buffer.from(value, 'base64url');
};

/** `ssh-rsa AAAA…`, from a public or private RSA key. */
export function rsaPublicLine(key: KeyObject): string {
  const blob = Buffer.concat([sshString('ssh-rsa'), sshInteger(field(key, 'e')), sshInteger(field(key, 'n'))]);
  return `ssh-rsa ${blob.toString('base64')}`;
}

const ed25519Blob = (key: KeyObject): Buffer => Buffer.concat([sshString('ssh-ed25519'), sshString(field(key, 'x'))]);

export const ed25519PublicLine = (key: KeyObject): string => `ssh-ed25519 ${ed25519Blob(key).toString('base64')}`;

/** The only private format in which sshd takes an ed25519 host key (PROTOCOL.key), not encrypted. */
export function ed25519PrivateFile(key: KeyObject): string {
  const publicPart = field(key, 'x');
  const check = randomBytes(4);
  const secret = Buffer.concat([
    ...[check, check, ed25519Blob(key)],
    ...[sshString(Buffer.concat([field(key, 'd'), publicPart])), sshString('')],
  ]);
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, i) => i + 1));
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...[sshString('none'), sshString('none'), sshString(''), uint32(1), sshString(ed25519Blob(key))],
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** DigitalOcean's fingerprint: MD5 of the key's blob, in sixteen colon-separated bytes (openapi, ssh_key_fingerprint). */
export function fingerprintOf(publicLine: string): string {
  const blob = Buffer.from(publicLine.split(' ')[1] ?? '', 'base64');
  const digest = createHash('md5').update(blob).digest('hex'); // An identifier here, not a protection.
  return (digest.match(/../g) ?? []).join(':');
}
