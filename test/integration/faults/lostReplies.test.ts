import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { context } from '../core/window';
import { fails, NOTHING, one, SMALL, World } from './world';

describe('a reply that is lost', { timeout: 90_000 }, () => {
  const world = new World();
  after(() => world.dispose());

  it('after its effect, of each call that makes something, doubles nothing', async () => {
    const operator = await world.open();
    for (const path of ['/v2/account/keys', '/v2/tags', '/v2/firewalls', '/v2/droplets']) {
      await world.fault({ kind: 'api-loses-reply', method: 'POST', path, times: 1 });
    }

    const { id, state } = await operator.create(SMALL, context());

    assert.equal(state, 'healthy');
    assert.deepEqual(await world.holdings(), one(SMALL));
    await world.fault({ kind: 'api-loses-reply', method: 'DELETE', path: '/v2', times: 3 });
    await operator.destroy(id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
  });

  it('of a cloud that is down from the middle on: says so, keeps what is there, and goes on later', async () => {
    const operator = await world.open();
    await world.fault({ kind: 'api-breaks', method: 'POST', path: '/v2/droplets' });
    const { remedy } = await fails(operator.create(SMALL, context()), 'outcomeUnknown', /DigitalOcean|droplets/);
    assert.notEqual(remedy, undefined);
    assert.deepEqual(await world.holdings(), { ...one(SMALL), droplets: [] });

    await world.heal();
    const [{ id } = { id: '' }] = operator.snapshots();
    assert.equal((await operator.resume(id, context())).state, 'healthy');
    assert.deepEqual(await world.holdings(), one(SMALL));
    await operator.destroy(id, context());
  });

  it('of the discovery service: says which, bills nothing, and the same setup goes on', async () => {
    const operator = await world.open();
    await world.fault({ kind: 'api-refuses', status: 503, method: 'GET', path: '/new' });
    await fails(operator.create(SMALL, context()), 'discoveryFailed', /discovery service.*503.*(Try again|static)/);
    assert.deepEqual((await world.holdings()).droplets, []);

    await world.heal();
    const [{ id } = { id: '' }] = operator.snapshots();
    await operator.destroy(id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
  });
});
