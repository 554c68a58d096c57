import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeEd25519Pair } from '../../../../src/practice/ssh/ed25519';

describe('an ed25519 key pair', () => {
  it('has a public half of full length, also where it begins with a zero', () => {
    const pairs = Array.from({ length: 1500 }, () => makeEd25519Pair('node'));

    for (const { public: line } of pairs) {
      assert.equal(Buffer.from(line.split(' ')[1] ?? '', 'base64').length, 51);
    }
  });
});
