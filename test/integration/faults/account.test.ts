import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import type { Meddling } from './proxy';
import { fails, NOTHING, one, SMALL, World } from './world';

describe('when the token changes in the middle', { timeout: 90_000 }, () => {
  const world = new World();
  const meddling: Meddling = {};
  let operator: Operator;
  let own: string;
  let id: string;
  before(async () => {
    operator = await world.openMeddled(meddling);
    own = await world.ownAccount();
  });
  after(() => world.dispose());

  /** Changes the token when a call of that kind has had its effect, before its caller hears of it. */
  function onceAfter(method: string, where: string, change: () => Promise<void>): void {
    meddling.reply = async (...call): Promise<undefined> => {
      if (call[0] === method && call[1].startsWith(where)) {
        delete meddling.reply;
        await change();
      }
    };
  }

  it('to one of another account, the create stops and touches nothing there', async () => {
    onceAfter('POST', '/v2/tags', () => world.account('Other'));

    const { remedy } = await fails(
      operator.create(SMALL, context()),
      'wrongAccount',
      /small-\w{5} belongs to another account.*Nothing was changed.*Set the token/,
    );
    assert.equal(remedy, 'setToken');
    assert.deepEqual(await world.holdings(), NOTHING);
    await world.account(own);
    assert.deepEqual(await world.holdings(), { ...NOTHING, keys: 1, tags: 1 });
    id = operator.snapshots()[0]?.id ?? '';
  });

  it('to one that is unknown, the resumed create stops before a droplet is made', async () => {
    onceAfter('POST', '/v2/firewalls', () => world.revoke());

    const { remedy } = await fails(operator.resume(id, context()), 'tokenRejected', /token/);
    assert.equal(remedy, 'setToken');
    await world.account(own);
    assert.deepEqual(await world.holdings(), { ...one(SMALL), droplets: [] });
  });

  it('to one that may only read, the resumed create says so; with the right one it comes to its end', async () => {
    await world.account(own, { scopes: ['read'] });

    const { remedy } = await fails(operator.resume(id, context()), 'tokenForbidden', /may not|permission|scope/);
    assert.equal(remedy, 'setToken');
    await world.account(own);
    assert.deepEqual((await world.holdings()).droplets, []);

    assert.equal((await operator.resume(id, context())).state, 'healthy');
    assert.deepEqual(await world.holdings(), one(SMALL));
  });

  it('to one of another account, a destroy never calls it done: there everything looks gone', async () => {
    await world.account('Other');
    assert.equal((await fails(operator.destroy(id, context()), 'wrongAccount', /another account/)).remedy, 'setToken');

    await world.account(own);
    assert.deepEqual(await world.holdings(), one(SMALL));
    onceAfter('DELETE', '/v2/droplets/', () => world.account('Other'));
    await fails(operator.destroy(id, context()), 'wrongAccount', /another account/);

    const [left] = operator.snapshots();
    assert.match(left?.problem ?? '', /half destroyed.*another account/);

    await world.account(own);
    onceAfter('DELETE', '/v2/firewalls/', () => world.account('Other'));
    await fails(operator.destroy(id, context()), 'wrongAccount', /another account/);
    await world.account(own);
    assert.deepEqual(await world.holdings(), { ...NOTHING, keys: 1, tags: 1 });
  });

  it('back to the right one, the destroy goes on to its end, and no setup is offered any more', async () => {
    const { remedy } = await fails(operator.resume(id, context()), 'invalidInput', /half destroyed.*Destroy it/);
    assert.equal(remedy, 'destroyCluster');

    await operator.destroy(id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
    assert.deepEqual(operator.snapshots(), []);
  });
});
