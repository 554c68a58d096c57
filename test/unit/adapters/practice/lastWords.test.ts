import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { lastWords } from '../../../../src/adapters/practice/lastWords';

/** What Node itself writes when a program ends so. */
const wordsOf = (...program: string[]): string =>
  spawnSync(process.execPath, program, { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } }).stderr;

describe('the last words of a process', () => {
  it('are the message of the error that ended it, not the version of Node below it', () => {
    assert.equal(
      lastWords(wordsOf('-e', 'throw new TypeError("state.json is no state\\nnor JSON")')),
      'state.json is no state',
    );
    assert.equal(
      lastWords(wordsOf('-e', 'Promise.reject(Object.assign(new Error("It is locked."), { code: "E" }))')),
      'It is locked',
    );
    assert.match(lastWords(wordsOf('/nowhere/main.mjs')) ?? '', /^Cannot find module .*main\.mjs'/);
    assert.match(lastWords(wordsOf('--input-type=module', '-e', 'import "/nowhere.mjs"')) ?? '', /^Cannot find module/);
    assert.match(lastWords(wordsOf('--input-type=module', '-e', 'const = 1')) ?? '', /^(Unexpected|Missing)/);
  });

  it('are the last line that a program wrote which ends in order', () => {
    assert.equal(lastWords('Something else first.\nThe disk is full.\n'), 'The disk is full');
  });

  it('are the message also when it is followed by a notice of a later moment', () => {
    assert.equal(
      lastWords('node:fs:1\n  throw e;\n  ^\n\nError: ENOSPC: no space\n    at x (y.js:1:1)\n\nNode.js v20.1.0\n'),
      'ENOSPC: no space',
    );
    assert.equal(lastWords('Killed\nNode.js v20.1.0\n'), 'Killed');
  });

  it('are none when nothing was said', () => {
    assert.equal(lastWords('\n'), undefined);
  });
});
