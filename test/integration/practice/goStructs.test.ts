import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { refusals, ROOT, unknownKeys } from './goStructs';
import { at, createActive, PUBLIC_KEY, startPractice, until, type Answer, type Practice } from './support';

const NUMBERS = { priority: 0, weight: 0, flags: 0 };

describe('the practice cloud’s replies in the structs of DigitalOcean’s Go library', () => {
  let practice: Practice;
  before(async () => (practice = await startPractice('--speed', 'max')));
  after(async () => await practice.kill());

  /** A call as the library makes it: its headers, a body that ends in a line break, and none but a content type on a DELETE. */
  const send = async (method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await practice.call(method, path, {
      text: body === undefined ? '' : `${JSON.stringify(body)}\n`,
      headers: {
        ...{ accept: 'application/json', 'accept-encoding': 'gzip', 'user-agent': 'godo/1.108.0' },
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
      },
    });
    const { json } = answer;
    if (answer.status === 204) assert.equal(answer.text, '');
    else {
      assert.ok(typeof json === 'object' && json !== null, `${method} ${path}: ${answer.text}`);
      assert.deepEqual([...refusals(json, ROOT, ''), ...unknownKeys(json)], [], `${method} ${path}`);
    }
    return answer;
  };
  const expect = async (status: number, method: string, path: string, body?: object): Promise<unknown> => {
    const answer = await send(method, path, body);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
    return answer.json;
  };

  it('would be refused with a wrong type, or without what a client follows', () => {
    const droplet = { id: '1', memory: 0.5, region: null, image: {}, size: {}, networks: {}, created_at: 'today' };
    assert.deepEqual(refusals({ droplet }, ROOT, ''), [
      ...['.droplet.id is "1", no int', '.droplet.memory is 0.5, no int'],
      ...['.droplet.region is followed, but is not there', '.droplet.created_at is "today", no time'],
    ]);
  });

  it('fit when everything is listed and nothing is there', async () => {
    for (const what of [
      ...['account', 'customers/my/balance', 'account/keys', 'regions', 'sizes', 'images', 'images?private=true'],
      ...['droplets', 'droplets?tag_name=none', 'droplets?name=none', 'actions', 'tags', 'firewalls', 'domains'],
      ...['vpcs', 'projects', 'projects/default', 'projects/default/resources', 'images/coreos-stable', 'regions/'],
    ]) {
      const path = `/v2/${what}`;
      await expect(200, 'GET', what.includes('/') || what.includes('?') ? path : `${path}?page=1&per_page=200`);
    }
  });

  it('fit for keys, tags and droplets through their life', async () => {
    const key = await expect(201, 'POST', '/v2/account/keys', { name: 'deis', public_key: `${PUBLIC_KEY}\n` });
    const fingerprint = String(at(key, 'ssh_key.fingerprint'));
    await expect(200, 'GET', `/v2/account/keys/${String(at(key, 'ssh_key.id'))}`);
    await expect(200, 'PUT', `/v2/account/keys/${fingerprint}`, { name: 'renamed' });
    await expect(201, 'POST', '/v2/tags', { name: 'deis' });
    const created = await expect(202, 'POST', '/v2/droplets', {
      ...{ name: 'deis-1', region: 'nyc3', size: '512mb', image: 'coreos-stable', ssh_keys: [fingerprint] },
      ...{ backups: false, ipv6: false, private_networking: false, monitoring: false, tags: ['deis'] },
    });
    const id = String(at(created, 'droplet.id'));
    const action = String(at(created, 'links.actions.0.id'));
    await until(
      () => send('GET', `/v2/actions/${action}`),
      ({ json }) => at(json, 'action.status') === 'completed',
    );
    const off = await expect(201, 'POST', `/v2/droplets/${id}/actions`, { type: 'power_off' });
    await until(
      () => send('GET', `/v2/droplets/${id}/actions/${String(at(off, 'action.id'))}`),
      ({ json }) => at(json, 'action.status') === 'completed',
    );
    for (const part of ['', '/actions', '/firewalls', '/neighbors', '/kernels', '/snapshots', '/backups']) {
      const { json, status } = await practice.call('GET', `/v2/droplets/${id}${part}`);
      assert.deepEqual([status, refusals(json, ROOT, part)], [200, []]);
    }
    await expect(200, 'GET', '/v2/tags/deis');
    await expect(200, 'GET', '/v2/tags?page=1&per_page=1');
    await expect(204, 'POST', '/v2/tags/more/resources', {
      resources: [{ resource_id: id, resource_type: 'droplet' }],
    });
    await expect(204, 'DELETE', '/v2/droplets?tag_name=deis');
    await expect(200, 'GET', '/v2/droplets?page=1&per_page=200&tag_name=deis');
    await expect(204, 'DELETE', `/v2/account/keys/${fingerprint}`);
    await expect(204, 'DELETE', '/v2/tags/deis');
  });

  it('fit for firewalls, domains, private networks and what is refused', async () => {
    const [droplet = 0] = await createActive(practice, ['walled'], { tags: ['walled'] });
    const rule = { protocol: 'tcp', ports: '22', sources: { addresses: ['0.0.0.0/0'], tags: ['walled'] } };
    const out = { protocol: 'icmp', destinations: { addresses: ['0.0.0.0/0'], droplet_ids: [droplet] } };
    const made = await expect(202, 'POST', '/v2/firewalls', {
      ...{ name: 'wall', inbound_rules: [rule], outbound_rules: [out], droplet_ids: [droplet], tags: ['walled'] },
    });
    const wall = `/v2/firewalls/${String(at(made, 'firewall.id'))}`;
    await expect(200, 'GET', wall);
    await expect(204, 'POST', `${wall}/rules`, { inbound_rules: [{ ...rule, ports: '80' }], outbound_rules: null });
    await expect(204, 'DELETE', `${wall}/tags`, { tags: ['walled'] });
    await expect(200, 'PUT', wall, {
      name: 'wall',
      inbound_rules: [rule],
      outbound_rules: null,
      droplet_ids: null,
      tags: null,
    });
    await expect(204, 'DELETE', wall);
    await expect(201, 'POST', '/v2/domains', { name: 'example.com', ip_address: '203.0.113.1' });
    await expect(201, 'POST', '/v2/domains/example.com/records', {
      type: 'A',
      name: 'a',
      data: '203.0.113.1',
      ...NUMBERS,
    });
    await expect(200, 'GET', '/v2/domains/example.com');
    await expect(200, 'GET', '/v2/domains/example.com/records?page=1&per_page=2');
    const vpcs = await expect(200, 'GET', '/v2/vpcs');
    await expect(200, 'GET', `/v2/vpcs/${String(at(vpcs, 'vpcs.0.id'))}/members`);
    await expect(404, 'GET', '/v2/droplets/1');
    await expect(422, 'POST', '/v2/droplets', { name: '' });
    await expect(200, 'GET', '/v2/projects/default/resources');
  });
});
