import { createHash } from 'node:crypto';
import type { ServerHostKeyAlgorithm } from 'ssh2';
import { ClusterError } from '../../core/errors';
import type { NodeEndpoint } from '../../core/ports';

/** Says whether a host key is the right one. Synchronous by type: ssh2 would take a promise for a yes. */
export type HostVerifier = (key: Buffer) => boolean;

/**
 * Signature algorithms by type of host key. Only those of the pinned keys are offered, so that a node which has several keys
 * shows the one we know. No `ssh-rsa`: that is SHA-1.
 */
const ALGORITHMS: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

export interface PinnedKeys {
  readonly algorithms: ServerHostKeyAlgorithm[];
  readonly isTrusted: HostVerifier;
  /** For messages. */
  readonly fingerprints: string;
}

/** @throws ClusterError hostKeyChanged when nothing usable is pinned: a node whose key is unknown is not contacted */
export function pinnedKeys({ name, trustedHostKeys }: NodeEndpoint): PinnedKeys {
  const blobs = trustedHostKeys.flatMap((line) => parseLine(line) ?? []);
  const algorithms = [...new Set(blobs.flatMap(({ type }) => ALGORITHMS[type] ?? []))];
  if (algorithms.length === 0) {
    const message = `No host key of ${name} is known, so it is not contacted.`;
    throw new ClusterError(message, { code: 'hostKeyChanged' });
  }
  return {
    algorithms,
    isTrusted: (key) => blobs.some(({ blob }) => blob.equals(key)),
    fingerprints: blobs.map(({ blob }) => fingerprint(blob)).join(', '),
  };
}

/** As OpenSSH shows it: SHA-256 of the key, base64 without padding. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** A host key as ssh2 shows it, as an OpenSSH public key line without comment. */
export function toLine(key: Buffer): string {
  return `${typeOf(key)} ${key.toString('base64')}`;
}

/** ssh2 refuses a key on a strict `false` only; a verifier that throws or answers anything else must refuse, too. */
export function strict(verify: HostVerifier): HostVerifier {
  return (key) => {
    try {
      const answer: unknown = verify(key);
      return answer === true;
    } catch {
      return false;
    }
  };
}

function parseLine(line: string): { type: string; blob: Buffer } | undefined {
  const [, base64] = line.trim().split(/\s+/);
  const blob = Buffer.from(base64 ?? '', 'base64');
  const type = typeOf(blob);
  return type === '' ? undefined : { type, blob };
}

/** The key's own word for its type: four bytes of length, then the name (RFC 4253, 6.6). */
function typeOf(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0;
  return length > 0 && length <= 64 ? key.subarray(4, 4 + length).toString('latin1') : '';
}
