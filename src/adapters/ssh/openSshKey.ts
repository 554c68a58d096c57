import { utils } from 'ssh2';

/**
 * OpenSSH's own key format, which node:crypto does not read, as PEM.
 * @throws Error whose words say nothing of the key
 */
export function readOpenSshKey(text: string, passphrase?: string): string {
  const key = utils.parseKey(text, passphrase);
  if (key instanceof Error || !key.isPrivateKey()) {
    throw new Error('not a private key in OpenSSH’s format, or another passphrase');
  }
  return key.getPrivatePEM();
}
