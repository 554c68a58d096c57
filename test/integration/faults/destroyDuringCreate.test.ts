import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { isCancelled } from '../../../src/core/errors';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import { fails, NOTHING, SMALL, World } from './world';

/** Resolves at the first line of the progress that begins so. */
function creating(operator: Operator, beginning: string): { done: Promise<unknown>; there: Promise<string> } {
  let done: Promise<unknown> = Promise.resolve();
  const there = new Promise<string>((resolve, reject) => {
    const report = (message: string): void => {
      if (message.startsWith(beginning)) resolve(operator.snapshots()[0]?.id ?? '');
    };
    done = operator.create(SMALL, { ...context(), report });
    done.catch(reject);
  });
  return { done, there };
}

describe('a destroy in the middle of a create', { timeout: 90_000 }, () => {
  const world = new World();
  after(() => world.dispose());

  for (const beginning of ['Create the tag', 'Create the droplets', 'Wait for etcd', 'Prove the swap']) {
    it(`at "${beginning}", stops it and leaves nothing`, async () => {
      const operator = await world.open();
      const { done, there } = creating(operator, beginning);
      const stopped = assert.rejects(done, isCancelled);
      await operator.destroy(await there, context());

      await stopped;
      assert.deepEqual(await world.holdings(), NOTHING);
      assert.deepEqual(operator.snapshots(), []);
      world.computer.close(operator);
    });
  }

  it('from another window is refused while the first one works, and possible when that is closed', async () => {
    const [first, second] = [await world.open(), await world.open()];
    const { done, there } = creating(first, 'Wait for etcd');
    const stopped = assert.rejects(done, isCancelled);
    const id = await there;
    await fails(second.destroy(id, context()), 'locked', new RegExp(`${id} is busy: it is being set up.*cancel it`));

    world.computer.close(first);
    await stopped;
    await second.destroy(id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
  });
});
