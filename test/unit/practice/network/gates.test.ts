import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Gates } from '../../../../src/practice/network/gates';

describe('a droplet’s public port on loopback', () => {
  let verdict: 'open' | 'mute' | 'refused' = 'open';
  let served: Duplex[] = [];
  let isHung = false;
  let breaksAfter: number | undefined;
  let hangsAfter: number | undefined;
  let isClosed = false;
  const gates = new Gates({
    ...{ probe: () => verdict, touch: () => undefined, settle: () => undefined },
    ...{ isStalled: () => isHung, breaksAfter: () => breaksAfter, hangsAfter: () => hangsAfter },
    isClosed: (_id, port) => isClosed && port === 22,
    deliver: (_id, _port, stream) => {
      served.push(stream);
      stream.on('data', (chunk: Buffer) => stream.write(`echo ${String(chunk)}`));
      stream.on('end', () => stream.end('bye'));
    },
  });
  const clients: Socket[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
    gates.dispose();
    verdict = 'open';
    isClosed = false;
    [breaksAfter, hangsAfter] = [undefined, undefined];
    served = [];
  });

  async function dial(port = '22'): Promise<Socket> {
    const ports = await gates.portsOf(7);
    const client = connect(ports[port] ?? 0, '127.0.0.1');
    clients.push(client);
    await once(client, 'connect');
    return client;
  }
  /** What comes within a moment; `end` and `reset` are said too. */
  async function hear(client: Socket): Promise<string> {
    let heard = '';
    client.on('data', (chunk) => (heard += String(chunk)));
    client.on('end', () => (heard += '<end>'));
    client.on('error', (error) => (heard += `<${'code' in error ? String(error.code) : error.message}>`));
    await sleep(50);
    return heard;
  }

  it('passes both ways, and the end of either side', async () => {
    const client = await dial();
    client.write('a');
    const heard = hear(client);
    setTimeout(() => client.end(), 20);

    assert.equal(await heard, 'echo abye<end>');
  });

  it('accepts and stays mute while the node does not answer; what was sent goes through when it does', async () => {
    verdict = 'mute';
    const client = await dial();
    client.write('early');
    assert.equal(await hear(client), '');
    assert.equal(served.length, 0);

    verdict = 'open';
    gates.evaluate();
    assert.equal(await hear(client), 'echo early');
  });

  it('resets where nothing listens', async () => {
    verdict = 'refused';

    const tryIt = async (): Promise<void> => {
      await once(await dial('2375'), 'data');
    };

    // Depending on who is quicker, the client is told while it connects or right after.
    await assert.rejects(tryIt(), { code: 'ECONNRESET' });
  });

  it('freezes without a word when the power goes, and resets when the node is back and knows nothing of it', async () => {
    const client = await dial();
    client.write('1');
    assert.equal(await hear(client), 'echo 1');
    verdict = 'mute';
    gates.freeze(7);
    client.write('2');
    assert.equal(await hear(client), '');
    assert.equal(client.destroyed, false);
    assert.equal(served[0]?.readableEnded, true);

    verdict = 'open';
    gates.evaluate();
    assert.equal(await hear(client), '');
    client.write('3');
    assert.match(await hear(client), /ECONNRESET/);
  });

  it('goes on where it was when a node that hung is well again', async () => {
    const client = await dial();
    isHung = true;
    verdict = 'mute';
    gates.evaluate();
    client.write('x');
    assert.equal(await hear(client), '');

    isHung = false;
    verdict = 'open';
    gates.evaluate();
    assert.equal(await hear(client), 'echo x');
  });

  it('breaks at the byte it was told to', async () => {
    breaksAfter = 7;
    const client = await dial();
    client.write('123456');
    const heard = await hear(client);
    breaksAfter = undefined;

    // What is on its way may be overtaken by the reset.
    assert.match(heard, /^(echo 12)?<(ECONNRESET|end)>$/);
  });

  it('falls silent at the byte it was told to, and says the rest when that is over', async () => {
    hangsAfter = 7;
    const client = await dial();
    client.write('123456');
    assert.equal(await hear(client), 'echo 12');
    assert.equal(client.destroyed, false);

    hangsAfter = undefined;
    gates.evaluate();
    assert.equal(await hear(client), '3456');
  });

  it('falls silent also on a connection that was open before', async () => {
    const client = await dial();
    client.write('1');
    assert.equal(await hear(client), 'echo 1');
    hangsAfter = 0;
    gates.evaluate();
    client.write('2');
    assert.equal(await hear(client), '');
  });

  it('resets the open connections to one port, and leaves those to others', async () => {
    const [ssh, web] = [await dial('22'), await dial('80')];
    const heard = Promise.all([hear(ssh), hear(web)]);
    gates.reset(7, 22);

    assert.deepEqual(await heard, ['<ECONNRESET>', '']);
  });

  it('refuses a port that is closed on purpose while the node answers, and listens there again', async () => {
    const knock = async (): Promise<string> => {
      const client = connect((await gates.portsOf(7))['22'] ?? 0, '127.0.0.1');
      clients.push(client);
      return await new Promise((resolve) => {
        client.once('connect', () => resolve('accepted'));
        client.once('error', (error) => resolve('code' in error ? String(error.code) : error.message));
      });
    };
    const before = await gates.portsOf(7);
    [isClosed, verdict] = [true, 'refused'];
    gates.evaluate();
    assert.equal(await knock(), 'ECONNREFUSED');
    verdict = 'mute';
    gates.evaluate();
    assert.equal(await knock(), 'accepted', 'a node without power refuses nothing');
    [isClosed, verdict] = [false, 'open'];
    gates.evaluate();

    assert.equal(await knock(), 'accepted');
    assert.deepEqual(await gates.portsOf(7), before);
  });

  it('keeps its ports until the droplet is gone, and frees them then', async () => {
    const before = await gates.portsOf(7);
    assert.deepEqual(await gates.portsOf(7), before);
    const client = await dial();
    gates.close(7);

    assert.match(await hear(client), /<end>|ECONNRESET/);
    await assert.rejects(once(connect(before['22'] ?? 0, '127.0.0.1'), 'connect'), { code: 'ECONNREFUSED' });
  });

  it('carries a megabyte each way without losing a byte', async () => {
    const client = await dial();
    const big = Buffer.alloc(1_000_000, 'x');
    let received = 0;
    client.on('data', (chunk) => (received += String(chunk).replaceAll('echo ', '').length));
    client.end(big);
    await once(client, 'close');

    assert.equal(received, big.length + 'bye'.length);
  });
});
