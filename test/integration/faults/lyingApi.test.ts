import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import { fails, NOTHING, one, SMALL, World } from './world';

describe('an API whose answers look right and are not', { timeout: 240_000 }, () => {
  const world = new World();
  let operator: Operator;
  before(async () => {
    operator = await world.open();
  });
  afterEach(async () => {
    await operator.repair('practice');
    for (const { id } of operator.snapshots()) await operator.destroy(id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
  });
  after(() => world.dispose());

  const lies = (lie: string, match: object = {}): Promise<unknown> =>
    operator.breakOnPurpose('practice', { kind: 'api-lies', lie, ...match });

  async function holdsOne(): Promise<void> {
    await operator.repair('practice');
    assert.deepEqual(await world.holdings(), one(SMALL));
  }

  it('leaves droplets out of lists: each is made once, and none is said to be gone or without its tag', async () => {
    await lies('forgets-droplets');
    const { id } = await operator.create(SMALL, context());
    await operator.refresh(id);
    const [cluster] = operator.snapshots();

    assert.deepEqual(
      [cluster?.state, cluster?.problem, ...(cluster?.nodes ?? []).map(({ problem }) => problem)],
      ['healthy', undefined, undefined, undefined, undefined],
    );
    await holdsOne();
  });

  it('shows droplets as active before they are: they are waited for', async () => {
    await lies('says-active');
    assert.equal((await operator.create(SMALL, context())).state, 'healthy');
    await holdsOne();
  });

  it('shows a node as active that is off: what was asked for and what is shown are both said', async () => {
    const { id } = await operator.create(SMALL, context());
    await lies('says-active');
    const words = /it did power off small-2.*still shows it as active/;
    await fails(operator.power(id, 'small-2', 'power_off', context()), 'timedOut', words);

    await operator.repair('practice');
    await operator.refresh(id);
    assert.equal(operator.snapshots()[0]?.nodes.find(({ name }) => name === 'small-2')?.state, 'off');
    await operator.power(id, 'small-2', 'power_on', context());
    await holdsOne();
  });

  it('answers the creation of droplets with something unreadable: they are found, not made again', async () => {
    await lies('garbles', { method: 'POST', path: '/v2/droplets', times: 1 });
    assert.equal((await operator.create(SMALL, context())).state, 'healthy');
    await holdsOne();
  });

  it('breaks off once: it is asked again', async () => {
    await lies('garbles', { method: 'GET', path: '/v2/account', times: 2 });
    assert.equal((await operator.create(SMALL, context())).state, 'healthy');
  });

  it('breaks off all the time in mid-create: one sentence says so, and the setup goes on when it does not', async () => {
    await lies('garbles', { method: 'GET', path: '/v2/tags/' });
    const words = /tag.*not one of DigitalOcean’s API: its JSON is cut off or broken\. Try again/;
    await fails(operator.create(SMALL, context()), 'badReply', words);
    const id = operator.snapshots()[0]?.id ?? '';
    await operator.refresh(id);
    assert.match(operator.snapshots()[0]?.summary ?? '', /Setup stopped at "Create the tag"/);

    await operator.repair('practice');
    assert.equal((await operator.resume(id, context())).state, 'healthy');
    await holdsOne();
  });

  it('breaks off while a cluster runs: its nodes are seen all the same, and the destroy waits for true answers', async () => {
    const { id } = await operator.create(SMALL, context());
    await lies('garbles', { path: '/v2/droplets' });
    await operator.refresh(id);
    const [cluster] = operator.snapshots();
    assert.match(cluster?.problem ?? '', /cut off or broken.*Try again/);
    assert.deepEqual(
      cluster?.nodes.map(({ state }) => state),
      ['ready', 'ready', 'ready'],
    );
    await fails(operator.destroy(id, context()), 'badReply', /listing the droplets/);

    await holdsOne();
  });
});
