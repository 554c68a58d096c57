import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterSpec } from '../../../src/core/model/cluster';
import type { Operator } from '../../../src/core/operator';
import { context } from '../core/window';
import { runPractice } from '../practice/support';
import { fails, NOTHING, SMALL, World } from './world';

describe('a create that cannot be is refused before anything is made', { timeout: 60_000 }, () => {
  const world = new World();
  let operator: Operator;
  let own: string;
  before(async () => {
    operator = await world.open();
    own = await world.ownAccount();
  });
  after(() => world.dispose());

  const create = (change: Partial<ClusterSpec> = {}): Promise<unknown> =>
    operator.create({ ...SMALL, ...change }, context());

  async function leavesNothing(): Promise<void> {
    await world.account(own);
    assert.deepEqual(await world.holdings(), NOTHING);
    assert.deepEqual(operator.snapshots(), []);
  }

  it('without a token', async () => {
    const { remedy } = await fails(create({ provider: 'digitalocean' }), 'tokenMissing', /no DigitalOcean token/);

    assert.equal(remedy, 'setToken');
    assert.equal((await fails(operator.choices('digitalocean'), 'tokenMissing', /token/)).remedy, 'setToken');
  });

  it('with a token that the account does not know', async () => {
    await world.revoke();
    const { remedy } = await fails(create(), 'tokenRejected', /token/);

    assert.equal(remedy, 'setToken');
    await leavesNothing();
  });

  it('with a token that may only read', async () => {
    await world.account(own, { scopes: ['read'] });
    const { remedy } = await fails(create(), 'preflightFailed', /read and write access/);

    assert.equal(remedy, 'setToken');
    await leavesNothing();
  });

  it('where the account may not have as many droplets', async () => {
    await world.account(own, { dropletLimit: 2 });
    await fails(create(), 'preflightFailed', /may have 2 droplets.*3 are needed.*higher limit/);

    await world.account(own, { dropletLimit: 25 });
    await leavesNothing();
  });

  it('where a name is taken', async () => {
    const droplet = { name: 'small-2', region: 'nyc3', size: '512mb', image: 'coreos-stable' };
    await world.call('POST', '/v2/droplets', droplet);
    await fails(create(), 'preflightFailed', /small-2 already.*another prefix/);

    assert.deepEqual((await world.holdings()).droplets, ['small-2']);
    await world.call('DELETE', `/v2/droplets/${await world.dropletId('small-2')}`);
    while ((await world.holdings()).droplets.length > 0) await sleep(20); // it is listed a moment longer
    await leavesNothing();
  });

  it('where the region has not the size, or takes no droplets', async () => {
    await fails(create({ regionSlug: 'nyc2' }), 'preflightFailed', /nyc2 has no droplets of size 512mb.*fit: .*nyc3/);
    await fails(create({ regionSlug: 'ams1' }), 'preflightFailed', /ams1.*no new droplets now.*fit: .*nyc3/);
    await leavesNothing();
  });

  it('while the discovery service is down', async () => {
    await world.fault({ kind: 'api-refuses', status: 503, method: 'HEAD' });
    await fails(create(), 'preflightFailed', /discovery service.*503.*static/);

    await world.heal();
    await leavesNothing();
  });

  it('with a domain that Deis would refuse', async () => {
    await fails(create({ domain: '203.0.113.7' }), 'preflightFailed', /part of digits only.*sslip\.io/);
    await fails(create({ domain: 'My_Cluster.com' }), 'preflightFailed', /small letters, digits and dashes/);
    await leavesNothing();
  });

  it('with everything that is wrong said at once', async () => {
    const wrong = { regionSlug: 'nyc2', domain: '-x', instances: 12 };
    await fails(create(wrong), 'preflightFailed', /(?=.*nyc2)(?=.*"-x")(?=.*3 to 9)/);
    await leavesNothing();
  });

  it('where the port of a practice cloud is taken', async () => {
    const taken = new URL(String(await portOf(world))).port;
    const { code, stderr } = await runPractice([
      '--port',
      taken,
      '--token',
      't',
      '--state',
      `${world.computer.folder}/x`,
    ]);

    assert.notEqual(code, 0);
    assert.match(stderr, new RegExp(`${taken}.*(in use|taken).*--port`, 's'));
  });
});

async function portOf(world: World): Promise<unknown> {
  const info = await world.call('GET', '/practice/info');
  return typeof info === 'object' && info !== null && 'discovery' in info ? info.discovery : undefined;
}

describe('a create of today', { timeout: 60_000 }, () => {
  const world = new World();
  after(() => world.dispose());

  it('is told that the image of 2016 is gone, and what comes nearest', async () => {
    const operator = await world.open({ practiceCatalogue: 'today' });
    const create = operator.create(SMALL, context());

    await fails(create, 'preflightFailed', /(?=.*coreos-stable is gone)(?=.*cheapest that fits is s-1vcpu-1gb)/);
    assert.deepEqual(await world.holdings(), NOTHING);
  });
});
