import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterError } from '../../../src/core/errors';
import { readArguments } from '../../../src/ui/automation';

const refuses = (run: () => unknown, pattern: RegExp): void => {
  assert.throws(run, (error) => ClusterError.is(error, 'invalidInput') && pattern.test(error.message));
};

describe('The argument object of a command', () => {
  it('has to be an object', () => {
    refuses(() => readArguments('deis-1'), /must be an object, not "deis-1"/);
    refuses(() => readArguments([1]), /must be an object, not \[1\]/);
  });

  it('may not have a misspelt name, which would silently mean the default', () => {
    refuses(() => readArguments({ instance: 7 }).allow('instances', 'size'), /instance; known are: instances, size/);
  });

  it('says which text is missing or of the wrong kind', () => {
    refuses(() => readArguments({}).string('cluster'), /"cluster" must be a text; it is missing/);
    refuses(() => readArguments({ cluster: 5 }).string('cluster'), /"cluster" must be a text, not 5/);
  });

  it('keeps numbers within their limits', () => {
    const limits = { min: 3, max: 9, fallback: 5 };
    assert.equal(readArguments({}).integer('instances', limits), 5);
    assert.equal(readArguments({ instances: 9 }).integer('instances', limits), 9);
    refuses(() => readArguments({ instances: 10 }).integer('instances', limits), /from 3 to 9, not 10/);
    refuses(() => readArguments({ instances: '5' }).integer('instances', limits), /from 3 to 9, not "5"/);
    refuses(() => readArguments({ instances: 4.5 }).integer('instances', limits), /whole number/);
  });

  it('takes one of a few words', () => {
    const read = (value: unknown): string =>
      readArguments({ provider: value }).oneOf('provider', ['practice', 'digitalocean'], 'practice');
    assert.equal(read(undefined), 'practice');
    assert.equal(read('digitalocean'), 'digitalocean');
    refuses(() => read('aws'), /one of practice, digitalocean, not "aws"/);
  });

  it('needs "confirmed": true, and nothing that merely looks like it', () => {
    refuses(() => readArguments({}).confirmed('Creating a cluster'), /Creating a cluster needs "confirmed": true/);
    refuses(() => readArguments({ confirmed: 'true' }).confirmed('It'), /needs "confirmed": true/);
    assert.doesNotThrow(() => readArguments({ confirmed: true }).confirmed('It'));
  });
});
