import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  at,
  createActive,
  dropletRequest,
  listAt,
  PUBLIC_KEY,
  startPractice,
  TOKEN,
  until,
  type Answer,
  type Practice,
} from './support';

/** What DigitalOcean's documentation says in passing, and somebody with curl would find out. */
describe('the small print of DigitalOcean’s API', () => {
  let practice: Practice;
  before(async () => (practice = await startPractice('--speed', 'max', '--catalogue', 'today')));
  after(async () => await practice.kill());

  const SIZE = 's-1vcpu-1gb';
  const post = async (path: string, body: object, token = TOKEN): Promise<Answer> =>
    await practice.call('POST', `/v2/${path}`, { body, token });
  const get = async (path: string, token = TOKEN): Promise<unknown> =>
    (await practice.call('GET', `/v2/${path}`, { token })).json;
  const putScopes = async (scopes: string[]): Promise<string> => {
    const token = `with-${scopes.join('-')}`;
    const tokens = [
      { token: TOKEN, scopes: ['*'] },
      { token, scopes },
    ];
    await practice.call('PUT', '/practice/accounts', { body: [{ name: 'Practice', tokens }] });
    return token;
  };
  const importImage = async (more: object): Promise<string> => {
    const body = { name: 'own', url: 'https://example.com/a.img.bz2', region: 'nyc3', ...more };
    return String(at((await post('images', body)).json, 'image.id'));
  };
  const settled = async (id: string): Promise<unknown> => {
    const { json } = await until(
      () => practice.call('GET', `/v2/images/${id}`),
      (answer) => !['NEW', 'pending'].includes(String(at(answer.json, 'image.status'))),
    );
    return at(json, 'image');
  };

  it('answers HEAD with the headers of the GET alone', async () => {
    const { status, text, headers } = await practice.call('HEAD', '/v2/account');
    assert.deepEqual([status, text, headers['ratelimit-limit']], [200, '', '5000']);
    assert.equal((await practice.call('HEAD', '/v2/droplets/1')).status, 404);
  });

  it('takes a region’s prefix for any of its places that fits, and none for any at all', async () => {
    const regions: unknown[] = [];
    for (const region of ['nyc', 'sgp', undefined]) {
      const more = { region, size: SIZE, image: 'debian-12-x64' };
      const { json } = await post('droplets', dropletRequest(['somewhere'], more));
      regions.push(at(json, 'droplets.0.region.slug'));
    }
    const nowhere = await post(
      'droplets',
      dropletRequest(['nowhere'], { region: 'ny', size: SIZE, image: 'debian-12-x64' }),
    );
    assert.deepEqual(regions, ['nyc1', 'sgp1', 'nyc1']);
    assert.equal(at(nowhere.json, 'message'), 'You specified an invalid region for Droplet creation.');
  });

  it('makes private networks of a /20 when no range is asked for', async () => {
    const { json } = await post('vpcs', { name: 'generated', region: 'fra1' });
    assert.match(String(at(json, 'vpc.ip_range')), /^10\.\d+\.0\.0\/20$/);
    assert.equal(at(json, 'vpc.default'), true, 'the first of its region');
  });

  it('imports what it can read, under the names of distributions that it knows', async () => {
    const [known, unknown, packed] = [
      await importImage({ distribution: 'CoreOS' }),
      await importImage({ distribution: 'Plan 9' }),
      await importImage({ url: 'https://example.com/a.img.xz?raw=1' }),
    ];
    const images = [await settled(known), await settled(unknown), await settled(packed)];
    assert.deepEqual(
      images.map((image) => [at(image, 'status'), at(image, 'distribution')]),
      [
        ['available', 'CoreOS'],
        ['available', 'Unknown'],
        ['deleted', 'Unknown'],
      ],
    );
    assert.deepEqual(
      images.map((image) => at(image, 'error_message') === ''),
      [true, true, false],
    );
    const charged = listAt((await practice.call('GET', '/practice/ledger')).json, 'charges');
    assert.equal(charged.filter((charge) => at(charge, 'sizeSlug') === 'custom').length, 2);
  });

  it('does less with a droplet of an imported image: a key is a must, and neither IPv6 nor monitoring are to be had', async () => {
    const image = Number(await importImage({ distribution: 'CoreOS' }));
    await settled(String(image));
    const key = at((await post('account/keys', { name: 'k', public_key: PUBLIC_KEY })).json, 'ssh_key.id');
    const ask = (more: object): Promise<Answer> =>
      post('droplets', dropletRequest(['own'], { size: SIZE, image, ssh_keys: [key], monitoring: true, ...more }));
    const [keyless, v6, made] = [await ask({ ssh_keys: [] }), await ask({ ipv6: true }), await ask({})];
    assert.deepEqual([keyless.status, v6.status, made.status], [422, 422, 202]);
    assert.match(String(at(keyless.json, 'message')), /SSH keys are required/);
    assert.deepEqual(at(made.json, 'droplets.0.features'), ['private_networking']);
  });

  it('tags images too, counts them, and finds them by their tag', async () => {
    const id = await importImage({ tags: ['Golden'] });
    await settled(id);
    const resources = [{ resource_id: id, resource_type: 'image' }];
    assert.equal((await post('tags', { name: 'base' })).status, 201);
    assert.equal((await practice.call('POST', '/v2/tags/base/resources', { body: { resources } })).status, 204);
    const tag = at(await get('tags/base'), 'tag.resources');
    assert.deepEqual([at(tag, 'count'), at(tag, 'images.count'), at(tag, 'droplets.count')], [1, 1, 0]);
    const ids = async (name: string): Promise<unknown[]> =>
      listAt(await get(`images?tag_name=${name}`), 'images').map((image) => String(at(image, 'id')));
    assert.deepEqual([await ids('Golden'), await ids('base'), await ids('other')], [[id], [id], []]);
    await practice.call('DELETE', '/v2/tags/Golden');
    assert.deepEqual(at(await get(`images/${id}`), 'image.tags'), ['base']);
  });

  it('tells when backups are made, of one droplet and of all that have them', async () => {
    const more = { size: SIZE, image: 'debian-12-x64', backups: true };
    const policy = { plan: 'weekly', weekday: 'SUN', hour: 20 };
    const [id = 0] = await createActive(practice, ['backed-up'], { ...more, backup_policy: policy });
    const [without = 0] = await createActive(practice, ['plain'], { ...more, backups: false });
    const told = at(await get(`droplets/${id}/backups/policy`), 'policy');
    const start = new Date(String(at(told, 'next_backup_window.start')));
    const all = await get('droplets/backups/policies');
    const plans = listAt(await get('droplets/backups/supported_policies'), 'supported_policies');
    const none = at(await get(`droplets/${without}/backups/policy`), 'policy');
    const wrong = await post('droplets', dropletRequest(['b'], { ...more, backup_policy: { ...policy, hour: 5 } }));

    assert.deepEqual([start.getUTCDay(), start.getUTCHours()], [0, 20]);
    assert.deepEqual(at(told, 'backup_policy'), { ...policy, window_length_hours: 4, retention_period_days: 28 });
    assert.deepEqual(at(all, 'policies'), { [id]: told });
    assert.deepEqual(
      plans.map((plan) => [at(plan, 'name'), at(plan, 'retention_period_days')]),
      [
        ['weekly', 28],
        ['daily', 7],
      ],
    );
    assert.deepEqual([at(none, 'backup_enabled'), at(none, 'next_backup_window')], [false, null]);
    assert.equal(wrong.status, 422);
  });

  it('wants every scope that a request needs', async () => {
    const [id = 0] = await createActive(practice, ['scoped'], { size: SIZE, image: 'debian-12-x64', tags: ['held'] });
    const resources = [{ resource_id: String(id), resource_type: 'droplet' }];
    const tagger = await putScopes(['tag:create']);
    assert.equal((await post('tags/held/resources', { resources }, tagger)).status, 403);
    const creator = await putScopes(['droplet:create', 'regions:read']);
    const request = dropletRequest(['b'], { size: SIZE, image: 'debian-12-x64' });
    assert.equal((await post('droplets', { ...request, tags: ['new'] }, creator)).status, 403);
    assert.equal((await post('droplets', request, creator)).status, 202);
    assert.deepEqual(at(await get('regions', creator), 'regions.0.sizes'), []);
    const deleter = await putScopes(['droplet:delete']);
    const gone = await practice.call('DELETE', '/v2/droplets?tag_name=held', { token: deleter });
    assert.deepEqual([gone.status, at(gone.json, 'id')], [403, 'forbidden']);
  });

  it('lets nobody make droplets whose account is not active', async () => {
    for (const status of ['warning', 'locked']) {
      const body = [{ name: 'Stopped', status, tokens: [{ token: 'stopped', scopes: ['*'] }] }];
      await practice.call('PUT', '/practice/accounts', { body });
      const request = dropletRequest(['b'], { size: SIZE, image: 'debian-12-x64' });
      assert.equal((await post('droplets', request, 'stopped')).status, 403, status);
    }
  });
});
