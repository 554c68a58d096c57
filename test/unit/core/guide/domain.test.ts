import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { domainProblem } from '../../../../src/core/guide/domain';

describe('a domain', () => {
  it('may be of ones own, invented, or a dashed name of sslip.io', () => {
    for (const domain of ['example.com', 'deis.example.com', '104-131-93-162.sslip.io', 'local3.deisapp.com', 'x']) {
      assert.equal(domainProblem(domain), undefined, domain);
    }
  });

  it('is refused for what Deis would refuse', () => {
    for (const domain of [
      '',
      'Example.com',
      '1.2.3.4.sslip.io',
      'a--b.com',
      '-a.com',
      'a-.com',
      'a..b',
      '.com',
      'com.',
      '*.example.com',
      'a b.com',
      'ex_ample.com',
      'exämple.com',
      `${'a'.repeat(64)}.com`,
      `${'abc.'.repeat(60)}com`,
      'example.com\nx',
    ]) {
      assert.ok(domainProblem(domain) !== undefined, domain);
    }
  });
});
