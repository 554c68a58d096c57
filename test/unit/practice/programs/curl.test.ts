import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ModelFetch } from '../../../../src/practice/kernel';
import type { Node } from '../shell/node';
import { bootedNode, transcript } from '../shell/node';

type Request = Parameters<ModelFetch>[1];

describe('curl on a node', () => {
  let node: Node;
  const requests: Request[] = [];
  const fetch: ModelFetch = async (_from, request) => {
    requests.push(request);
    const { pathname } = new URL(request.url);
    switch (pathname) {
      case '/refused':
        throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      case '/mute':
        await node.kernel.timeline.sleep(127_000, request.signal);
        throw Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' });
      case '/nowhere':
        throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
      case '/moved':
        return { status: 302, headers: { location: '/found' }, body: 'moved' };
      case '/missing':
        return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'no\n' };
      default:
        return { status: 200, headers: { 'x-etcd-index': '7' }, body: '{"health":"true"}' };
    }
  };
  before(async () => (node = await bootedNode({ kernel: { fetch } })));
  after(() => node.kernel.dispose());

  const run = (script: string, stdin = ''): Promise<string> => transcript(node, script, { user: 'core', stdin });

  it('prints the body and nothing else', async () => {
    assert.equal(await run('curl -sS -m 5 http://127.0.0.1:2379/health'), '{"health":"true"}');
  });

  it('sends method, headers, data and the socket it was given', async () => {
    await run(
      `curl -s --unix-socket /var/run/fleet.sock -X PUT -H 'Content-Type: application/json' -d '{"a":1}' http://x/fleet/v1/units/a.service`,
    );
    const { method, headers, body, socketPath } = requests.at(-1) ?? ({} as Request);
    assert.deepEqual(
      [method, headers['Content-Type'], body, socketPath],
      ['PUT', 'application/json', '{"a":1}', '/var/run/fleet.sock'],
    );
    await run('curl -s http://x/v2/keys/a -d value=1 -d ttl=5');
    assert.deepEqual([requests.at(-1)?.method, requests.at(-1)?.body], ['POST', 'value=1&ttl=5']);
    await run('curl -s http://x/ -d @-', 'from stdin\n');
    assert.equal(requests.at(-1)?.body, 'from stdin');
  });

  it('writes what it was asked to write, where it was asked', async () => {
    assert.equal(await run(`curl -s -o out -w '%{http_code}\\n' http://x/; cat out`), '200\n{"health":"true"}');
    assert.equal(await run('curl -s -D - -o /dev/null http://x/'), 'HTTP/1.1 200 OK\r\nX-Etcd-Index: 7\r\n\r\n');
    assert.equal(await run('curl -sI http://x/missing | head -n 1'), 'HTTP/1.1 404 Not Found\r\n');
    assert.match(await run('curl -sS -o /etc/out http://x/'), /^\[err\] curl: \(23\) Failed writing body/);
  });

  it('tells the whole conversation when asked', async () => {
    const { stderr } = await node.host.run('curl -sv -o /dev/null http://127.0.0.1:2379/a');
    assert.match(stderr, /^> GET \/a HTTP\/1\.1\r\n> Host: 127\.0\.0\.1:2379\r$/m);
    assert.match(stderr, /^< HTTP\/1\.1 \d+ \w+\r$/m);
  });

  it('follows redirects only when told', async () => {
    assert.equal(await run('curl -s http://x/moved; curl -sL http://x/moved'), 'moved{"health":"true"}');
  });

  it('fails with curl’s codes and words', async () => {
    assert.equal(
      await run('curl -sS http://10.0.0.9:99/refused'),
      '[err] curl: (7) Failed to connect to 10.0.0.9 port 99: Connection refused\n[exit 7]',
    );
    assert.equal(await run('curl -s http://nosuch/nowhere'), '[exit 6]');
    assert.equal(
      await run('curl -sSf http://x/missing'),
      '[err] curl: (22) The requested URL returned error: 404 Not Found\n[exit 22]',
    );
    assert.equal(await run('curl -s http://x/missing'), 'no\n');
    assert.match(
      await run('curl -sS -m 5 http://x/mute'),
      /curl: \(28\) Operation timed out after 5000 milliseconds with 0 bytes received\n\[exit 28\]$/,
    );
    assert.match(await run('curl'), /^\[err\] curl: no URL specified!/);
  });
});
