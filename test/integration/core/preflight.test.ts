import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createCloudApi } from '../../../src/adapters/digitalocean/cloudApi';
import { createClock } from '../../../src/adapters/net/clock';
import { createDiscoveryApi } from '../../../src/adapters/net/discovery';
import { runPreflight } from '../../../src/core/guide/preflight';
import type { ClusterSpec } from '../../../src/core/model/cluster';
import type { Provider } from '../../../src/core/ports';
import { SPEC } from '../../samples';
import { removeFolder } from '../removeFolder';
import { startPractice, temporaryFolder, type Practice } from '../practice/support';

const ACCOUNTS = [
  { name: 'Small', email: 'small@example.com', dropletLimit: 3, tokens: [{ token: 'small', scopes: ['*'] }] },
  { name: 'Reader', email: 'reader@example.com', dropletLimit: 10, tokens: [{ token: 'reader', scopes: ['read'] }] },
];

describe('preflight over HTTP', () => {
  let folder: string;
  let practice: Practice;

  async function preflight(
    token: string,
    change: Partial<ClusterSpec> = {},
    discovery = practice.api,
  ): Promise<string[]> {
    const clock = createClock();
    const provider = {
      cloud: createCloudApi({ clock, endpoint: () => Promise.resolve({ origin: practice.api, token }) }),
      discovery: createDiscoveryApi({ serviceUrl: () => Promise.resolve(discovery) }),
    } as Provider; // Preflight asks nothing else.
    const context = { signal: new AbortController().signal, report: () => undefined };
    const found = await runPreflight(provider, { ...SPEC, ...change }, {}, context);
    return found.map(({ isWarning, message }) => `${isWarning ? 'warning: ' : ''}${message}`);
  }

  async function start(catalogue: string): Promise<void> {
    folder = temporaryFolder();
    const accounts = path.join(folder, 'accounts.json');
    writeFileSync(accounts, JSON.stringify(ACCOUNTS));
    practice = await startPractice(
      ...['--port', '0', '--speed', 'max', '--state', path.join(folder, 'state')],
      ...['--catalogue', catalogue, '--accounts', accounts],
    );
  }

  async function stop(): Promise<void> {
    await practice.kill();
    await removeFolder(folder);
  }

  describe('in 2016', () => {
    before(() => start('2016'));
    after(stop);

    it('finds nothing in the way of the guide', async () => {
      assert.deepEqual(await preflight('test-token'), []);
    });

    it('leaves the account as it was', async () => {
      await preflight('test-token');
      for (const [list, key] of Object.entries({
        droplets: 'droplets',
        tags: 'tags',
        firewalls: 'firewalls',
        'account/keys': 'ssh_keys',
      })) {
        const { json } = await practice.call('GET', `/v2/${list}`);
        assert.deepEqual((json as Record<string, unknown>)[key], [], list);
      }
    });

    it('tells a wrong token, one that only reads, and a limit that is too low', async () => {
      const wrong = await preflight('nobody');
      assert.equal(wrong.length, 1);
      assert.match(wrong[0] ?? '', /token/);

      const reader = await preflight('reader');
      assert.equal(reader.length, 1);
      assert.match(reader[0] ?? '', /read and write access/);

      const small = await preflight('small');
      assert.equal(small.length, 1);
      assert.match(small[0] ?? '', /may have 3 droplets and has 0: 3 more are possible, and 5 are needed/);
    });

    it('tells a name that is taken, whoever took it', async () => {
      const body = { name: 'deis-4', region: 'nyc3', size: '512mb', image: 'coreos-stable' };
      const { json } = await practice.call('POST', '/v2/droplets', { body });
      assert.match((await preflight('test-token')).join('\n'), /^There are droplets called deis-4 already/);
      const { id } = (json as { droplet: { id: number } }).droplet;
      await practice.call('DELETE', `/v2/droplets/${id}`);
    });

    it('tells a discovery service that is not there, and asks for none with static members', async () => {
      const nowhere = 'http://127.0.0.1:9';
      assert.match((await preflight('test-token', {}, nowhere)).join('\n'), /discovery service.*static/);
      assert.deepEqual(await preflight('test-token', { bootstrap: 'static' }, nowhere), []);
    });
  });

  describe('today', () => {
    before(() => start('today'));
    after(stop);

    it('says what of 2016 is gone, and which size comes nearest', async () => {
      const found = (await preflight('test-token')).join('\n');
      assert.match(found, /size "?512mb"?.*cheapest that fits is s-1vcpu-1gb/);
      assert.match(found, /coreos-stable is gone.*fleet and etcd2.*Flatcar has neither/);
    });
  });
});
