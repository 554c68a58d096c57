/** True for a private key that only a passphrase opens: PEM (PKCS#1, PKCS#8) or OpenSSH's own format. */
export function needsPassphrase(privateKey: string): boolean {
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(privateKey)) {
    return true;
  }
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(privateKey)?.[1];
  if (body === undefined) {
    return false;
  }
  // "openssh-key-v1\0", then the length and the name of the cipher (OpenSSH, PROTOCOL.key).
  const bytes = Buffer.from(body, 'base64');
  const start = 'openssh-key-v1\0'.length;
  const length = bytes.length >= start + 4 ? bytes.readUInt32BE(start) : 0;
  return bytes.toString('latin1', start + 4, start + 4 + length) !== 'none';
}
