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
  type Practice,
} from './support';

describe('the practice cloud’s API', () => {
  let practice: Practice;
  before(async () => (practice = await startPractice('--speed', 'max')));
  after(async () => await practice.kill());

  const put = async (accounts: object): Promise<void> => {
    const { status, text } = await practice.call('PUT', '/practice/accounts', { body: accounts });
    assert.equal(status, 200, text);
  };

  it('pages 45 droplets with absolute links that lead to each of them once', async () => {
    await put([{ name: 'Paging', dropletLimit: 100, tokens: [{ token: 'paging' }] }]);
    for (let first = 0; first < 45; first += 9) {
      const names = Array.from({ length: 9 }, (_, index) => `page-${first + index}`);
      const { status } = await practice.call('POST', '/v2/droplets', { token: 'paging', body: dropletRequest(names) });
      assert.equal(status, 202);
    }

    const seen: unknown[] = [];
    let next: string | undefined = '/v2/droplets';
    let pages = 0;
    while (next !== undefined) {
      const { json } = await practice.call('GET', next, { token: 'paging' });
      seen.push(...listAt(json, 'droplets').map((droplet) => at(droplet, 'id')));
      assert.equal(at(json, 'meta.total'), 45);
      pages += 1;
      const link = at(json, 'links.pages.next');
      next = typeof link === 'string' ? link.replace(practice.api, '') : undefined;
      assert.ok(next === undefined || next.startsWith('/v2/droplets?'), `not absolute: ${String(link)}`);
    }

    assert.equal(pages, 3);
    assert.equal(new Set(seen).size, 45);
    const whole = await practice.call('GET', '/v2/droplets?per_page=500', { token: 'paging' });
    assert.equal(listAt(whole.json, 'droplets').length, 45);
    assert.deepEqual(at(whole.json, 'links'), {});
  });

  it('shows a new droplet as new, locked and without addresses, then active with both', async () => {
    const created = await practice.call('POST', '/v2/droplets', { body: dropletRequest(['one']) });
    const droplet = at(created.json, 'droplets.0');
    const id = String(at(droplet, 'id'));

    assert.deepEqual([at(droplet, 'status'), at(droplet, 'locked'), at(droplet, 'networks.v4')], ['new', true, []]);
    const { json } = await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      (answer) => at(answer.json, 'droplet.status') === 'active',
    );
    const types = listAt(json, 'droplet.networks.v4').map((network) => at(network, 'type'));
    assert.deepEqual(types.sort(), ['private', 'public']);
    assert.doesNotMatch(String(at(json, 'droplet.networks.v4.1.ip_address')), /^127\./);
    assert.deepEqual(at(json, 'droplet.disk_info'), [{ type: 'local', size: { amount: 20, unit: 'gib' } }]);
  });

  it('refuses what DigitalOcean refuses, in its words and with a request id', async () => {
    await put([{ name: 'Small', dropletLimit: 2, tokens: [{ token: 'small' }] }]);
    const cases: [object, string][] = [
      [dropletRequest(['a', 'b', 'c']), 'creating this/these droplet(s) will exceed your droplet limit'],
      [dropletRequest(['under_score']), 'Only valid hostname characters are allowed. (a-z, A-Z, 0-9, . and -)'],
      [dropletRequest(['x'], { image: 'coreos-gone' }), 'You specified an invalid image for Droplet creation.'],
      [dropletRequest(['x'], { size: '3mb' }), 'You specified an invalid size for Droplet creation.'],
      [dropletRequest(['x'], { region: 'nyc2' }), 'Size is not available in this region.'],
      [dropletRequest(['x'], { ssh_keys: [17] }), '17 are invalid key identifiers for Droplet creation.'],
      [dropletRequest(Array(11).fill('x') as string[]), 'You cannot create more than 10 droplets at once.'],
      [dropletRequest(['x'], { user_data: 'x'.repeat(65_537) }), 'User data is too long (maximum is 64 KiB).'],
    ];
    for (const [body, message] of cases) {
      const { status, json } = await practice.call('POST', '/v2/droplets', { token: 'small', body });
      assert.deepEqual([status, at(json, 'id'), at(json, 'message')], [422, 'unprocessable_entity', message]);
      assert.match(String(at(json, 'request_id')), /^[0-9a-f-]{36}$/);
    }
    const list = await practice.call('GET', '/v2/droplets', { token: 'small' });
    assert.equal(at(list.json, 'meta.total'), 0);
  });

  it('tells apart a wrong token, a token that may only read and one of another account', async () => {
    const status = async (method: string, token: string, body?: object): Promise<number> =>
      (await practice.call(method, '/v2/account/keys', { token, ...(body && { body }) })).status;

    assert.equal(await status('GET', 'wrong'), 401);
    assert.equal(await status('GET', `${TOKEN}-read`), 200);
    assert.equal(await status('POST', `${TOKEN}-read`, { name: 'k', public_key: PUBLIC_KEY }), 403);
    assert.equal(await status('POST', TOKEN, { name: 'k', public_key: PUBLIC_KEY }), 201);
    const others = await practice.call('GET', '/v2/account/keys', { token: `${TOKEN}-second` });
    assert.deepEqual(at(others.json, 'ssh_keys'), []);
  });

  it('hides the droplet limit from a token that may not read droplets', async () => {
    await put([{ name: 'Scoped', tokens: [{ token: 'scoped', scopes: ['account:read', 'ssh_key:create'] }] }]);

    const { json } = await practice.call('GET', '/v2/account', { token: 'scoped' });
    const droplets = await practice.call('GET', '/v2/droplets', { token: 'scoped' });
    const keys = await practice.call('GET', '/v2/account/keys', { token: 'scoped' });

    assert.equal(at(json, 'account.droplet_limit'), undefined);
    assert.equal(at(json, 'account.status'), 'active');
    assert.deepEqual([droplets.status, keys.status], [403, 200]);
  });

  it('answers malformed JSON, wrong methods, other media and unknown paths each with its own status', async () => {
    const malformed = await practice.call('POST', '/v2/droplets', { text: '{"name":' });
    const media = await practice.call('POST', '/v2/tags', {
      text: 'name=x',
      headers: { 'content-type': 'text/plain' },
    });

    assert.deepEqual([malformed.status, at(malformed.json, 'id')], [400, 'bad_request']);
    assert.equal(media.status, 415);
    assert.equal((await practice.call('PATCH', '/v2/droplets')).status, 405);
    assert.equal((await practice.call('GET', '/v2/volcanoes')).status, 404);
    assert.equal((await practice.call('DELETE', '/v2/droplets?tag_name=')).status, 422);
  });

  it('counts requests, and refuses the 251st within a minute with the time to wait', async () => {
    await put([{ name: 'Busy', tokens: [{ token: 'busy' }] }]);
    const slow = await startPractice('--speed', '1');
    try {
      const ask = () => slow.call('GET', '/v2/account');
      const first = await ask();
      for (let count = 1; count < 250; count += 1) assert.equal((await ask()).status, 200);
      const refused = await ask();

      assert.deepEqual([first.headers['ratelimit-limit'], first.headers['ratelimit-remaining']], ['5000', '4999']);
      assert.deepEqual([refused.status, at(refused.json, 'id')], [429, 'too_many_requests']);
      assert.equal(refused.headers['ratelimit-remaining'], '0');
      assert.ok(Number(refused.headers['retry-after']) > 30);
    } finally {
      await slow.kill();
    }
  });

  it('answers nothing that came in under a name of its own, or from a page', async () => {
    for (const headers of [
      { host: 'evil.example' },
      { host: '127.0.0.1.evil.example' },
      { origin: 'https://evil.example' },
    ]) {
      for (const path of ['/v2/account', '/practice/info', '/new?size=3']) {
        assert.equal((await practice.call('GET', path, { headers })).status, 403, `${JSON.stringify(headers)} ${path}`);
      }
    }
    assert.equal((await practice.call('GET', '/v2/account', { headers: { host: 'localhost:1' } })).status, 200);
    assert.equal((await practice.call('GET', '/practice/info', { token: `${TOKEN}-second` })).status, 401);
  });

  it('keeps a droplet billed while it is off, and lets only one thing happen to it at a time', async () => {
    const [id = 0] = await createActive(practice, ['billed']);
    const off = await practice.call('POST', `/v2/droplets/${id}/actions`, { body: { type: 'power_off' } });
    await until(
      () => practice.call('GET', `/v2/actions/${String(at(off.json, 'action.id'))}`),
      ({ json }) => at(json, 'action.status') === 'completed',
    );
    const twice = await practice.call('POST', `/v2/droplets/${id}/actions`, { body: { type: 'power_off' } });
    const ledger = await practice.call('GET', '/practice/ledger');
    const charge = listAt(ledger.json, 'charges').find((one) => at(one, 'dropletId') === id);

    assert.deepEqual([off.status, twice.status], [201, 422]);
    assert.equal(at(charge, 'to'), null);
    assert.ok(Number(at(charge, 'seconds')) > 0);
    assert.ok(
      listAt(ledger.json, 'delays').some(
        (delay) => at(delay, 'kind') === 'create' && at(delay, 'subject') === 'billed',
      ),
    );
  });

  it('refuses a second event while one is pending', async () => {
    const slow = await startPractice('--speed', '1', '--profile', 'lab');
    try {
      const created = await slow.call('POST', '/v2/droplets', { body: dropletRequest(['busy']) });
      const id = String(at(created.json, 'droplets.0.id'));
      assert.equal((await slow.call('GET', `/v2/droplets/${id}`)).status, 404, 'visible at once');
      await until(
        () => slow.call('GET', `/v2/droplets/${id}`),
        ({ status }) => status === 200,
      );
      const { status, json } = await slow.call('DELETE', `/v2/droplets/${id}`);

      assert.deepEqual([status, at(json, 'message')], [422, 'Droplet already has a pending event.']);
    } finally {
      await slow.kill();
    }
  });

  it('creates and destroys five droplets in well under a second at full speed', async () => {
    const started = performance.now();
    const ids = await createActive(practice, ['f-1', 'f-2', 'f-3', 'f-4', 'f-5'], { tags: ['fast'] });
    assert.equal((await practice.call('DELETE', '/v2/droplets?tag_name=fast')).status, 204);
    for (const id of ids) {
      await until(
        () => practice.call('GET', `/v2/droplets/${id}`),
        ({ status }) => status === 404,
      );
    }
    const tookMs = performance.now() - started;

    assert.ok(tookMs < 1000, `${tookMs} ms`);
  });

  it('attaches a firewall by tag, and keeps what PUT leaves out away', async () => {
    await practice.call('POST', '/v2/tags', { body: { name: 'walled' } });
    const rules = (ports: string) => [{ protocol: 'tcp', ports, sources: { addresses: ['0.0.0.0/0'] } }];
    const body = { name: 'wall', inbound_rules: rules('22'), tags: ['walled'] };
    const created = await practice.call('POST', '/v2/firewalls', { body });
    const id = String(at(created.json, 'firewall.id'));
    const again = await practice.call('POST', '/v2/firewalls', { body });
    const applied = await practice.call('GET', `/v2/firewalls/${id}`);
    const put = await practice.call('PUT', `/v2/firewalls/${id}`, {
      body: { name: 'wall', inbound_rules: rules('80') },
    });

    assert.deepEqual([created.status, at(created.json, 'firewall.status')], [202, 'succeeded']);
    assert.equal(again.status, 409);
    assert.deepEqual(at(applied.json, 'firewall.tags'), ['walled']);
    assert.deepEqual([at(put.json, 'firewall.tags'), at(put.json, 'firewall.inbound_rules.0.ports')], [[], '80']);
  });

  it('has no CoreOS and no 512mb in the catalogue of today, but lets an image be imported', async () => {
    const today = await startPractice('--speed', 'max', '--catalogue', 'today');
    try {
      const sizes = await today.call('GET', '/v2/sizes');
      assert.equal((await today.call('GET', '/v2/images/coreos-stable')).status, 404);
      assert.ok(listAt(sizes.json, 'sizes').every((size) => at(size, 'slug') !== '512mb'));
      const imported = await today.call('POST', '/v2/images', {
        body: { name: 'old', url: 'https://example.com/coreos.img.bz2', region: 'nyc3', distribution: 'CoreOS' },
      });
      assert.deepEqual([imported.status, at(imported.json, 'image.status')], [202, 'NEW']);
      await until(
        () => today.call('GET', '/v2/images?private=true'),
        ({ json }) => at(json, 'images.0.status') === 'available',
      );
    } finally {
      await today.kill();
    }
  });
});
