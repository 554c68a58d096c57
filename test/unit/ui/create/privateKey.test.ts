import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { needsPassphrase } from '../../../../src/ui/create/privateKey';

const make = (type: 'pkcs1' | 'pkcs8', passphrase?: string): string =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: {
      type,
      format: 'pem',
      ...(passphrase === undefined ? {} : { cipher: 'aes-128-cbc', passphrase }),
    },
  }).privateKey;

/** OpenSSH's own format as far as it tells whether it is locked (OpenSSH, PROTOCOL.key). */
function openSsh(cipher: string): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(cipher.length);
  const bytes = Buffer.concat([Buffer.from('openssh-key-v1\0'), length, Buffer.from(cipher), Buffer.alloc(64)]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

describe('A private key that the user brings', () => {
  it('is opened without asking when it is not locked', () => {
    assert.equal(needsPassphrase(make('pkcs1')), false);
    assert.equal(needsPassphrase(make('pkcs8')), false);
    assert.equal(needsPassphrase(openSsh('none')), false);
  });

  it('needs its passphrase when it is locked, in any of the three formats', () => {
    assert.equal(needsPassphrase(make('pkcs1', 'secret')), true);
    assert.equal(needsPassphrase(make('pkcs8', 'secret')), true);
    assert.equal(needsPassphrase(openSsh('aes256-ctr')), true);
  });

  it('is left to the engine to refuse when it is something else', () => {
    assert.equal(needsPassphrase('ssh-rsa AAAA…'), false);
    assert.equal(needsPassphrase('-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END'), true);
  });
});
