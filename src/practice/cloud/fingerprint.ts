import { createHash } from 'node:crypto';

/** MD5 of the key's blob as sixteen hex bytes with colons, without a prefix: DigitalOcean's form. Undefined when it is no key. */
export function fingerprintOf(publicKey: string): string | undefined {
  const [type, encoded] = publicKey.trim().split(/\s+/);
  if (type === undefined || encoded === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const blob = Buffer.from(encoded, 'base64');
  // The blob begins with its own type, length first; RFC 4253, 6.6.
  if (blob.length < 4 + type.length || blob.readUInt32BE(0) !== type.length) return undefined;
  if (blob.toString('latin1', 4, 4 + type.length) !== type) return undefined;
  const digest = createHash('md5').update(blob).digest('hex');
  return digest.replaceAll(/(..)(?!$)/g, '$1:');
}
