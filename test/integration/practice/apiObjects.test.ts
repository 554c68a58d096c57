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

const SECOND = `${TOKEN}-second`;

/** Each kind of thing of DigitalOcean's API: every way to find it, to change it and to lose it. */
describe('things in the practice cloud’s API', () => {
  let practice: Practice;
  before(async () => (practice = await startPractice('--speed', 'max')));
  after(async () => await practice.kill());

  const get = async (path: string, token = TOKEN): Promise<Answer> => await practice.call('GET', path, { token });
  const names = async (path: string): Promise<unknown[]> =>
    listAt((await get(path)).json, 'droplets').map((droplet) => at(droplet, 'name'));
  const finished = async (action: unknown): Promise<Answer> =>
    await until(
      () => get(`/v2/actions/${String(at(action, 'id'))}`),
      ({ json }) => at(json, 'action.status') === 'completed',
    );

  it('keys: found, renamed and deleted by id and by fingerprint, each account its own', async () => {
    const body = { name: 'deis', public_key: PUBLIC_KEY };
    const { json } = await practice.call('POST', '/v2/account/keys', { body });
    const [id, fingerprint] = [String(at(json, 'ssh_key.id')), String(at(json, 'ssh_key.fingerprint'))];
    const renamed = await practice.call('PUT', `/v2/account/keys/${id}`, { body: { name: 'other' } });

    assert.match(fingerprint, /^[0-9a-f:]{47}$/);
    for (const reference of [id, fingerprint]) {
      assert.deepEqual(at((await get(`/v2/account/keys/${reference}`)).json, 'ssh_key'), at(renamed.json, 'ssh_key'));
      assert.equal((await get(`/v2/account/keys/${reference}`, SECOND)).status, 404);
    }
    assert.equal(at(renamed.json, 'ssh_key.name'), 'other');
    const broken = await practice.call('POST', '/v2/account/keys', { body: { name: 'x', public_key: 'ssh-rsa no' } });
    assert.equal(broken.status, 422);
    assert.equal((await practice.call('DELETE', `/v2/account/keys/${fingerprint}`)).status, 204);
    assert.equal((await practice.call('DELETE', `/v2/account/keys/${id}`)).status, 404);
  });

  it('images: by slug and by id; one’s own alone with private=true, deleted by nobody else', async () => {
    const bySlug = await get('/v2/images/coreos-stable');
    const byId = await get(`/v2/images/${String(at(bySlug.json, 'image.id'))}`);
    const body = { name: 'mine', url: 'https://example.com/a.img', region: 'nyc3', distribution: 'CoreOS' };
    const imported = await practice.call('POST', '/v2/images', { body });
    const mine = String(at(imported.json, 'image.id'));
    const own = await get('/v2/images?private=true');

    assert.deepEqual(byId.json, bySlug.json);
    assert.deepEqual(
      listAt(own.json, 'images').map((image) => at(image, 'name')),
      ['mine'],
    );
    assert.equal(at((await get('/v2/images?private=true', SECOND)).json, 'meta.total'), 0);
    assert.equal((await practice.call('DELETE', `/v2/images/${mine}`, { token: SECOND })).status, 404);
    assert.equal((await practice.call('DELETE', '/v2/images/coreos-stable')).status, 404);
    assert.equal((await practice.call('DELETE', `/v2/images/${mine}`)).status, 204);
  });

  it('droplets: by name in any case, by tag, not by both; never another account’s', async () => {
    const [one = 0] = await createActive(practice, ['Find-me', 'find-other'], { tags: ['finding'] });

    assert.deepEqual(await names('/v2/droplets?name=FIND-ME'), ['Find-me']);
    assert.deepEqual(await names('/v2/droplets?tag_name=finding'), ['Find-me', 'find-other']);
    assert.deepEqual(await names('/v2/droplets?tag_name=nothing'), []);
    assert.equal((await get('/v2/droplets?tag_name=finding&name=find-me')).status, 422);
    for (const part of ['', '/actions', '/neighbors', '/firewalls']) {
      assert.equal((await get(`/v2/droplets/${one}${part}`, SECOND)).status, 404, part);
    }
    assert.equal((await practice.call('DELETE', `/v2/droplets/${one}`, { token: SECOND })).status, 404);
    assert.deepEqual(await names('/v2/droplets?name=find-me'), ['Find-me']);
  });

  it('actions: one droplet’s, all of a tag’s that can, listed with the latest first', async () => {
    const ids = await createActive(practice, ['act-1', 'act-2', 'act-3'], { tags: ['acting'] });
    const off = await practice.call('POST', `/v2/droplets/${ids[0]}/actions`, { body: { type: 'power_off' } });
    const done = await finished(at(off.json, 'action'));
    const all = await practice.call('POST', '/v2/droplets/actions?tag_name=acting', { body: { type: 'power_off' } });
    for (const action of listAt(all.json, 'actions')) await finished(action);
    const listed = await get('/v2/actions?per_page=3');
    const unknown = await practice.call('POST', `/v2/droplets/${ids[0]}/actions`, { body: { type: 'fly' } });

    assert.deepEqual(
      [off.status, at(off.json, 'action.status'), at(off.json, 'action.completed_at')],
      [...[201, 'in-progress', null]],
    );
    assert.ok(String(at(done.json, 'action.completed_at')) > String(at(done.json, 'action.started_at')));
    assert.equal(all.status, 201);
    assert.deepEqual(
      listAt(all.json, 'actions').map((action) => at(action, 'resource_id')),
      ids.slice(1),
    );
    assert.deepEqual(
      listAt(listed.json, 'actions').map((action) => at(action, 'resource_id')),
      [ids[2], ids[1], ids[0]],
    );
    assert.equal((await get(`/v2/actions/${String(at(off.json, 'action.id'))}`, SECOND)).status, 404);
    assert.deepEqual([unknown.status, (await get('/v2/droplets/1/actions')).status], [422, 404]);
    assert.equal((await practice.call('POST', '/v2/droplets/actions', { body: { type: 'power_off' } })).status, 422);
  });

  it('tags: keep their case, are put on and taken off, and go without what bears them', async () => {
    const [id = 0] = await createActive(practice, ['tagged']);
    const body = { resources: [{ resource_id: String(id), resource_type: 'droplet' }] };
    const tags = async (): Promise<unknown> => at((await get(`/v2/droplets/${id}`)).json, 'droplet.tags');
    await practice.call('POST', '/v2/tags', { body: { name: 'Deis:One' } });
    const again = await practice.call('POST', '/v2/tags', { body: { name: 'deis:one' } });
    const put = await practice.call('POST', '/v2/tags/Deis:One/resources', { body });
    const one = await get('/v2/tags/Deis:One');

    assert.deepEqual([at(again.json, 'tag.name'), put.status, await tags()], ['Deis:One', 204, ['Deis:One']]);
    assert.deepEqual(
      ['tag.name', 'tag.resources.count', 'tag.resources.droplets.count'].map((key) => at(one.json, key)),
      ['Deis:One', 1, 1],
    );
    assert.deepEqual(
      [await names('/v2/droplets?tag_name=Deis:One'), await names('/v2/droplets?tag_name=deis:one')],
      [['tagged'], []],
    );
    for (const method of ['GET', 'DELETE']) {
      assert.equal((await practice.call(method, '/v2/tags/deis:one')).status, 404, 'in another case it is not found');
    }
    assert.equal((await practice.call('DELETE', '/v2/tags/Deis:One/resources', { body })).status, 204);
    assert.deepEqual(await tags(), []);
    await practice.call('POST', '/v2/tags/Deis:One/resources', { body });
    assert.equal((await practice.call('DELETE', '/v2/tags/Deis:One')).status, 204);
    assert.deepEqual([await tags(), (await get('/v2/tags/Deis:One')).status], [[], 404]);
    assert.equal((await practice.call('POST', '/v2/tags', { body: { name: 'no blanks' } })).status, 422);
  });

  it('firewalls: rules of tags and droplets, within their limits', async () => {
    await practice.call('POST', '/v2/tags', { body: { name: 'inside' } });
    const rule = { protocol: 'tcp', ports: '1-65535', sources: { tags: ['inside'] } };
    const ask = async (more: object): Promise<unknown[]> => {
      const body = { name: 'wall', inbound_rules: [rule], ...more };
      const { status, json } = await practice.call('POST', '/v2/firewalls', { body });
      return [status, at(json, 'message') ?? at(json, 'firewall.status')];
    };
    const asking = (more: object) => ask({ inbound_rules: [{ ...rule, ...more }] });

    assert.deepEqual(await ask({ tags: ['unknown'] }), [422, 'tag unknown does not exist']);
    assert.deepEqual(await asking({ sources: { tags: ['unknown'] } }), [422, 'tag unknown does not exist']);
    assert.deepEqual(await ask({ droplet_ids: [1] }), [422, 'droplet does not exist']);
    assert.deepEqual(await asking({ sources: { droplet_ids: [1] } }), [422, 'droplet does not exist']);
    assert.deepEqual(await ask({ inbound_rules: [] }), [422, 'must have at least one rule']);
    assert.equal((await ask({ inbound_rules: Array(51).fill(rule) }))[0], 422);
    for (const ports of ['ssh', '', undefined, '70000', '90-80']) {
      assert.deepEqual(await asking({ ports }), [422, 'invalid port range'], ports);
    }
    for (const address of ['999.1.1.1/0', '10.0.0.0/33', '::/129', 'anywhere', '10.0.0.0/8/8']) {
      assert.deepEqual(await asking({ sources: { addresses: [address] } }), [422, `invalid address: ${address}`]);
    }
    assert.deepEqual(await asking({ protocol: 'sctp' }), [422, 'you specified an invalid protocol']);
    for (const name of ['no blanks', 'under_score', 'a'.repeat(256)]) {
      assert.deepEqual(await ask({ name }), [422, 'invalid name']);
    }
    assert.deepEqual(await ask({ tags: ['inside'] }), [202, 'succeeded'], 'no droplet has to wait for it');
  });

  it('firewalls: what is said in another way is kept in one', async () => {
    const { json } = await practice.call('POST', '/v2/firewalls', {
      body: {
        name: 'other-words',
        inbound_rules: [
          { protocol: 'TCP', ports: 22, sources: { addresses: ['203.0.113.7', '2001:db8:0:0::/32'] } },
          { protocol: 'udp', ports: 'all', sources: {} },
          { protocol: 'icmp', sources: { addresses: ['::/0'] } },
        ],
      },
    });

    assert.deepEqual(at(json, 'firewall.inbound_rules'), [
      { protocol: 'tcp', ports: '22', sources: { addresses: ['203.0.113.7', '2001:db8:0:0::/32'] } },
      { protocol: 'udp', ports: '0', sources: {} },
      { protocol: 'icmp', ports: '0', sources: { addresses: ['::/0'] } },
    ]);
  });

  it('firewalls: a droplet waits for what it gets, and for what it loses', async () => {
    const [id = 0] = await createActive(practice, ['walled']);
    const body = { name: 'waiting', inbound_rules: [{ protocol: 'icmp', sources: {} }], droplet_ids: [id] };
    const made = (await practice.call('POST', '/v2/firewalls', { body })).json;
    const path = `/v2/firewalls/${String(at(made, 'firewall.id'))}`;
    const settled = () =>
      until(
        () => get(path),
        ({ json }) => at(json, 'firewall.status') === 'succeeded',
      );
    await settled();
    const changed = (await practice.call('PUT', path, { body: { ...body, droplet_ids: [] } })).json;
    const after = (await settled()).json;
    const pending = (removing: boolean) => [{ droplet_id: id, removing, status: 'waiting' }];

    assert.deepEqual([at(made, 'firewall.status'), at(made, 'firewall.pending_changes')], ['waiting', pending(false)]);
    assert.deepEqual(
      [at(changed, 'firewall.status'), at(changed, 'firewall.pending_changes')],
      ['waiting', pending(true)],
    );
    assert.deepEqual(at(after, 'firewall.pending_changes'), []);
  });

  it('what a practice cloud never has: empty, and not to be made', async () => {
    const [id = 0] = await createActive(practice, ['alone']);
    for (const [path, what = path] of [
      ...[['volumes'], ['reserved_ips'], ['load_balancers'], ['certificates'], ['cdn/endpoints', 'endpoints']],
      ...[['vpc_peerings'], ['databases'], ['apps'], ['floating_ips']],
      ...[['kubernetes/clusters', 'kubernetes_clusters']],
    ] as const) {
      const { status, json } = await get(`/v2/${path}?page=1&per_page=200`);
      assert.deepEqual([status, listAt(json, what), at(json, 'meta.total')], [200, [], 0]);
      const made = await practice.call('POST', `/v2/${path}`, { body: {} });
      assert.deepEqual(
        [made.status, String(at(made.json, 'message')).slice(0, 26)],
        [422, 'The practice cloud has no '],
      );
    }
    assert.deepEqual(listAt((await get('/v2/1-clicks')).json, '1_clicks'), []);
    const invoices = (await get('/v2/customers/my/invoices')).json;
    assert.deepEqual([listAt(invoices, 'invoices'), typeof at(invoices, 'invoice_preview.amount')], [[], 'string']);
    const metrics = `/v2/monitoring/metrics/droplet/memory_free?host_id=${id}`;
    const [measured, unmeasured] = [await get(`${metrics}&start=1&end=2`), await get(metrics)];
    const nobodys = await get('/v2/monitoring/metrics/droplet/cpu?host_id=1&start=1&end=2');
    const left = await get(`/v2/droplets/${id}/destroy_with_associated_resources`);

    assert.deepEqual([measured.status, at(measured.json, 'data.result')], [200, []]);
    assert.deepEqual(
      [unmeasured.status, at(unmeasured.json, 'message')],
      [400, 'failed to parse start time: cannot parse to a valid timestamp'],
    );
    assert.deepEqual([nobodys.status, at(nobodys.json, 'message')], [401, 'unauthorized']);
    assert.deepEqual([left.status, at(left.json, 'volumes')], [200, []]);
  });

  it('deletes: all of a tag or none; listed a moment longer, locked, and free of charge from the call on', async () => {
    const slow = await startPractice('--speed', '1', '--profile', 'lab');
    try {
      const [id = 0] = await createActive(slow, ['going'], { tags: ['together'] });
      await slow.call('POST', '/v2/droplets', { body: dropletRequest(['busy'], { tags: ['together'] }) });
      const byTag = await slow.call('DELETE', '/v2/droplets?tag_name=together');
      const untouched = await slow.call('GET', `/v2/droplets/${id}`);
      const deleted = await slow.call('DELETE', `/v2/droplets/${id}`);
      const still = await slow.call('GET', `/v2/droplets/${id}`);
      const again = await slow.call('DELETE', `/v2/droplets/${id}`);
      const bill = await slow.call('GET', '/practice/ledger');
      await until(
        () => slow.call('GET', `/v2/droplets/${id}`),
        ({ status }) => status === 404,
      );

      assert.deepEqual([byTag.status, at(byTag.json, 'message')], [422, 'Droplet already has a pending event.']);
      assert.equal(at(untouched.json, 'droplet.locked'), false);
      assert.deepEqual([deleted.status, again.status], [204, 204]);
      assert.deepEqual([still.status, at(still.json, 'droplet.locked')], [200, true]);
      assert.notEqual(at(bill.json, 'charges.0.to'), null);
      assert.equal(at(bill.json, 'charges.0.cost'), 0.01);
    } finally {
      await slow.kill();
    }
  });
});
