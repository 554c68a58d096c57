import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { age, count } from '../../../src/ui/words';

describe('Words for people', () => {
  it('say how old something is in the largest unit that is still exact enough', () => {
    assert.equal(age(-5_000), '0 s');
    assert.equal(age(45_000), '45 s');
    assert.equal(age(3 * 60_000), '3 min');
    assert.equal(age(2 * 3_600_000), '2 h');
    assert.equal(age(3 * 86_400_000), '3 days');
  });

  it('count in the singular and the plural', () => {
    assert.equal(count(1, 'node'), '1 node');
    assert.equal(count(5, 'node'), '5 nodes');
    assert.equal(count(2, 'thing stands', 'things stand'), '2 things stand');
  });
});
