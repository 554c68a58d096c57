import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Nodes } from './nodes';
import { skipWithoutPackage } from './clients/programs';
import { removeFolder } from '../removeFolder';
import { at, createActive, listAt, startPractice, temporaryFolder, until } from './support';
import type { Answer, Practice } from './support';

/** What changes a droplet after it was made, and what ends it together with all that would be left of it. */
describe('changing droplets of the practice cloud', { timeout: 120_000 }, () => {
  let practice: Practice;
  let folder: string;
  before(async () => {
    folder = temporaryFolder();
    practice = await startPractice('--speed', 'max', '--state', `${folder}/state`);
  });
  after(async () => {
    await practice.kill();
    await removeFolder(folder);
  });

  const get = async (path: string): Promise<unknown> => (await practice.call('GET', `/v2/${path}`)).json;
  const act = async (id: number, body: object): Promise<Answer> => {
    const answer = await practice.call('POST', `/v2/droplets/${id}/actions`, { body });
    if (answer.status !== 201) return answer;
    return await until(
      () => practice.call('GET', `/v2/actions/${String(at(answer.json, 'action.id'))}`),
      ({ json }) => at(json, 'action.status') !== 'in-progress',
    );
  };
  const words = async (id: number, body: object): Promise<unknown> => at((await act(id, body)).json, 'message');
  const settled = async (id: number): Promise<unknown> => {
    const { json } = await until(
      () => practice.call('GET', `/v2/droplets/${id}`),
      ({ json: one }) => at(one, 'droplet.locked') === false,
    );
    return at(json, 'droplet');
  };
  const charges = async (name: string): Promise<unknown[]> =>
    listAt((await practice.call('GET', '/practice/ledger')).json, 'charges')
      .filter((charge) => at(charge, 'name') === name)
      .map((charge) => [at(charge, 'sizeSlug'), at(charge, 'to') !== null]);

  it('resizes what is off, for its new price, and refuses what cannot be', async () => {
    const [id = 0] = await createActive(practice, ['grows']);
    const on = 'Droplet is currently on. Please power it off to run this event.';
    assert.equal(await words(id, { type: 'resize', size: '1gb' }), on);
    await act(id, { type: 'power_off' });
    assert.equal(await words(id, { type: 'resize', size: '512mb' }), 'The droplet is already set to this size.');
    assert.equal((await act(id, { type: 'resize', size: '3mb' })).status, 422);
    await act(id, { type: 'resize', size: '2gb', disk: false });
    const small = await settled(id);
    await act(id, { type: 'resize', size: '1gb', disk: true });
    const smaller = 'This size is not available because it has a smaller disk.';
    assert.equal(await words(id, { type: 'resize', size: '512mb' }), smaller);

    assert.deepEqual([at(small, 'size_slug'), at(small, 'memory'), at(small, 'disk')], ['2gb', 2048, 20]);
    assert.equal(at(await settled(id), 'disk'), 30);
    assert.deepEqual(await charges('grows'), [
      ['512mb', true],
      ['2gb', true],
      ['1gb', false],
    ]);
  });

  const skip = skipWithoutPackage('ssh');
  it(
    'gives a resized node its memory and leaves it everything else, its host name too when it is renamed',
    { skip },
    async () => {
      const nodes = new Nodes(practice, folder);
      const [id = 0] = await nodes.create(['kept'], {});
      const state = 'hostname; cat /etc/machine-id /home/core/note /etc/ssh/ssh_host_rsa_key.pub';
      await nodes.run('kept', 'echo written before > note');
      const before = await nodes.run('kept', state);
      await act(id, { type: 'shutdown' });
      await until(
        () => practice.call('GET', `/v2/droplets/${id}`),
        ({ json }) => at(json, 'droplet.status') === 'off',
      );
      await act(id, { type: 'resize', size: '2gb', disk: true });
      await act(id, { type: 'power_on' });
      await act(id, { type: 'rename', name: 'called-otherwise' });
      const total = await nodes.until('called-otherwise', "free -m | awk '/^Mem:/ { print $2 }'", /^\d+\n$/);
      const after = await nodes.run('called-otherwise', state);
      const disk = Number((await nodes.run('called-otherwise', "df -m / | awk 'END { print $2 }'")).stdout);

      assert.ok(Number(total) > 1800, total);
      assert.ok(disk > 30_000, String(disk));
      assert.match(before.stdout, /^kept\n[0-9a-f]{32}\nwritten before\n/);
      assert.equal(after.stdout, before.stdout);
      assert.equal(at(await get(`droplets/${id}`), 'droplet.name'), 'called-otherwise');
    },
  );

  it('carries a change out that the end of the process came between', async () => {
    const slow = await startPractice('--speed', '1', '--state', `${folder}/slow`, '--profile', 'lab');
    const [id = 0] = await createActive(slow, ['first-name']);
    const asked = await slow.call('POST', `/v2/droplets/${id}/actions`, {
      body: { type: 'rename', name: 'second-name' },
    });
    assert.equal(at(asked.json, 'action.status'), 'in-progress');
    await slow.kill('SIGKILL');
    const again = await startPractice('--speed', 'max', '--state', `${folder}/slow`);
    try {
      await until(
        () => again.call('GET', `/v2/droplets/${id}`),
        ({ json }) => at(json, 'droplet.name') === 'second-name',
      );
    } finally {
      await again.kill();
    }
  });

  it('has backups and IPv6 as features, from the beginning or later', async () => {
    const [id = 0] = await createActive(practice, ['featured'], { backups: true, ipv6: true });
    const droplet = await settled(id);
    assert.deepEqual(at(droplet, 'features'), ['private_networking', 'backups', 'ipv6']);
    assert.match(String(at(droplet, 'networks.v6.0.ip_address')), /^2001:db8:/);
    assert.match(String(at(droplet, 'next_backup_window.start')), /^\d{4}-\d\d-\d\dT/);
    await act(id, { type: 'disable_backups' });
    assert.equal(await words(id, { type: 'disable_backups' }), 'Backups have already been disabled on this Droplet.');
    assert.deepEqual(at(await settled(id), 'features'), ['private_networking', 'ipv6']);
    assert.equal(at(await settled(id), 'next_backup_window'), null);
  });

  it('transfers an image to another region and turns it into a snapshot', async () => {
    const body = { name: 'mine', url: 'https://example.com/a.img', region: 'nyc3', distribution: 'CoreOS' };
    const id = String(at((await practice.call('POST', '/v2/images', { body })).json, 'image.id'));
    const ask = (request: object): Promise<Answer> =>
      practice.call('POST', `/v2/images/${id}/actions`, { body: request });
    await until(
      () => practice.call('GET', `/v2/images/${id}`),
      ({ json }) => at(json, 'image.status') === 'available',
    );
    const moved = await ask({ type: 'transfer', region: 'sfo1' });
    assert.deepEqual([moved.status, at(moved.json, 'action.resource_type')], [201, 'image']);
    assert.equal(at((await ask({ type: 'transfer', region: 'mars1' })).json, 'message'), 'Region is not available.');
    await until(
      () => practice.call('GET', `/v2/images/${id}/actions/${String(at(moved.json, 'action.id'))}`),
      ({ json }) => at(json, 'action.status') === 'completed',
    );
    assert.equal((await ask({ type: 'convert' })).status, 201);
    await until(
      () => practice.call('GET', `/v2/images/${id}`),
      ({ json }) => at(json, 'image.type') === 'snapshot',
    );
    const renamed = await practice.call('PUT', `/v2/images/${id}`, { body: { name: 'renamed' } });
    const others = await practice.call('POST', '/v2/images/coreos-stable/actions', { body: { type: 'convert' } });

    assert.deepEqual(at(await get(`images/${id}`), 'image.regions'), ['nyc3', 'sfo1']);
    assert.equal(at(await get(`images/${id}/actions`), 'meta.total'), 2);
    assert.deepEqual([at(renamed.json, 'image.name'), others.status], ['renamed', 403]);
  });

  it('destroys with all that belongs to a droplet, only when that is said to be dangerous, and tells how far it is', async () => {
    const [id = 0, other = 0] = await createActive(practice, ['doomed', 'doomed-too']);
    const path = (droplet: number, part: string): string =>
      `/v2/droplets/${droplet}/destroy_with_associated_resources/${part}`;
    assert.equal((await practice.call('GET', path(id, 'status'))).status, 404);
    assert.equal((await practice.call('DELETE', path(id, 'dangerous'))).status, 400);
    const headers = { 'x-dangerous': 'true' };
    const gone = await practice.call('DELETE', path(id, 'dangerous'), { headers });
    const selective = await practice.call('DELETE', path(other, 'selective'), { body: { volumes: [] } });
    assert.deepEqual([gone.status, gone.text, selective.status], [202, '', 202]);
    for (const droplet of [id, other]) {
      const { json } = await until(
        () => practice.call('GET', path(droplet, 'status')),
        (answer) => at(answer.json, 'completed_at') !== null,
      );
      assert.deepEqual([at(json, 'droplet.id'), at(json, 'failures')], [String(droplet), 0]);
      assert.equal((await practice.call('GET', `/v2/droplets/${droplet}`)).status, 404);
    }
  });
});
