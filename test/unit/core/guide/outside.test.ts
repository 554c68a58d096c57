import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { context, Harness, OWN_KEY } from '../fakes/harness';
import { SPEC } from '../../../samples';

describe('the look from outside', () => {
  let harness: Harness;
  beforeEach(async () => (harness = await Harness.create()));
  afterEach(() => harness.dispose());

  it('gives rules that were just changed the time to take effect', async () => {
    const { cloud, clock } = harness.world;
    cloud.onCall = (method) => {
      harness.world.rulesCountFrom = method === 'updateFirewall' ? clock.now() + 20_000 : harness.world.rulesCountFrom;
    };
    const { operator } = await harness.open();

    const cluster = await operator.create(SPEC, context(), OWN_KEY);

    assert.equal(cluster.problem, undefined);
  });

  it('says which ports do not answer though they are open, without failing the create', async () => {
    harness.world.silent.add('deis-4:80');
    const { operator } = await harness.open();

    const cluster = await operator.create(SPEC, context(), OWN_KEY);

    assert.match(cluster.problem ?? '', /deis-4 does not answer on port 80 from outside/);
    assert.ok(cluster.steps.every(({ state }) => state === 'done'));
  });

  it('expects no web port of a node that has no router', async () => {
    harness.world.silent.add('deis-4:80');
    harness.world.cluster.routers = 3;
    const { operator } = await harness.open();

    const cluster = await operator.create({ ...SPEC, routerMeshSize: 3 }, context(), OWN_KEY);

    assert.equal(cluster.problem, undefined);
  });
});
