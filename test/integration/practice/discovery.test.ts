import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeFolder } from '../removeFolder';
import { startRealEtcd } from './etcd/etcds';
import { at, listAt, startPractice, temporaryFolder, until, type Answer, type Practice } from './support';

const ETCD = ['/usr/bin/etcd', '/usr/local/bin/etcd'].find((file) => existsSync(file));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the discovery service', () => {
  let practice: Practice;
  before(async () => (practice = await startPractice('--speed', 'max')));
  after(async () => await practice.kill());

  const newToken = async (size: string): Promise<string> => {
    const { text } = await practice.call('GET', `/new?size=${size}`, { token: 'none' });
    assert.match(text, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}$/);
    return text.replace(practice.api, '');
  };
  const register = (target: string, id: string): Promise<Answer> =>
    practice.call('PUT', `${target}/${id}?prevExist=false`, {
      text: new URLSearchParams({ value: `${id}=http://10.128.0.2:2380` }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

  it('hands out an address for the size asked for, three when none is said', async () => {
    const size = async (asked: string): Promise<unknown> =>
      at((await practice.call('GET', `${await newToken(asked)}/_config/size`)).json, 'node.value');

    assert.equal(await size('5'), '5');
    assert.equal(await size(''), '3');
    assert.equal((await practice.call('GET', '/new?size=five')).status, 400);
  });

  it('lists members in the order in which they came, and none twice', async () => {
    const target = await newToken('3');
    const first = await register(target, 'b');
    await register(target, 'a');
    const twice = await register(target, 'b');
    const { json, headers } = await practice.call('GET', target);

    assert.deepEqual([first.status, at(first.json, 'action')], [201, 'create']);
    assert.deepEqual([twice.status, at(twice.json, 'errorCode')], [412, 105]);
    const keys = listAt(json, 'node.nodes').map((node) => path.posix.basename(String(at(node, 'key'))));
    assert.deepEqual(keys, ['b', 'a']);
    assert.equal(headers['x-etcd-index'], String(at(json, 'node.nodes.1.modifiedIndex')));
  });

  it('holds a long poll until a member comes, or answers it from the past', async () => {
    const target = await newToken('2');
    const { headers } = await practice.call('GET', target);
    const next = Number(headers['x-etcd-index']) + 1;
    const poll = practice.call('GET', `${target}?recursive=true&wait=true&waitIndex=${next}`);
    await register(target, 'x');

    assert.equal(at((await poll).json, 'node.modifiedIndex'), next);
    const past = await practice.call('GET', `${target}?recursive=true&wait=true&waitIndex=${next}`);
    assert.equal(at(past.json, 'node.modifiedIndex'), next);
  });

  it('knows no token that it did not make', async () => {
    const { status, json } = await practice.call('GET', `/${'0'.repeat(32)}`);

    assert.deepEqual([status, at(json, 'errorCode'), at(json, 'message')], [404, 100, 'Key not found']);
  });

  it('answers below a token as the etcd behind the real service does', { skip: ETCD === undefined }, async () => {
    const fresh = await startPractice('--speed', 'max');
    const folder = temporaryFolder();
    const real = await startRealEtcd(folder);
    try {
      const path = (await fresh.call('GET', '/new?size=5', { token: 'none' })).text.replace(fresh.api, '');
      const registry = `${real.url}/v2/keys/_etcd/registry`;
      await askBelow(`${registry}${path}`, 'PUT', '/_config/size?prevExist=false', 'value=5');
      for (const [method, below, form] of ASKED) {
        const wanted = await askBelow(`${registry}${path}`, method, below, form);
        assert.deepEqual(
          await askBelow(`${fresh.api}${path}`, method, below, form),
          wanted,
          `${method} ${below} ${form ?? ''}`,
        );
      }
    } finally {
      await real.stop();
      await fresh.kill();
      await removeFolder(folder);
    }
  });

  it('offers no more of its etcd than tokens and what is right below them', async () => {
    const target = await newToken('3');
    const refused = await Promise.all([
      practice.call('PUT', `${target}/_config/size`, { text: 'value=9' }),
      practice.call('GET', `${target}/a/b`),
      practice.call('DELETE', target),
      practice.call('POST', target),
    ]);

    assert.deepEqual(
      refused.map(({ status, text }) => [status, text]),
      refused.map(() => [404, '404 page not found\n']),
    );
    assert.equal((await practice.call('GET', '/new?size=five')).text, 'strconv.Atoi: parsing "five": invalid syntax\n');
    assert.equal(at((await practice.call('GET', `${target}/_config/size`)).json, 'node.value'), '3');
  });

  it('lets three real etcd processes find each other', { skip: ETCD === undefined, timeout: 60_000 }, async () => {
    const url = (await practice.call('GET', '/new?size=3')).text;
    const folder = temporaryFolder();
    const processes: ChildProcess[] = [];
    const clients: string[] = [];
    try {
      for (const name of ['one', 'two', 'three']) {
        const [client, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
        clients.push(client);
        const options = {
          ...{ name, discovery: url, 'data-dir': path.join(folder, name), 'enable-v2': 'true' },
          ...{ 'listen-client-urls': client, 'advertise-client-urls': client },
          ...{ 'listen-peer-urls': peer, 'initial-advertise-peer-urls': peer },
        };
        const args = Object.entries(options).map(([option, value]) => `--${option}=${value}`);
        processes.push(spawn(ETCD ?? '', args, { stdio: 'ignore' }));
      }
      const healthy = await Promise.all(
        clients.map((client) =>
          until(
            async () => ask(`${client}/v2/members`),
            ({ json }) => listAt(json, 'members').length === 3,
          ),
        ),
      );

      assert.equal(healthy.length, 3);
      const { json } = await practice.call('GET', url.replace(practice.api, ''));
      assert.equal(listAt(json, 'node.nodes').length, 3);
    } finally {
      for (const child of processes) child.kill('SIGKILL');
      await removeFolder(folder);
    }
  });
});

/** A process that is still starting answers nothing. */
async function ask(url: string): Promise<Answer> {
  try {
    const reply = await fetch(url);
    const text = await reply.text();
    const json: unknown = JSON.parse(text);
    return { status: reply.status, headers: {}, text, json };
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 80));
    return { status: 0, headers: {}, text: '', json: undefined };
  }
}

/** What is asked of both, in this order: with one history their indexes stay the same. */
const ASKED: readonly (readonly [method: string, below: string, form?: string])[] = [
  ['GET', '/_config/size'],
  ['GET', ''],
  ['PUT', '/a?prevExist=false', 'value=a=http://10.0.0.1:2380'],
  ['PUT', '/a?prevExist=false', 'value=other'],
  ['PUT', '/b', 'value=b=http://10.0.0.2:2380&ttl=100000000'],
  ['PUT', '/c', 'value=c&prevExist=true'],
  ['PUT', '/a', 'value=new&prevValue=old'],
  ['GET', '/a?wait=true&waitIndex=5'],
  ['GET', '?recursive=true&wait=true&waitIndex=4'],
  ['GET', '?recursive=true&wait=true&waitIndex=6'],
  ['GET', '/none'],
  ['DELETE', '/a'],
  ['DELETE', '/a'],
  ['GET', '?recursive=true&sorted=true'],
  ['PUT', '', 'value=1'],
  ['PUT', '/b', 'ttl=soon'],
  ['GET', '/_config'],
];

async function askBelow(url: string, method: string, below: string, form?: string): Promise<object> {
  const body = form === undefined ? undefined : new URLSearchParams(form);
  const reply = await fetch(`${url}${below}`, { method, ...(body !== undefined && { body }) });
  const text = (await reply.text()).replaceAll(/"expiration":"[^"]*"|"ttl":\d+/g, '‹time›');
  const headers = ['content-type', 'x-etcd-index'].map((name) => reply.headers.get(name));
  return { status: reply.status, headers, text };
}
