import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { HttpHandler, ModelFetch } from '../../../../src/practice/kernel';
import { createModelFetch } from '../../../../src/practice/network/fetch';
import { InnerHttp } from '../../../../src/practice/network/innerHttp';
import { Internet } from '../../../../src/practice/network/internet';
import { VirtualTimeline } from '../../../../src/practice/timeline';
import { SmallWorld } from './support';

const says =
  (text: string): HttpHandler =>
  (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += String(chunk)));
    request.on('end', () =>
      response.writeHead(200, { 'x-path': request.url }).end(`${text} ${request.method ?? ''} ${body}`),
    );
  };

describe('HTTP from inside a node', () => {
  const timeline = new VirtualTimeline(Infinity, 0);
  const inner = new InnerHttp();
  after(() => {
    timeline.dispose();
    inner.dispose();
  });

  function setUp(count = 2): { world: SmallWorld; internet: Internet; fetch: ModelFetch } {
    const world = new SmallWorld(count);
    const internet = new Internet();
    const fetch = createModelFetch({
      ...{ network: world.network, internet, inner, timeline, discovery: says('discovery') },
      host: (id) => world.nodes.find((node) => node.dropletId === id)?.host,
      isOwnPort: (port) => port === 8400,
    });
    return { world, internet, fetch };
  }
  const get = (url: string) => ({ url, method: 'GET', headers: {} });

  it('reaches the node’s own ports and sockets, other nodes by both addresses, and names of the model', async () => {
    const { world, internet, fetch } = setUp();
    const [one, two] = [world.node(1), world.node(2)];
    one.serve({ port: 4001 }, says('etcd'));
    one.serve({ socketPath: '/var/run/fleet.sock' }, says('fleet'));
    two.serve({ port: 80 }, says('router'));
    internet.serve('deis.io', says('installer'));
    const ask = async (url: string, socketPath?: string): Promise<string> =>
      (await fetch(one.host, { ...get(url), ...(socketPath && { socketPath }) })).body;

    assert.equal(await ask('http://127.0.0.1:4001/v2/keys'), 'etcd GET ');
    assert.equal(await ask(`http://${one.privateAddress}:4001/`), 'etcd GET ');
    assert.equal(await ask('http://domain-sock/fleet/v1/units', '/var/run/fleet.sock'), 'fleet GET ');
    assert.equal(await ask(`http://${two.privateAddress}/`), 'router GET ');
    assert.equal(await ask(`http://deis.${two.publicAddress.replaceAll('.', '-')}.sslip.io/`), 'router GET ');
    assert.equal(await ask('http://deis.io/deisctl/install.sh'), 'installer GET ');
    assert.equal(await ask('http://127.0.0.1:8400/new?size=5'), 'discovery GET ');
  });

  it('sends a body and gives back status and headers', async () => {
    const { world, fetch } = setUp();
    world.node(1).serve({ port: 80 }, says('it'));
    const reply = await fetch(world.node(1).host, {
      ...{ url: 'http://localhost/a?b=c', method: 'PUT', body: 'value=ä' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });

    assert.deepEqual([reply.status, reply.headers['x-path'], reply.body], [200, '/a?b=c', 'it PUT value=ä']);
  });

  it('fails as a connection would: refused, unknown, or after Linux has given up', async () => {
    const { world, fetch } = setUp();
    const { host } = world.node(1);
    const started = timeline.now();

    await assert.rejects(fetch(host, get('http://127.0.0.1:9/')), { code: 'ECONNREFUSED' });
    await assert.rejects(fetch(host, get('http://example.com/')), { code: 'ENOTFOUND' });
    world.node(2).cutPower();
    await assert.rejects(fetch(host, get('http://10.128.0.2:4001/')), { code: 'ETIMEDOUT' });
    assert.ok(timeline.now() - started >= 127_000);
  });

  it('never leaves the model: a real server on this machine is not there', async () => {
    const { world, fetch } = setUp();
    const { createServer } = await import('node:http');
    const server = createServer((_request, response) => response.end('real'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      await assert.rejects(fetch(world.node(1).host, get(`http://127.0.0.1:${port}/`)), { code: 'ECONNREFUSED' });
    } finally {
      server.close();
    }
  });

  it('hears nothing more from a node whose power goes in mid-answer, and ends with its own', async () => {
    const { world, fetch } = setUp();
    const [one, two] = [world.node(1), world.node(2)];
    two.serve({ port: 80 }, (_request, response) => response.write('half'));
    const started = timeline.now();
    const lost = fetch(one.host, get('http://10.128.0.2/'));
    const asker = new AbortController();
    const ended = fetch(one.host, { ...get('http://10.128.0.2/'), signal: asker.signal });
    setTimeout(() => asker.abort(), 20);
    await assert.rejects(ended, { name: 'AbortError' });
    two.cutPower();

    await assert.rejects(lost, { code: 'ETIMEDOUT' });
    assert.ok(timeline.now() - started >= 127_000);
  });

  it('is answered before time jumps to the asker’s deadline', async () => {
    const { world, fetch } = setUp();
    world.node(1).serve({ port: 80 }, says('quick'));
    const deadline = new AbortController();
    void timeline.sleep(1000).then(() => deadline.abort());
    const reply = await fetch(world.node(1).host, { ...get('http://127.0.0.1/'), signal: deadline.signal });

    assert.equal(reply.body, 'quick GET ');
  });
});
