import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { removeFolder } from '../removeFolder';
import { skipWithoutPackage } from './clients/programs';
import { startNodes, type Nodes } from './nodes';
import { at, createActive, listAt, temporaryFolder, TOKEN, until, type Answer, type Practice } from './support';

/** Snapshots of droplets, and what is made of them: what is in them is what was on the node's own disk. */
describe('disks of the practice cloud’s droplets', { timeout: 120_000 }, () => {
  let practice: Practice;
  let nodes: Nodes;
  let folder: string;
  let deis = 0;
  before(async () => {
    folder = temporaryFolder();
    ({ practice, nodes } = await startNodes(folder));
    [deis = 0] = await nodes.create(['deis-1'], {});
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });

  const skip = skipWithoutPackage('ssh');
  const get = async (path: string): Promise<unknown> => (await practice.call('GET', `/v2/${path}`)).json;
  const ask = async (id: number, body: object, token = TOKEN): Promise<Answer> =>
    await practice.call('POST', `/v2/droplets/${id}/actions`, { body, token });
  const done = async (answer: Answer): Promise<unknown> => {
    const { json } = await until(
      () => practice.call('GET', `/v2/actions/${String(at(answer.json, 'action.id'))}`),
      (one) => at(one.json, 'action.status') !== 'in-progress',
    );
    return at(json, 'action.status');
  };
  const snapshot = async (id: number, name: string): Promise<string> => {
    assert.equal(await done(await ask(id, { type: 'snapshot', name })), 'completed');
    const found = listAt(await get(`droplets/${id}/snapshots`), 'snapshots').find((one) => at(one, 'name') === name);
    return String(at(found, 'id'));
  };
  const IDENTITY = 'cat /home/core/note /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub; sudo swapon -s | wc -l';

  it(
    'keeps a snapshot of a node that goes on, and makes nodes from it with all that was on its disk',
    { skip },
    async () => {
      await nodes.run(
        'deis-1',
        'echo before > note; sudo fallocate -l 512M /swap; sudo mkswap /swap; sudo swapon /swap',
      );
      const mine = await nodes.run('deis-1', IDENTITY);
      const id = await snapshot(deis, 'with a note');
      await nodes.run('deis-1', 'echo after > note');
      const image = at(await get(`images/${id}`), 'image');
      const listed = at(await get(`snapshots/${id}`), 'snapshot');
      await createActive(practice, ['copied'], { image: Number(id), size: '1gb' });
      const hostname = await nodes.until('copied', 'hostname; free -m | grep -c Swap:', /^copied\n/);
      const copied = await nodes.run('copied', IDENTITY);

      assert.match(mine.stdout, /^before\n[0-9a-f]{32}\nssh-ed25519 [^\n]+\n2\n$/);
      assert.equal(copied.stdout, mine.stdout.replace(/\n2\n$/, '\n0\n'), 'swap that was on is off after a boot');
      assert.equal(hostname, 'copied\n1\n');
      assert.deepEqual(
        ['type', 'public', 'slug', 'distribution', 'min_disk_size', 'regions', 'status'].map((key) => at(image, key)),
        ['snapshot', false, null, 'CoreOS', 20, ['nyc3'], 'available'],
      );
      assert.ok(Number(at(image, 'size_gigabytes')) > 0.5, String(at(image, 'size_gigabytes')));
      assert.deepEqual(
        [at(listed, 'id'), at(listed, 'resource_id'), at(listed, 'resource_type')],
        [id, String(deis), 'droplet'],
      );
      assert.deepEqual(at(await get(`droplets/${deis}`), 'droplet.snapshot_ids'), [Number(id)]);
    },
  );

  it('rebuilds a node from another image: its addresses and its keys are all that stays', { skip }, async () => {
    const [id = 0] = await nodes.create(['rebuilt'], { size: 1 });
    await nodes.run('rebuilt', 'echo lost > note');
    const before = await nodes.run('rebuilt', 'cat /etc/machine-id note');
    const networks = at(await get(`droplets/${id}`), 'droplet.networks');
    const blank = await ask(id, { type: 'rebuild' });
    const unknown = await ask(id, { type: 'rebuild', image: 'no-such-image' });
    const asked = await ask(id, { type: 'rebuild', image: 'coreos-beta' });
    await done(asked);
    const after = await nodes.until('rebuilt', 'cat /etc/machine-id; ls note', /No such file/);

    assert.deepEqual([blank.status, at(blank.json, 'message')], [422, "Image can't be blank"]);
    assert.deepEqual([unknown.status, asked.status], [422, 201]);
    assert.match(before.stdout, /^[0-9a-f]{32}\nlost\n$/);
    assert.notEqual(after.slice(0, 32), before.stdout.slice(0, 32));
    const droplet = at(await get(`droplets/${id}`), 'droplet');
    assert.deepEqual([at(droplet, 'image.slug'), at(droplet, 'status')], ['coreos-beta', 'active']);
    assert.deepEqual(at(droplet, 'networks'), networks);
  });

  it('restores a droplet’s own copies and nobody else’s', { skip }, async () => {
    const [other = 0] = await createActive(practice, ['other']);
    await nodes.until('deis-1', 'etcdctl set /note kept; echo kept > note', /^kept\n$/);
    const id = await snapshot(deis, 'to go back to');
    await nodes.run('deis-1', 'echo spoilt > note; rm -f /home/core/.bash_profile; etcdctl set /note spoilt');
    const refused = await ask(other, { type: 'restore', image: Number(id) });
    assert.equal(await done(await ask(deis, { type: 'restore', image: Number(id) })), 'completed');
    const note = await nodes.until('deis-1', 'cat note; ls -A', /kept/);
    const member = await nodes.until('deis-1', 'etcdctl get /note', /^\w+\n$/);

    assert.equal(refused.status, 422);
    assert.match(note, /^kept\n[^]*\.bash_profile\n/);
    assert.equal(member, 'kept\n', 'what etcd had written is on the disk, too');
  });

  it('copies the keys of a host to which nobody has spoken yet', { skip }, async () => {
    const [id = 0] = await nodes.create(['untouched'], { size: 1 });
    const image = Number(await snapshot(id, 'with keys'));
    await createActive(practice, ['twin'], { image });
    const keys = 'cat /etc/ssh/ssh_host_{rsa,ecdsa,ed25519}_key.pub';
    const [twin, own] = [await nodes.until('twin', keys, /ed25519/), await nodes.run('untouched', keys)];
    assert.equal(own.stdout.split('\n').length, 4);
    assert.equal(twin, own.stdout);
  });

  it('lets only an administrator’s token take away what is on a disk, and no password be reset on CoreOS', async () => {
    const tokens = [
      { token: TOKEN, scopes: ['*'] },
      { token: 'updater', scopes: ['droplet:update'] },
    ];
    const accounts = [{ name: 'Practice', tokens }];
    await practice.call('PUT', '/practice/accounts', { body: accounts });
    const [plain = 0] = await createActive(practice, ['plain'], { image: 'debian-8-x64' });
    const managed = await ask(deis, { type: 'password_reset' });
    assert.deepEqual([managed.status, await done(await ask(plain, { type: 'password_reset' }))], [422, 'completed']);
    assert.match(String(at(managed.json, 'message')), /managed internally/);
    for (const type of ['rebuild', 'restore', 'password_reset']) {
      assert.equal((await ask(plain, { type, image: 'debian-8-x64' }, 'updater')).status, 403, type);
    }
    assert.equal((await ask(plain, { type: 'rename', name: 'plain' }, 'updater')).status, 201);
  });

  it('is billed for its snapshots by the gigabyte until they are deleted, which destroying the droplet does not', async () => {
    const [id = 0] = await createActive(practice, ['billed']);
    const first = await snapshot(id, 'first');
    const second = await snapshot(id, 'second');
    const associated = await get(`droplets/${id}/destroy_with_associated_resources`);
    const body = { snapshots: [second] };
    await practice.call('DELETE', `/v2/droplets/${id}/destroy_with_associated_resources/selective`, { body });
    const { json: status } = await until(
      () => practice.call('GET', `/v2/droplets/${id}/destroy_with_associated_resources/status`),
      (answer) => at(answer.json, 'completed_at') !== null,
    );
    const charges = async (): Promise<unknown[]> =>
      listAt((await practice.call('GET', '/practice/ledger')).json, 'charges')
        .filter((charge) => at(charge, 'dropletId') === id && at(charge, 'sizeSlug') === 'snapshot')
        .map((charge) => at(charge, 'to') === null);

    assert.deepEqual(
      listAt(associated, 'snapshots').map((one) => [at(one, 'id'), at(one, 'name'), at(one, 'cost')]),
      [
        ...[
          [first, 'first', '0.01'],
          [second, 'second', '0.01'],
        ],
      ],
    );
    assert.deepEqual(
      listAt(status, 'resources.snapshots').map((one) => at(one, 'id')),
      [second],
    );
    assert.deepEqual(await charges(), [true, false]);
    assert.equal((await practice.call('DELETE', `/v2/snapshots/${first}`)).status, 204);
    assert.deepEqual(await charges(), [false, false]);
    assert.equal((await practice.call('GET', `/v2/snapshots/${first}`)).status, 404);
  });
});
