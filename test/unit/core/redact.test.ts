import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { ClusterError } from '../../../src/core/errors';
import { redactingLog, Redactor } from '../../../src/core/redact';
import { FakeLog } from './fakes/fakeWorld';

const PEM = generateKeyPairSync('rsa', { modulusLength: 1024 })
  .privateKey.export({ type: 'pkcs1', format: 'pem' })
  .toString();
const TOKEN = 'dop_v1_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';

describe('the redactor', () => {
  it('knows the shape of tokens, keys and discovery URLs wherever they come from', () => {
    const redactor = new Redactor();
    for (const secret of [
      TOKEN,
      TOKEN.replace('dop', 'doo'),
      PEM,
      PEM.slice(0, 200),
      Buffer.from(PEM).toString('base64'),
      'https://discovery.etcd.io/3e86b59982e49066c5d813af1c2e2579',
      'http://127.0.0.1:8400/3e86b59982e49066c5d813af1c2e2579/_config/size',
    ]) {
      const clean = redactor.redact(`before ${secret} after`);
      assert.ok(!clean.includes(secret), clean);
      assert.match(clean, /^before .*\[hidden\].*/s);
    }
    assert.doesNotMatch(redactor.redact(`Authorization: Bearer ${TOKEN}`), /0123/);
  });

  it('leaves machine ids, fingerprints and addresses readable', () => {
    const text =
      'machine 41382dcd0f3c4b5d8e9f0a1b2c3d4e5f at 10.132.0.11, key 3b:16:bf:e4, https://api.digitalocean.com/v2/droplets';

    assert.equal(new Redactor().redact(text), text);
  });

  it('hides what it was told at run time, also line by line, in base64 and in a URL', () => {
    const redactor = new Redactor();
    redactor.add('practice secret/42');
    redactor.add(PEM);

    const [, secondLine = ''] = PEM.split('\n');
    for (const form of [
      'practice secret/42',
      'practice%20secret%2F42',
      Buffer.from('practice secret/42').toString('base64'),
      secondLine,
    ]) {
      assert.equal(redactor.redact(`a ${form} b`), 'a [hidden] b');
    }
  });

  it('does not black out words because a secret is short or empty', () => {
    const redactor = new Redactor();
    redactor.add('');
    redactor.add('on');

    assert.equal(redactor.redact('power on'), 'power on');
  });

  it('cleans an error and all of its causes before they reach the log', () => {
    const log = new FakeLog();
    const cause = new Error(`401 for ${TOKEN}`);
    const error = new ClusterError('The token was refused.', { code: 'tokenRejected', cause });

    redactingLog(log, new Redactor()).error('It failed', error);

    assert.match(log.lines[0] ?? '', /It failed[\s\S]*The token was refused[\s\S]*401 for \[hidden\]/);
    assert.ok(!log.lines.join().includes('0123'));
  });
});
