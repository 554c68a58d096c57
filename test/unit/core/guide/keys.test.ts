import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import ssh2, { type ParsedKey } from 'ssh2';
import { generateHostKey } from '../../../../src/core/guide/hostKey';
import { convertPrivateKey, describeKey, generatePrivateKey } from '../../../../src/core/guide/privateKey';
import { fingerprintOf } from '../../../../src/core/guide/sshFormat';
import { code } from '../fakes/harness';

/** ssh2 reads what OpenSSH writes: a second opinion on our formats. */
function parse(text: string): ParsedKey {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) {
    throw key;
  }
  return key;
}
const lineOf = (key: ParsedKey): string => `${key.type} ${key.getPublicSSH().toString('base64')}`;

describe('the SSH key of a cluster', () => {
  it('is an unencrypted RSA key in PKCS#1 PEM, as deisctl and the Deis controller read it', async () => {
    const pem = await generatePrivateKey();

    assert.match(pem, /^-----BEGIN RSA PRIVATE KEY-----\n/);
    assert.equal(parse(pem).type, 'ssh-rsa');
    assert.equal(describeKey(pem).publicLine, lineOf(parse(pem)));
  });

  it('has the fingerprint that DigitalOcean shows: MD5, sixteen bytes, colons, no prefix', () => {
    // The example of DigitalOcean's own API description (openapi, ssh_keys).
    const line =
      'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQDDHr/jh2Jy4yALcK4JyWbVkPRaWmhck3IgCoeOO3z1e2dBowLh64QAM+Qb72pxekALga2oi4GvT+TlWNhzPH4V';

    assert.match(fingerprintOf(line), /^[0-9a-f:]{47}$/);
    assert.equal(fingerprintOf(line).split(':').length, 16);
    assert.equal(fingerprintOf(`${line} a comment`), fingerprintOf(line));
  });

  it('may be one of the user, in any of the formats in which OpenSSH and OpenSSL write it', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const plain = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    const locked = { cipher: 'aes-256-cbc', passphrase: 'open sesame' };
    const texts = [
      [plain],
      [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
      [privateKey.export({ type: 'pkcs8', format: 'pem', ...locked }).toString(), 'open sesame'],
      [privateKey.export({ type: 'pkcs1', format: 'pem', ...locked }).toString(), 'open sesame'],
    ] as const;

    for (const [text, passphrase] of texts) {
      const own = { privateKey: `\n${text}\n`, ...(passphrase === undefined ? {} : { passphrase }) };
      assert.equal(convertPrivateKey(own), plain);
    }
  });

  it('is refused, without quoting it, when it is no RSA key, no key, or its passphrase is wrong', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const locked = rsa.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString();
    const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    for (const own of [
      { privateKey: ed25519 },
      { privateKey: 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQ someone' },
      { privateKey: '' },
      { privateKey: locked },
      { privateKey: locked, passphrase: 'wrong' },
    ]) {
      assert.throws(
        () => convertPrivateKey(own),
        (error: unknown) => {
          assert.ok(code('keyUnusable')(error) && error instanceof Error && error.cause === undefined);
          assert.ok(own.privateKey === '' || !error.message.includes(own.privateKey.slice(0, 40)));
          return true;
        },
      );
    }
  });
});

describe('the bootstrap host key', () => {
  it('is a file that sshd takes, and the line that is pinned is its public half', async () => {
    const { privateFile, publicLine } = await generateHostKey();

    const key = parse(privateFile);
    assert.deepEqual([key.type, lineOf(key)], ['ssh-ed25519', publicLine]);
    const data = Buffer.from('signed by the node');
    assert.equal(parse(publicLine).verify(data, key.sign(data)), true);
    assert.ok(privateFile.split('\n').every((line) => line.length <= 70));
    assert.ok(createPublicKey(key.getPublicPEM()).asymmetricKeyType === 'ed25519');
  });

  it('is another one for each cluster', async () => {
    const [a, b] = await Promise.all([generateHostKey(), generateHostKey()]);

    assert.notEqual(a.publicLine, b.publicLine);
  });
});
