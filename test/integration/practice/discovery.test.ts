import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { removeFolder } from '../removeFolder';
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
