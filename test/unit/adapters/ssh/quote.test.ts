import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { commandLine, quote } from '../../../../src/adapters/ssh/quote';

const anyWord = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...Array.from(' \t\n\r\'"\\$`!*?[]{}()<>|&;#~=%^-aé😀')), maxLength: 30 }),
  )
  .map((word) => word.replaceAll('\0', ''));

describe('a quoted command line', () => {
  for (const shell of ['dash', 'bash']) {
    it(`gives ${shell} back every argument as it was`, { skip: spawnSync(shell, ['-c', ':']).status !== 0 }, () => {
      fc.assert(
        fc.property(fc.array(anyWord, { minLength: 1, maxLength: 20 }), (words) => {
          const { stdout } = spawnSync(shell, ['-c', commandLine(['printf', '%s\\0', ...words])], { encoding: 'utf8' });
          assert.deepEqual(stdout.split('\0').slice(0, -1), words);
        }),
        { seed: 20161, numRuns: 60 },
      );
    });
  }

  it('leaves plain words readable', () => {
    assert.equal(
      commandLine(['journalctl', '-u', 'deis-router@1.service', '-o', 'cat']),
      'journalctl -u deis-router@1.service -o cat',
    );
  });

  it('does not take a program for an assignment', () => {
    const { status } = spawnSync('sh', ['-c', commandLine(['A=b', 'true'])]);
    assert.equal(status, 127);
  });

  it('refuses a NUL and an empty command', () => {
    assert.throws(() => quote('a\0b'), { code: 'invalidInput' });
    assert.throws(() => commandLine([]), { code: 'invalidInput' });
  });
});
