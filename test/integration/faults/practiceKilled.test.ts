import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { ClusterSnapshot } from '../../../src/core/model/snapshot';
import { context } from '../core/window';
import { failure, NOTHING, one, World } from './world';
import { PRACTICE_SPEC } from '../../samples';

/** Lines of the progress at which the process dies, each once: the droplets' call is out, etcd forms, units are installed, pulled. */
const MOMENTS = [
  /^Create the droplets/,
  /^Wait for etcd: /,
  /^Install the platform: [1-9]/,
  /^Start the platform: [1-9]/,
];

describe('the practice process killed in mid-create, again and again', { timeout: 180_000 }, () => {
  const world = new World();
  after(() => world.dispose());

  it('costs nothing but time: five nodes, one key, one firewall, one tag, everything up', async () => {
    const operator = await world.open();
    const left = [...MOMENTS];
    const report = (message: string): void => {
      if (left[0]?.test(message) === true) {
        left.shift();
        // After the call that this line announces has left; the process dies while it works on it.
        setTimeout(() => world.killPractice(), 20);
      }
    };
    let cluster: ClusterSnapshot | undefined;
    const controlled = { ...context(), report };
    let work = operator.create(PRACTICE_SPEC, controlled);
    for (let tries = 0; cluster === undefined && tries < 10; tries++) {
      const outcome = await Promise.allSettled([work]);
      if (outcome[0].status === 'fulfilled') {
        cluster = outcome[0].value;
      } else {
        const error = await failure(work);
        assert.ok(
          ['resumeSetup', 'refresh', 'showLog'].includes(error.remedy),
          `${error.code} ${error.remedy}: ${error.message}`,
        );
        work = operator.resume(operator.snapshots()[0]?.id ?? '', controlled);
      }
    }

    assert.ok(cluster);
    assert.deepEqual(left, []);
    assert.deepEqual([cluster.state, cluster.problem], ['healthy', undefined]);
    assert.deepEqual(await world.holdings(), one(PRACTICE_SPEC));
    await operator.destroy(cluster.id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
  });
});
