import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { createCloudApi } from '../../../../src/adapters/digitalocean/cloudApi';
import type { CloudApi } from '../../../../src/core/ports';
import { fakeClock } from '../fakeClock';
import { startLab, type Lab } from '../labServer';

/** What doctl and Terraform were answered (test/fixtures/traces/digitalocean): both official clients accepted it. */
const Exchange = v.object({ method: v.string(), url: v.string(), status: v.number(), reply: v.string() });
const exchanges = readFileSync(path.resolve('test/fixtures/traces/digitalocean/clients.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line): unknown => JSON.parse(line))
  .flatMap((line) => (v.is(Exchange, line) && isWhole(line.reply) ? [line] : []));

/** The longest replies were cut by the recorder. */
function isWhole(reply: string): boolean {
  try {
    return reply === '' || JSON.parse(reply) !== undefined;
  } catch {
    return false;
  }
}

/** Serves the recorded reply to the same method and path; paths differ only in their query. */
async function withRecording(test: (cloud: CloudApi, lab: Lab) => Promise<void>): Promise<void> {
  const lab = await startLab((request, response) => {
    const found = exchanges.find(
      ({ method, url }) => method === request.method && url.split('?')[0] === decodeURIComponent(request.url.pathname),
    );
    response.writeHead(found?.status ?? 500, { 'content-type': 'application/json' }).end(found?.reply);
  });
  try {
    await test(
      createCloudApi({ clock: fakeClock(), endpoint: () => Promise.resolve({ origin: lab.origin, token: 't' }) }),
      lab,
    );
  } finally {
    await lab.close();
  }
}

describe('the replies that the official clients were given', () => {
  it('become an account, regions, sizes and an image', async () => {
    await withRecording(async (cloud) => {
      assert.deepEqual(await cloud.getAccount(), {
        uuid: 'b6fr89dbf6d9156cace5f3c78dc9851d957381ef',
        email: 'lab@example.com',
        status: 'active',
        statusMessage: '',
        isEmailVerified: true,
        dropletLimit: 10,
      });
      const regions = await cloud.listRegions();
      assert.deepEqual(regions.map(({ slug, isAvailable }) => [slug, isAvailable]).slice(0, 2), [
        ['nyc1', false],
        ['nyc3', true],
      ]);
      assert.ok(regions[1]?.features.includes('metadata') && regions[1].sizeSlugs.includes('s-1vcpu-1gb'));
      const sizes = await cloud.listSizes();
      assert.deepEqual(sizes[0], {
        slug: '512mb',
        memoryMb: 512,
        vcpus: 1,
        diskGb: 20,
        priceMonthly: 5,
        priceHourly: 0.00744,
        isAvailable: true,
        regionSlugs: ['nyc1', 'nyc3', 'sfo3', 'ams3', 'fra1', 'lon1'],
      });
      const image = await cloud.getImage('coreos-stable');
      assert.deepEqual([image?.id, image?.distribution, image?.minDiskGb], [16040476, 'CoreOS', 20]);
    });
  });

  it('become keys, tags and firewalls', async () => {
    await withRecording(async (cloud) => {
      const fingerprint = 'c8:50:d7:ed:83:a5:ed:3d:21:b4:5f:2f:93:d9:c6:47';
      const key = await cloud.createSshKey('deis', 'ssh-rsa AAAA');
      assert.equal(key.fingerprint, fingerprint);
      assert.equal((await cloud.getSshKey(fingerprint))?.id, key.id);
      assert.deepEqual(await cloud.listSshKeys(), [key]);
      await cloud.createTag('deis-cluster:demo');
      const [firewall] = await cloud.listFirewalls();
      assert.deepEqual(firewall, {
        id: '957819ad-3823-4af7-a853-dac097c34dff',
        name: 'deis-demo',
        status: 'succeeded',
        tags: ['deis-cluster:demo'],
        inbound: [{ protocol: 'tcp', ports: '22', addresses: ['0.0.0.0/0'] }],
        outbound: [{ protocol: 'tcp', ports: '0', addresses: ['0.0.0.0/0'] }],
      });
    });
  });

  it('become droplets with their addresses by kind, and actions', async () => {
    await withRecording(async (cloud) => {
      const created = exchanges.find(({ method, url }) => method === 'GET' && /^\/v2\/droplets\/3\d+$/.test(url));
      const id = Number(created?.url.split('/').at(-1));
      const droplet = await cloud.getDroplet(id);
      assert.deepEqual(
        [droplet?.id, droplet?.regionSlug, droplet?.sizeSlug, droplet?.priceHourly],
        [id, 'nyc3', '512mb', 0.00744],
      );
      assert.match(droplet?.publicAddress ?? '', /^203\.0\.113\./);
      assert.deepEqual(await cloud.listDropletsByName('deis-1'), []);
      assert.equal((await cloud.actOnDroplet(300000001, 'power_off')).status, 'in-progress');
      assert.equal((await cloud.getAction(300000007))?.type, 'power_off');
      assert.equal(await cloud.getDroplet(1), undefined);
    });
  });
});

describe('what we send', () => {
  it('asks for droplets with a tag, user data and nothing that costs extra', async () => {
    await withRecording(async (cloud, lab) => {
      const request = {
        names: ['a-1', 'a-2'],
        regionSlug: 'nyc3',
        sizeSlug: '512mb',
        image: 7,
        sshKeyIds: [3],
        tags: ['t'],
        userData: '#cloud-config\n',
      };

      await cloud.createDroplets(request).catch(() => undefined); // The recording has single droplets only.

      assert.deepEqual(JSON.parse(lab.seen[0]?.body ?? ''), {
        names: ['a-1', 'a-2'],
        region: 'nyc3',
        size: '512mb',
        image: 7,
        ssh_keys: [3],
        tags: ['t'],
        user_data: '#cloud-config\n',
        private_networking: true,
        backups: false,
        ipv6: false,
        monitoring: false,
      });
      assert.equal(lab.seen[0]?.headers['content-type'], 'application/json');
    });
  });

  it('replaces the whole firewall on an update', async () => {
    await withRecording(async (cloud, lab) => {
      const inbound = [
        { protocol: 'tcp', ports: '22', addresses: ['0.0.0.0/0', '::/0'] } as const,
        { protocol: 'icmp', ports: '0', tags: ['t'] } as const,
      ];

      await cloud.updateFirewall('fw-1', { name: 'deis', tags: ['t'], inbound, outbound: [] }).catch(() => undefined);

      const none = { droplet_ids: [], load_balancer_uids: [] };
      assert.deepEqual([lab.seen[0]?.method, lab.seen[0]?.url.pathname], ['PUT', '/v2/firewalls/fw-1']);
      assert.deepEqual(JSON.parse(lab.seen[0]?.body ?? ''), {
        id: 'fw-1',
        name: 'deis',
        tags: ['t'],
        droplet_ids: [],
        inbound_rules: [
          { protocol: 'tcp', ports: '22', sources: { addresses: ['0.0.0.0/0', '::/0'], tags: [], ...none } },
          { protocol: 'icmp', ports: '0', sources: { addresses: [], tags: ['t'], ...none } },
        ],
        outbound_rules: [],
      });
    });
  });

  it('cannot leave its place in the path, whatever the name', async () => {
    await withRecording(async (cloud, lab) => {
      await cloud.getImage('../account?x=').catch(() => undefined);
      assert.equal(lab.seen[0]?.url.href, 'http://lab/v2/images/..%2Faccount%3Fx%3D');
      await assert.rejects(cloud.getImage('..'), { code: 'invalidInput' });
      await assert.rejects(cloud.deleteFirewall(''), { code: 'invalidInput' });
      await assert.rejects(cloud.deleteDroplet(Number.NaN), { code: 'invalidInput' });
      await assert.rejects(cloud.deleteTag('a/b'), { code: 'invalidInput' });
    });
  });

  it('counts droplets by the total of a page of one', async () => {
    await withRecording(async (cloud, lab) => {
      assert.equal(typeof (await cloud.countDroplets()), 'number');
      assert.equal(lab.seen[0]?.url.search, '?per_page=1');
    });
  });
});

describe('the library', () => {
  it('is called only where its verb is right: its neighbour calls send DELETE', () => {
    const folder = path.resolve('src/adapters/digitalocean');
    const source = ['cloudApi', 'account', 'catalogue', 'sshKeys', 'tags', 'firewalls', 'droplets', 'session']
      .map((name) => readFileSync(path.join(folder, `${name}.ts`), 'utf8'))
      .join('\n')
      .replace(/\/\*\*[\s\S]*?\*\//g, '');
    assert.doesNotMatch(source, /Neighbo/);
  });
});
