import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { describe, it } from 'node:test';
import { createClock } from '../../../../src/adapters/net/clock';
import { createDialer } from '../../../../src/adapters/net/dialer';
import { createPracticeDialer } from '../../../../src/adapters/practice/dialer';
import { json, startLab } from '../labServer';

const forever = new AbortController().signal;

async function listen(): Promise<{ port: number; server: net.Server }> {
  const server = net.createServer((socket) => socket.on('error', () => undefined).end('hello'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

describe('dialling a real address', () => {
  it('gives a stream to what listens there', async () => {
    const { server, port } = await listen();
    const stream = await createDialer(createClock()).connect('127.0.0.1', port, forever);
    assert.equal(String(stream.read() ?? (await once(stream, 'data'))), 'hello');
    stream.destroy();
    server.close();
  });

  it('says whether it was refused or can be given up', async () => {
    const dialer = createDialer(createClock());
    await assert.rejects(dialer.connect('127.0.0.1', 1, forever), {
      code: 'sshUnreachable',
      message: /127\.0\.0\.1 port 1 refuses/,
    });
    await assert.rejects(dialer.connect('127.0.0.1', 1, AbortSignal.abort()), { name: 'AbortError' });
  });
});

describe('dialling a droplet of the practice cloud', () => {
  it('finds where its port listens, and looks again when it does not any more', async () => {
    const [first, second] = [await listen(), await listen()];
    let port = first.port;
    const lab = await startLab((request, response) => {
      const nodes = [
        { dropletId: 1, name: 'other', publicAddress: '203.0.113.8', ports: { 22: 1 } },
        { dropletId: 2, name: 'deis-1', publicAddress: '203.0.113.7', ports: { 22: port } },
      ];
      json(response, request.headers.authorization === 'Bearer secret' ? 200 : 401, { nodes });
    });
    const dialer = createPracticeDialer({
      clock: createClock(),
      open: () => Promise.resolve({ api: lab.origin, token: 'secret' }),
    });

    for (let count = 0; count < 3; count += 1) {
      (await dialer.connect('203.0.113.7', 22, forever)).destroy();
    }
    assert.equal(lab.seen.length, 1);
    first.server.close();
    port = second.port;
    (await dialer.connect('203.0.113.7', 22, forever)).destroy();
    assert.equal(lab.seen.length, 2);

    await assert.rejects(dialer.connect('203.0.113.7', 80, forever), {
      code: 'sshUnreachable',
      message: /203\.0\.113\.7 port 80 does not answer/,
    });
    await assert.rejects(dialer.connect('203.0.113.9', 22, forever), { code: 'sshUnreachable' });
    second.server.close();
    await lab.close();
    await assert.rejects(dialer.connect('203.0.113.9', 22, forever), { code: 'sshUnreachable' });
  });

  it('never calls the address itself', async () => {
    const lab = await startLab((_, response) => json(response, 200, { nodes: [] }));
    const dialer = createPracticeDialer({
      clock: createClock(),
      open: () => Promise.resolve({ api: lab.origin, token: 't' }),
    });
    const { server, port } = await listen();
    await assert.rejects(dialer.connect('127.0.0.1', port, forever), { code: 'sshUnreachable' });
    server.close();
    await lab.close();
  });
});
