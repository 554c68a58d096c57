import assert from 'node:assert/strict';
import http from 'node:http';
import { describe, it } from 'node:test';
import type { HttpRequest, NodeConnection } from '../../../../src/core/ports';
import { endpointOf, gatewayTo, makeKey, startSshd, type Behaviour } from './labSshd';

const [hostKey, userKey] = [makeKey(), makeKey()];
const get: HttpRequest = { target: { socketPath: '/var/run/fleet.sock' }, method: 'GET', path: '/fleet/v1/machines' };

async function withNode(
  onForward: Behaviour['onForward'],
  test: (node: NodeConnection) => Promise<void>,
): Promise<void> {
  const sshd = await startSshd({ hostKeys: [hostKey], userKey, ...(onForward && { onForward }) });
  const gateway = gatewayTo(sshd.port);
  try {
    await test(await gateway.connect(endpointOf([hostKey], userKey)));
  } finally {
    gateway.dispose();
    await sshd.close();
  }
}

/** Answers each connection with `text` once the request's head and body are there, and closes it. */
const answering =
  (text: string, seen: string[] = []): Behaviour['onForward'] =>
  (channel, target) => {
    let request = '';
    channel.on('data', (data: Buffer) => {
      request += data.toString();
      if (request.includes('\r\n\r\n') && (!request.startsWith('PUT') || request.endsWith('}'))) {
        seen.push(`${target} ${request}`);
        channel.end(text);
      }
    });
  };

describe('an HTTP request through a node', () => {
  it('reaches the unix socket and gives status, headers and body', async () => {
    const seen: string[] = [];
    const text =
      'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n';
    await withNode(answering(text, seen), async (node) => {
      const reply = await node.request(get);

      assert.deepEqual([reply.status, reply.headers['content-type'], reply.body], [200, 'application/json', '{"a":1}']);
      assert.match(seen[0] ?? '', /^\/var\/run\/fleet.sock GET \/fleet\/v1\/machines HTTP\/1.1\r\nhost: localhost/i);
    });
  });

  it('reaches a port of the node itself, with a body', async () => {
    const seen: string[] = [];
    await withNode(answering('HTTP/1.1 204 No Content\r\n\r\n', seen), async (node) => {
      const body = { contentType: 'application/json', text: '{"desiredState":"größe"}' };
      const reply = await node.request({ target: { port: 2379 }, method: 'PUT', path: '/v2', body });

      assert.deepEqual([reply.status, reply.body], [204, '']);
      assert.match(seen[0] ?? '', /^127.0.0.1:2379 PUT .*content-length: 26\r\n.*größe"}$/is);
    });
  });

  it('goes through the node also where http.request was patched to find a proxy, as inside VS Code', async (t) => {
    t.mock.method(http, 'request', () => assert.fail('it would be asked of this computer'));
    await withNode(answering('HTTP/1.1 200 OK\r\n\r\nok'), async (node) => {
      assert.equal((await node.request(get)).body, 'ok');
    });
  });

  it('is possible many times at once', async () => {
    await withNode(answering('HTTP/1.1 200 OK\r\n\r\nok'), async (node) => {
      const replies = await Promise.all(Array.from({ length: 40 }, () => node.request(get)));
      assert.ok(replies.every(({ body }) => body === 'ok'));
    });
  });

  it('to a socket that is not there says that nothing answers, and leaves the connection open', async () => {
    await withNode(undefined, async (node) => {
      await assert.rejects(node.request(get), {
        code: 'commandFailed',
        message: /fleet\.sock on deis-1.*nothing answers/,
      });
      assert.equal(node.isOpen, true);
    });
  });

  const broken: [what: string, text: string][] = [
    ['no answer', ''],
    ['half an answer', 'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"machines"'],
    ['something else than HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ];
  for (const [what, text] of broken) {
    it(`that gets ${what} is badReply`, async () => {
      await withNode(answering(text), async (node) => {
        await assert.rejects(node.request(get), { code: 'badReply' });
        assert.equal(node.isOpen, true);
      });
    });
  }

  it('that gets an endless answer is cut', async () => {
    const endless: Behaviour['onForward'] = (channel) => {
      channel.write('HTTP/1.1 200 OK\r\n\r\n');
      const more = (): void => {
        if (channel.writable) {
          channel.write(Buffer.alloc(1 << 20, 'x'), more);
        }
      };
      more();
    };
    await withNode(endless, async (node) => {
      await assert.rejects(node.request(get), { code: 'badReply' });
    });
  });

  it('that is not answered ends at its own deadline, or when the caller gives up', async () => {
    await withNode(
      () => undefined,
      async (node) => {
        await assert.rejects(node.request({ ...get, timeoutMs: 400 }), { code: 'timedOut' });
        await assert.rejects(node.request({ ...get, signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
      },
    );
  });
});
