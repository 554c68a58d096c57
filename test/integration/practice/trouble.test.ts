import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { removeFolder } from '../removeFolder';
import { at, dropletRequest, startQuietPractice, temporaryFolder, until, type Practice } from './support';

type Quiet = Awaited<ReturnType<typeof startQuietPractice>>;

describe('the practice cloud in trouble', () => {
  let folder: string;
  const running: Practice[] = [];
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(async () => {
    for (const practice of running.splice(0)) await practice.kill('SIGKILL');
    await removeFolder(folder);
  });

  const open = async (...options: string[]): Promise<Quiet> => {
    const practice = await startQuietPractice('--state', folder, ...options);
    running.push(practice);
    return practice;
  };

  const whole = (socket: Socket): Promise<string> =>
    new Promise((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += String(chunk)));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });

  it('says when its state cannot be saved, goes on, and has lost nothing once it can', async () => {
    const first = await open('--speed', 'max');
    await first.call('POST', '/v2/tags', { body: { name: 'before' } });
    const inTheWay = path.join(folder, 'state.json.new'); // what stands there cannot be written: as good as a full disk
    mkdirSync(inTheWay);
    const failed = await first.call('POST', '/v2/tags', { body: { name: 'during' } });
    const seen = await first.call('GET', '/v2/tags/during');
    rmdirSync(inTheWay);
    const after = await first.call('POST', '/v2/tags', { body: { name: 'after' } });
    await first.kill('SIGKILL');
    const second = await open('--speed', 'max');
    const { json } = await second.call('GET', '/v2/tags');
    await second.kill();

    assert.deepEqual([failed.status, at(failed.json, 'id')], [500, 'server_error']);
    assert.match(String(at(failed.json, 'message')), /could not save its state: EISDIR/);
    assert.deepEqual([seen.status, after.status, at(json, 'meta.total')], [200, 201, 3]);
    assert.equal(first.said().match(/could not save its state to .*state\.json: EISDIR/g)?.length, 1, first.said());
  });

  it('saves by itself when it can again, though nobody asks for anything', async () => {
    const practice = await open('--speed', '1');
    const inTheWay = path.join(folder, 'state.json.new');
    mkdirSync(inTheWay);
    await practice.call('POST', '/v2/tags', { body: { name: 'kept' } });
    rmdirSync(inTheWay);
    const isSaved = (): boolean => readFileSync(path.join(folder, 'state.json'), 'utf8').includes('"kept"');
    await until(
      () => Promise.resolve({ status: isSaved() ? 1 : 0, headers: {}, text: '', json: undefined }),
      ({ status }) => status === 1,
    );
    await practice.kill('SIGKILL');
  });

  it('keeps aside a state file that is none of its own', async () => {
    for (const text of [
      '[]',
      '{"format":99,"sections":{}}',
      '{"format":1,"sections":{"cloud":null}}',
      '\u0000\u0001',
    ]) {
      writeFileSync(path.join(folder, 'state.json'), text);
      const practice = await open();
      const { status, json } = await practice.call('GET', '/v2/droplets');
      await practice.kill();
      const aside = readdirSync(folder).filter((name) => name.startsWith('state.json.damaged-'));

      assert.deepEqual([status, at(json, 'meta.total')], [200, 0]);
      assert.ok(aside.some((name) => readFileSync(path.join(folder, name), 'utf8') === text));
      assert.match(practice.said(), /damaged/);
    }
  });

  it('refuses a body without end, and answers others while hundreds of requests trickle in', async () => {
    const practice = await open('--speed', 'max');
    const port = Number(new URL(practice.api).port);
    const trickling = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
    for (const socket of trickling)
      socket.on('error', () => undefined).write('POST /v2/droplets HTTP/1.1\r\nHost: loc');
    const huge = await practice.call('POST', '/v2/droplets', { text: `{"name":"${'x'.repeat(2_000_000)}"}` });
    const created = await practice.call('POST', '/v2/droplets', { body: dropletRequest(['served']) });
    await until(
      () => practice.call('GET', '/v2/droplets'),
      ({ json }) => at(json, 'droplets.0.status') === 'active',
    );
    for (const socket of trickling) socket.destroy();
    await practice.kill();

    assert.deepEqual([huge.status, at(huge.json, 'message')], [413, 'The request body is too large.']);
    assert.equal(created.status, 202);
  });

  it('answers requests that no client sends, and goes on', async () => {
    const practice = await open('--speed', 'max');
    const port = Number(new URL(practice.api).port);
    const answers: string[] = [];
    for (const head of [
      'GET // HTTP/1.1\r\nHost: localhost',
      'GET /v2/account HTTP/1.1\r\nHost: localhost:99999',
      'GET /v2/tags/%E0%A4 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer test-token',
      'FROBNICATE / HTTP/1.1\r\nHost: localhost',
    ]) {
      const socket = connect(port, '127.0.0.1');
      socket.write(`${head}\r\nConnection: close\r\n\r\n`);
      answers.push(/^HTTP\/1\.1 (\d+)/.exec(await whole(socket))?.[1] ?? 'none');
    }
    const { status } = await practice.call('GET', '/v2/account');
    await practice.kill();

    assert.deepEqual(answers, ['400', '400', '404', '400']);
    assert.equal(status, 200);
  });

  it('writes each request to stderr when it is asked to, and no secret', async () => {
    const practice = await open('--speed', 'max', '--verbose');
    const address = (await practice.call('GET', '/new?size=3')).text;
    await practice.call('GET', new URL(address).pathname);
    await practice.call('GET', '/v2/droplets?per_page=200');
    await practice.call('GET', '/v2/account', { token: 'guessed-token' });
    await practice.kill();
    const lines = practice.said().split('\n');

    assert.ok(
      lines.some((line) => /^GET \/v2\/droplets\?per_page=200 200 \d+ ms$/.test(line)),
      practice.said(),
    );
    assert.ok(lines.some((line) => /^GET \/v2\/account 401 \d+ ms$/.test(line)));
    assert.ok(lines.some((line) => /^GET \/… 200 \d+ ms$/.test(line)));
    assert.doesNotMatch(practice.said(), /token|[0-9a-f]{32}/);
  });

  it('lets a client that has been too fast go on as soon as time allows, also when time jumps', async () => {
    const practice = await open('--speed', 'max');
    const statuses = await Promise.all(
      Array.from({ length: 300 }, async () => (await practice.call('GET', '/v2/account')).status),
    );
    await until(
      () => practice.call('GET', '/v2/account'),
      ({ status }) => status === 200,
    );
    await practice.kill();

    assert.ok(statuses.includes(429));
  });
});
