import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { createDiscoveryApi } from '../../../../src/adapters/net/discovery';
import type { DiscoveryApi } from '../../../../src/core/ports';
import { startLab, type Answer, type Lab } from '../labServer';

const TOKEN = '3c067abea3794172966fe743432f87e3';
const recorded = (name: string): string => readFileSync(path.resolve('test/fixtures/traces/discovery', name), 'utf8');

async function withService(
  answer: Answer,
  test: (discovery: DiscoveryApi, lab: Lab) => Promise<void>,
  callMs = 10_000,
): Promise<void> {
  const lab = await startLab(answer);
  try {
    await test(createDiscoveryApi({ callMs, serviceUrl: () => Promise.resolve(`${lab.origin}/`) }), lab);
  } finally {
    await lab.close();
  }
}

const saying =
  (status: number, text: string): Answer =>
  (_, response) =>
    void response.writeHead(status).end(text);

describe('the discovery service', () => {
  it('is asked for a URL of the size wanted', async () => {
    await withService(
      (request, response) => response.end(`http://${request.headers.host ?? ''}/${TOKEN}\n`),
      async (discovery, lab) => {
        assert.equal(await discovery.create(5), `${lab.origin}/${TOKEN}`);
        assert.equal(lab.seen[0]?.url.href, 'http://lab/new?size=5');
      },
    );
  });

  it('says which size is stored and who has registered, as etcd writes it', async () => {
    const answers: Record<string, string> = {
      [`/${TOKEN}/_config/size`]: recorded('size.json'),
      [`/${TOKEN}`]: recorded('token-after-5-registered.json'),
    };
    await withService(
      (request, response) => response.end(answers[request.url.pathname]),
      async (discovery, lab) => {
        assert.equal(await discovery.readSize(`${lab.origin}/${TOKEN}`), 5);
        const members = await discovery.listMembers(`${lab.origin}/${TOKEN}`);
        assert.deepEqual([members.length, members[0]], [5, '41382dcd8cb249ef8cfd7426dc8f5ca3']);
      },
    );
  });

  it('has no members before anybody registered', async () => {
    await withService(saying(200, '{"node":{"key":"/x","dir":true}}'), async (discovery, lab) => {
      assert.deepEqual(await discovery.listMembers(`${lab.origin}/${TOKEN}`), []);
    });
  });

  it('that is down, lies, redirects or never ends is discoveryFailed, and the URL is in no message', async () => {
    const ways: Answer[] = [
      saying(500, 'oops'),
      saying(404, recorded('missing-token.json')),
      saying(200, '<html>'),
      saying(200, '{"node":{"value":"many"}}'),
      () => undefined,
      (_, __, socket) => socket.resetAndDestroy(),
      (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      (_, response) => void response.end(Buffer.alloc(1 << 20, 'x')),
    ];
    for (const way of ways) {
      await withService(
        way,
        async (discovery, lab) => {
          for (const call of [() => discovery.create(5), () => discovery.readSize(`${lab.origin}/${TOKEN}`)]) {
            const error: unknown = await call().catch((reason: unknown) => reason);
            assert.match(inspect(error), /discoveryFailed/);
            assert.ok(!inspect(error, { depth: 9 }).includes(TOKEN));
          }
        },
        200,
      ); // one of them never answers
    }
  });

  it('is never asked unencrypted over the network', async () => {
    const discovery = createDiscoveryApi({
      serviceUrl: () => Promise.resolve('http://discovery.etcd.io'),
    });
    await assert.rejects(discovery.create(3), { code: 'invalidInput' });
    await assert.rejects(discovery.readSize(`http://discovery.etcd.io/${TOKEN}`), { code: 'discoveryFailed' });
  });

  it('can be given up', async () => {
    await withService(
      () => undefined,
      async (discovery) => {
        await assert.rejects(discovery.create(3, AbortSignal.abort()), { name: 'AbortError' });
      },
    );
  });
});
