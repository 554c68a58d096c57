import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import type { Meddling } from './proxy';
import { fails, NOTHING, one, SMALL, userData, World } from './world';

describe('nodes that do not let us in', { timeout: 90_000 }, () => {
  const world = new World();
  const meddling: Meddling = {};
  let operator: Operator;
  before(async () => {
    // Ten minutes in which nothing happens are one second.
    operator = await world.openMeddled(meddling, { practiceSpeed: 600 });
  });
  after(() => world.dispose());
  afterEach(async () => {
    delete meddling.reply;
    delete meddling.request;
    await world.heal();
    for (const { id } of operator.snapshots()) await operator.destroy(id, context());
    assert.deepEqual(await world.holdings(), NOTHING);
  });
  const idOfCluster = (): string => operator.snapshots()[0]?.id ?? '';

  it('because one never becomes active: it is named, and the setup goes on when it does', async () => {
    meddling.reply = (method, where, body) =>
      method === 'GET' && where.startsWith('/v2/droplets')
        ? JSON.parse(JSON.stringify(body), (_key, value: unknown) => asNew(value, 'small-2'))
        : undefined;
    const { remedy } = await fails(
      operator.create(SMALL, context()),
      'timedOut',
      /^small-2 did not become active within ten minutes\. Resume the setup.*or destroy.*billed/,
    );
    assert.equal(remedy, 'resumeSetup');
    assert.deepEqual(await world.holdings(), one(SMALL));

    delete meddling.reply;
    assert.equal((await operator.resume(idOfCluster(), context())).state, 'healthy');
    assert.deepEqual(await world.holdings(), one(SMALL));
  });

  it('because one hangs up at once: it is named, and the setup goes on when it does not', async () => {
    meddling.reply = async (method, where): Promise<undefined> => {
      if (method === 'POST' && where === '/v2/droplets') {
        delete meddling.reply;
        await world.fault({ kind: 'ssh-breaks', dropletId: await world.dropletId('small-1'), afterBytes: 0 });
      }
    };
    const { remedy } = await fails(
      operator.create(SMALL, context()),
      'timedOut',
      /^small-1 does not let us in on SSH within ten minutes: .*Resume the setup/,
    );
    assert.equal(remedy, 'resumeSetup');

    await world.heal();
    assert.equal((await operator.resume(idOfCluster(), context())).state, 'healthy');
    assert.deepEqual(await world.holdings(), one(SMALL));
  });

  it('because they have another key: the node is named, and that it is the key', async () => {
    Object.assign(
      meddling,
      userData((_config, request) => (request['ssh_keys'] = [])),
    );
    await fails(
      operator.create(SMALL, context()),
      'timedOut',
      /small-\d does not let us in on SSH within ten minutes: .*key.*Resume the setup/,
    );
  });

  it('because they show another host key than the one they were given: nothing is sent to them', async () => {
    Object.assign(
      meddling,
      userData(({ coreos }) => coreos.units.splice(0, 1)),
    );
    const { remedy } = await fails(
      operator.create(SMALL, context()),
      'timedOut',
      /small-\d still shows another host key.*nothing was sent.*Destroy the cluster/,
    );
    assert.equal(remedy, 'destroyCluster');
  });

  it('for long, since their connections are cut again and again: the setup comes to its end all the same', async () => {
    meddling.reply = async (method, where): Promise<undefined> => {
      if (method === 'POST' && where === '/v2/droplets') {
        delete meddling.reply;
        await world.fault({ kind: 'ssh-breaks', dropletId: await world.dropletId('small-1'), afterBytes: 6000 });
      }
    };
    assert.equal((await operator.create(SMALL, context())).state, 'healthy');
    assert.deepEqual(await world.holdings(), one(SMALL));
  });
});

/** A droplet of that name as it is before it has booted. */
function asNew(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && 'name' in value && 'networks' in value && value.name === name
    ? { ...value, status: 'new', networks: { v4: [], v6: [] } }
    : value;
}
