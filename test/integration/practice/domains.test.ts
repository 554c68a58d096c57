import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { at, listAt, startPractice, TOKEN, type Answer, type Practice } from './support';

describe('domains in the practice cloud’s API', () => {
  let practice: Practice;
  before(async () => (practice = await startPractice('--speed', 'max')));
  after(async () => await practice.kill());

  const add = (record: object): Promise<Answer> =>
    practice.call('POST', '/v2/domains/example.com/records', { body: record });
  const records = async (query = ''): Promise<unknown[][]> => {
    const { json } = await practice.call('GET', `/v2/domains/example.com/records?per_page=200${query}`);
    return listAt(json, 'domain_records').map((record) => ['type', 'name', 'data'].map((key) => at(record, key)));
  };

  it('makes one with its authority, its name servers and an address for the domain itself', async () => {
    const body = { name: 'Example.com', ip_address: '203.0.113.7' };
    const created = await practice.call('POST', '/v2/domains', { body });
    const again = await practice.call('POST', '/v2/domains', { body, token: `${TOKEN}-second` });
    const domain = await practice.call('GET', '/v2/domains/example.com');

    assert.deepEqual(
      [created.status, at(created.json, 'domain')],
      [201, { name: 'example.com', ttl: 1800, zone_file: null }],
    );
    assert.deepEqual([again.status, at(again.json, 'message')], [422, "domain 'example.com': name already exists"]);
    assert.deepEqual(await records(), [
      ['SOA', '@', '1800'],
      ...['ns1', 'ns2', 'ns3'].map((server) => ['NS', '@', `${server}.digitalocean.com`]),
      ['A', '@', '203.0.113.7'],
    ]);
    assert.match(String(at(domain.json, 'domain.zone_file')), /^example\.com\. 1800 IN A 203\.0\.113\.7$/m);
  });

  it('gives all records of one name and type the time to live that was said last', async () => {
    const times = async (): Promise<unknown[]> => {
      const { json } = await practice.call('GET', '/v2/domains/example.com/records?type=TXT');
      return listAt(json, 'domain_records').map((record) => at(record, 'ttl'));
    };
    const first = await add({ type: 'TXT', name: '@', data: 'one', ttl: 1800 });
    const second = await add({ type: 'TXT', name: '@', data: 'two', ttl: 300 });
    const elsewhere = await add({ type: 'TXT', name: 'sub', data: 'three', ttl: 60 });
    const added = await times();
    const ids = [first, second, elsewhere].map(({ json }) => String(at(json, 'domain_record.id')));
    await practice.call('PUT', `/v2/domains/example.com/records/${ids[0] ?? ''}`, { body: { type: 'TXT', ttl: 600 } });

    assert.deepEqual(
      [added, await times()],
      [
        [300, 300, 60],
        [600, 600, 60],
      ],
    );
    for (const id of ids) await practice.call('DELETE', `/v2/domains/example.com/records/${id}`);
  });

  it('takes the records of the guide as Go’s clients send them, changes and removes them', async () => {
    const numbers = { priority: 0, weight: 0, flags: 0 };
    const made = await add({ type: 'A', name: 'deis-1', data: '203.0.113.8', ...numbers });
    const wild = await add({ type: 'CNAME', name: '*', data: '@', ...numbers });
    const far = await add({ type: 'CNAME', name: 'far.example.com.', data: 'deis.example.org.', ttl: 60, ...numbers });
    const url = `/v2/domains/example.com/records/${String(at(made.json, 'domain_record.id'))}`;
    const changed = await practice.call('PUT', url, { body: { data: '203.0.113.9', ttl: 300, ...numbers } });

    assert.deepEqual([made.status, wild.status, far.status, changed.status], [201, 201, 201, 200]);
    assert.equal(at(made.json, 'domain_record.priority'), null);
    assert.deepEqual(
      ['name', 'data', 'ttl'].map((key) => at(far.json, `domain_record.${key}`)),
      ['far', 'deis.example.org', 60],
    );
    assert.deepEqual(
      ['type', 'name', 'data', 'ttl'].map((key) => at(changed.json, `domain_record.${key}`)),
      ['A', 'deis-1', '203.0.113.9', 300],
    );
    assert.deepEqual(await records('&type=CNAME'), [
      ['CNAME', '*', '@'],
      ['CNAME', 'far', 'deis.example.org'],
    ]);
    assert.deepEqual(await records('&name=deis-1.example.com'), [['A', 'deis-1', '203.0.113.9']]);
    assert.equal((await practice.call('DELETE', url)).status, 204);
    assert.equal((await practice.call('GET', url)).status, 404);
  });

  it('refuses what DigitalOcean refuses, in its words', async () => {
    const cases: [object, string][] = [
      [{ type: 'A', name: 'x', data: '2001:db8::1' }, 'IP address did not match IPv4 format (e.g. 127.0.0.1).'],
      [{ type: 'A', name: 'x' }, "Data can't be blank"],
      [{ type: 'CNAME', name: 'x', data: 'deis.example.org' }, 'Data needs to end with a dot (.)'],
      [{ type: 'A', name: '*', data: '203.0.113.8' }, 'CNAME records cannot share a name with other records'],
      [{ type: 'MX', name: '@', data: 'mail.example.org.' }, 'Priority is required for MX records'],
      [{ type: 'SPF', name: '@', data: 'x' }, 'type is invalid'],
    ];
    for (const [body, message] of cases) {
      const { status, json } = await add(body);
      assert.deepEqual([status, at(json, 'message')], [422, message]);
    }
    assert.equal((await practice.call('GET', '/v2/domains/example.org')).status, 404);
    assert.equal((await practice.call('GET', '/v2/domains/example.com', { token: `${TOKEN}-second` })).status, 404);
    assert.equal((await practice.call('DELETE', '/v2/domains/example.com', { token: `${TOKEN}-read` })).status, 403);
    assert.equal((await practice.call('DELETE', '/v2/domains/example.com')).status, 204);
  });
});
