import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fingerprintOf } from '../../../../src/practice/cloud/fingerprint';

describe('the fingerprint of a public key', () => {
  it('is the one that doctl was shown for the recorded key', () => {
    const trace = readFileSync('test/fixtures/traces/digitalocean/doctl.txt', 'utf8');
    const [, fingerprint, key] = /^\d+ +deis +([0-9a-f:]{47}) +(ssh-rsa .+?) *$/m.exec(trace) ?? [];

    assert.ok(key);
    assert.equal(fingerprintOf(key), fingerprint);
    assert.equal(fingerprintOf(`${key}\n`), fingerprint);
  });

  it('does not exist for what is no key', () => {
    for (const text of [
      '',
      'ssh-rsa',
      'ssh-rsa AAAA',
      'ssh-rsa !!!!',
      'ssh-ed25519 AAAAB3NzaC1yc2EAAAADAQABAAAAgQCo8gfT',
    ]) {
      assert.equal(fingerprintOf(text), undefined, text);
    }
  });
});
