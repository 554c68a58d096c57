import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { ed25519PrivateFile, ed25519PublicLine } from './sshFormat';

/** A host key that we know before the droplet exists: it goes in with the user data and is pinned for the first contact. */
export async function generateHostKey(): Promise<{ privateFile: string; publicLine: string }> {
  const { privateKey } = await promisify(generateKeyPair)('ed25519');
  return { privateFile: ed25519PrivateFile(privateKey), publicLine: ed25519PublicLine(privateKey) };
}
