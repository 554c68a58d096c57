import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import {
  at,
  createActive,
  dropletRequest,
  listAt,
  PUBLIC_KEY,
  startPractice,
  startQuietPractice,
  until,
} from './support';
import type { Answer, Practice } from './support';

/** Two accounts, each with tokens of several scopes: what each of them may, and what none of them sees of the other. */
describe('tokens and accounts of the practice cloud', () => {
  let practice: Practice;
  before(async () => {
    practice = await startPractice('--speed', 'max');
    const tokens = (prefix: string): object[] => [
      { token: `${prefix}-all` },
      { token: `${prefix}-read`, scopes: ['read'] },
      { token: `${prefix}-maker`, scopes: ['droplet:create', 'image:read', 'tag:create'] },
      { token: `${prefix}-switch`, scopes: ['droplet:update', 'actions:read'] },
      { token: `${prefix}-deleter`, scopes: ['droplet:delete', 'tag:read'] },
      { token: `${prefix}-walls`, scopes: ['firewall:create', 'firewall:update', 'firewall:delete'] },
      { token: `${prefix}-names`, scopes: ['domain:create', 'vpc:create', 'project:create', 'ssh_key:update'] },
      { token: `${prefix}-none`, scopes: [] },
    ];
    const body = ['one', 'two'].map((name) => ({ name, tokens: tokens(name) }));
    const { status, text } = await practice.call('PUT', '/practice/accounts', { body });
    assert.equal(status, 200, text);
    assert.doesNotMatch(text, /one-all/, 'tokens are told to nobody');
  });
  after(async () => await practice.kill());

  const ask = async (token: string, method: string, path: string, body?: object): Promise<Answer> =>
    await practice.call(method, `/v2/${path}`, { token, ...(body !== undefined && { body }) });
  const status = async (...call: Parameters<typeof ask>): Promise<number> => (await ask(...call)).status;

  it('may do what their scopes say, read what they may change, and nothing else', async () => {
    const droplet = dropletRequest(['scoped']);
    const rule = { protocol: 'tcp', ports: '22', sources: { addresses: ['0.0.0.0/0'] } };
    const made = at(
      (await ask('one-maker', 'POST', 'droplets', dropletRequest(['made'], { tags: ['t'] }))).json,
      'droplets.0.id',
    );
    const id = String(made);
    await until(
      () => ask('one-maker', 'GET', `droplets/${id}`),
      ({ json }) => at(json, 'droplet.status') === 'active' && at(json, 'droplet.locked') === false,
    );
    const expected: readonly (readonly [number, ...Parameters<typeof ask>])[] = [
      [200, 'one-read', 'GET', 'droplets'],
      [200, 'one-read', 'GET', 'firewalls'],
      [403, 'one-read', 'POST', 'droplets', droplet],
      [403, 'one-read', 'DELETE', `droplets/${id}`],
      [200, 'one-maker', 'GET', 'droplets'],
      [200, 'one-maker', 'GET', 'images/coreos-stable'],
      [403, 'one-maker', 'POST', `droplets/${id}/actions`, { type: 'power_off' }],
      [403, 'one-maker', 'DELETE', `droplets/${id}`],
      [403, 'one-maker', 'GET', 'firewalls'],
      [403, 'one-maker', 'GET', 'account'],
      [403, 'one-deleter', 'POST', 'droplets', droplet],
      [403, 'one-deleter', 'POST', 'tags', { name: 'x' }],
      [200, 'one-deleter', 'GET', 'tags/t'],
      [202, 'one-walls', 'POST', 'firewalls', { name: 'scoped', inbound_rules: [rule] }],
      [403, 'one-walls', 'GET', 'droplets'],
      [201, 'one-names', 'POST', 'domains', { name: 'one.example.com' }],
      [403, 'one-names', 'DELETE', 'domains/one.example.com'],
      [201, 'one-names', 'POST', 'vpcs', { name: 'scoped', region: 'nyc3' }],
      [200, 'one-names', 'GET', 'projects/default'],
      [403, 'one-names', 'POST', 'account/keys', { name: 'k', public_key: PUBLIC_KEY }],
      [201, 'one-switch', 'POST', `droplets/${id}/actions`, { type: 'power_off' }],
      [200, 'one-switch', 'GET', 'actions'],
      ...['account', 'droplets', 'regions', 'sizes', 'images', 'actions', 'tags', 'vpcs', 'projects', 'domains'].map(
        (path) => [403, 'one-none', 'GET', path] as const,
      ),
      [401, 'one-nobody', 'GET', 'account'],
    ];
    for (const [wanted, ...call] of expected) assert.equal(await status(...call), wanted, JSON.stringify(call));
    const refused = await ask('one-none', 'GET', 'droplets');
    assert.deepEqual(
      [at(refused.json, 'id'), at(refused.json, 'message')],
      ['forbidden', 'You do not have access for the attempted action.'],
    );
  });

  it('see of another account nothing at all, with whatever token', async () => {
    const [id = 0] = await createActive(practice, ['mine'], { tags: ['both'] }, 'one-all');
    const made = async (path: string, body: object, key: string): Promise<string> =>
      String(at((await ask('one-all', 'POST', path, body)).json, key));
    const vpc = await made('vpcs', { name: 'mine', region: 'fra1' }, 'vpc.id');
    const project = await made('projects', { name: 'mine', purpose: 'IoT' }, 'project.id');
    const rule = { protocol: 'tcp', ports: '80', sources: { addresses: ['0.0.0.0/0'] } };
    const firewall = await made('firewalls', { name: 'mine', inbound_rules: [rule] }, 'firewall.id');
    const key = await made('account/keys', { name: 'mine', public_key: PUBLIC_KEY }, 'ssh_key.id');
    await ask('one-all', 'POST', 'domains', { name: 'mine.example.com' });
    const paths = [
      `droplets/${id}`,
      `vpcs/${vpc}`,
      `projects/${project}`,
      `firewalls/${firewall}`,
      `account/keys/${key}`,
    ];
    for (const path of [...paths, 'domains/mine.example.com', 'tags/both']) {
      assert.equal(await status('one-all', 'GET', path), 200, path);
      for (const token of ['two-all', 'two-read']) assert.equal(await status(token, 'GET', path), 404, path);
      assert.equal(await status('two-all', 'DELETE', path), 404, path);
    }
    for (const path of ['droplets', 'vpcs', 'firewalls', 'account/keys', 'domains', 'tags', 'actions']) {
      assert.equal(at((await ask('two-all', 'GET', path)).json, 'meta.total'), 0, path);
    }
    assert.equal(
      await status('two-deleter', 'DELETE', 'droplets?tag_name=both'),
      204,
      'nothing of its own has the tag',
    );
    assert.equal(at((await ask('one-all', 'GET', 'droplets?tag_name=both')).json, 'meta.total'), 1);
    assert.equal(await status('two-all', 'POST', 'account/keys', { name: 'same', public_key: PUBLIC_KEY }), 201);
    assert.equal(
      await status('two-all', 'POST', 'domains', { name: 'mine.example.com' }),
      422,
      'a name is one account’s',
    );
  });

  it('are counted each for itself', async () => {
    const left = async (token: string): Promise<number> =>
      Number((await ask(token, 'GET', 'regions')).headers['ratelimit-remaining']);
    const [first, other] = [await left('two-read'), await left('one-read')];
    assert.deepEqual([await left('two-read'), await left('one-read')], [first - 1, other - 1]);
    const listed = await Promise.all(Array.from({ length: 11 }, () => status('two-names', 'GET', 'account/keys')));
    assert.equal(listed.filter((one) => one === 429).length, 1, 'ten lists of keys in a minute');
  });
});

/** Everything that came until the other side closed. */
async function heard(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += String(chunk)));
  await once(socket, 'close');
  return text;
}

describe('requests that do not come to their end', { timeout: 120_000 }, () => {
  it('are cut off with 408 while others are answered', async () => {
    const practice = await startQuietPractice('--speed', '1');
    try {
      const { port } = new URL(practice.api);
      const dial = (text: string): Socket => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.write(text);
        return socket;
      };
      const head = 'POST /v2/tags HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer test-token\r\n';
      const slow = [
        dial(head),
        dial(`${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"name":`),
      ].map(heard);
      const others = await practice.call('GET', '/v2/account');
      const [headless, bodiless] = await Promise.all(slow);
      const tags = await practice.call('GET', '/v2/tags');

      assert.equal(others.status, 200);
      assert.match(headless ?? '', /^HTTP\/1\.1 408 /);
      assert.match(bodiless ?? '', /^(HTTP\/1\.1 408 |$)/);
      assert.deepEqual(listAt(tags.json, 'tags'), []);
      assert.equal(practice.said(), '', 'no error of its own');
    } finally {
      await practice.kill();
    }
  });
});
