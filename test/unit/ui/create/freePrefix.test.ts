import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freePrefix } from '../../../../src/ui/create/freePrefix';

const cluster = (id: string, ...names: string[]): Parameters<typeof freePrefix>[1][number] => ({
  id,
  nodes: names.map((name, i) => ({ name, dropletId: i, state: 'ready', etcd: 'follower' })),
});

describe('The prefix of a new cluster', () => {
  it('is the one that is wanted while nothing is called so', () => {
    assert.equal(freePrefix('deis', []), 'deis');
    assert.equal(freePrefix('deis', [cluster('demo-x7k2m', 'demo-1')]), 'deis');
  });

  it('gets a number when droplets or an unfinished cluster have it', () => {
    assert.equal(freePrefix('deis', [cluster('deis-x7k2m')]), 'deis2');
    assert.equal(freePrefix('deis', [cluster('deis-x7k2m', 'deis-1'), cluster('deis2-abcde', 'deis2-1')]), 'deis3');
  });
});
