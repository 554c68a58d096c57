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
});
