import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ClusterError, isCancelled } from '../../../../src/core/errors';
import { describeKey } from '../../../../src/core/guide/privateKey';
import type { Operator } from '../../../../src/core/operator';
import { code, context, Harness, OWN_KEY } from '../fakes/harness';
import { SPEC } from '../../../samples';

const BARE = { ...SPEC, installPlatform: false, openPorts: false };

describe('destroying a cluster', () => {
  let harness: Harness;
  let operator: Operator;
  beforeEach(async () => {
    harness = await Harness.create();
    ({ operator } = await harness.open());
  });
  afterEach(() => harness.dispose());

  const create = async (): Promise<string> => (await operator.create(BARE, context(), OWN_KEY)).id;
  const assertNothingLeft = async (): Promise<void> => {
    const { cloud, secrets } = harness.world;
    assert.deepEqual([cloud.droplets, cloud.firewalls, cloud.keys, [...cloud.tags]], [[], [], [], []]);
    assert.equal(secrets.values.size, 0);
    assert.deepEqual(operator.snapshots(), []);
    assert.deepEqual(await readdir(path.join(harness.folder, 'clusters')), []);
  };

  it('leaves nothing: no droplet, firewall, tag, key, secret, journal or lock', async () => {
    await operator.destroy(await create(), context());

    await assertNothingLeft();
  });

  it('works without the SSH key and while no node answers', async () => {
    const id = await create();
    harness.world.secrets.values.clear();
    for (const { name } of harness.world.cloud.droplets) {
      harness.world.mute.add(name);
    }

    await operator.destroy(id, context());

    await assertNothingLeft();
  });

  it('does not end before every droplet is gone from the account, looked at twice', async () => {
    const id = await create();
    const { cloud, clock } = harness.world;
    let goneAt: number | undefined;
    let lastLookAt = 0;
    cloud.onCall = (method) => {
      goneAt ??= cloud.droplets.length === 0 ? clock.now() : undefined;
      lastLookAt = method === 'listDropletsByTag' ? clock.now() : lastLookAt;
    };

    await operator.destroy(id, context());

    assert.ok(lastLookAt - (goneAt ?? 0) >= 3_000);
  });

  it('deletes droplets that carry the tag though the journal does not know them, and no others', async () => {
    const id = await create();
    const { cloud } = harness.world;
    const [droplet] = cloud.droplets;
    assert.ok(droplet !== undefined);
    cloud.droplets.push({ ...droplet, id: 901, name: 'deis-1' }, { ...droplet, id: 902, name: 'shop', tags: ['shop'] });

    await operator.destroy(id, context());

    assert.deepEqual(
      cloud.droplets.map(({ name }) => name),
      ['shop'],
    );
  });

  it('says which droplets are still billed, and ends at the second attempt', async () => {
    const id = await create();
    harness.world.cloud.undeletable.add('deis-3');

    await assert.rejects(operator.destroy(id, context()), (error: unknown) => {
      assert.ok(ClusterError.is(error, 'stillBilled'));
      assert.match(error.message, /^deis-3 could not be deleted .*is still billed, \$0\.0074 an hour/);
      return true;
    });
    assert.match(operator.snapshots()[0]?.problem ?? '', /half destroyed.*deis-3/);
    assert.equal(harness.world.cloud.firewalls.length, 1, 'what is left is still behind the firewall');
    await assert.rejects(operator.resume(id, context()), /half destroyed/);

    harness.world.cloud.undeletable.clear();
    await operator.destroy(id, context());
    await assertNothingLeft();
  });

  it('refuses with the token of another account, in which everything would look gone', async () => {
    const id = await create();
    harness.world.cloud.accountUuid = 'account-2';

    await assert.rejects(operator.destroy(id, context()), code('wrongAccount'));

    assert.equal(harness.world.cloud.droplets.length, 5);
    assert.ok(existsSync(harness.fileOf(id)));
  });

  it('keeps a key that was in the account before us', async () => {
    const { publicLine, fingerprint } = describeKey(OWN_KEY.privateKey);
    harness.world.cloud.keys.push({ id: 7, name: 'mine', publicKey: publicLine, fingerprint });

    await operator.destroy(await create(), context());

    assert.deepEqual(
      harness.world.cloud.keys.map(({ name }) => name),
      ['mine'],
    );
  });

  it('cancels a create that runs in the same window, and loses nothing that it had made', async () => {
    const { cloud } = harness.world;
    let destroyed: Promise<void> | undefined;
    cloud.onCall = (method) => {
      if (method === 'listDropletsByTag' && cloud.droplets.length > 0 && destroyed === undefined) {
        destroyed = operator.destroy(operator.snapshots()[0]?.id ?? '', context());
      }
    };

    await assert.rejects(operator.create(BARE, context(), OWN_KEY), isCancelled);

    await destroyed;
    await assertNothingLeft();
  });

  it('waits for droplets of a create call whose reply was lost, instead of calling it done', async () => {
    const { cloud } = harness.world;
    cloud.fail('createDroplets', 'outcomeUnknown', { times: 5 });
    await assert.rejects(operator.create(BARE, context(), OWN_KEY));
    const id = operator.snapshots()[0]?.id ?? '';
    let looks = 0;
    cloud.onCall = (method) => {
      looks += method === 'listDropletsByTag' ? 1 : 0;
      if (looks === 3) {
        looks += 1;
        void cloud.api.createDroplets({
          ...BARE,
          names: ['deis-1'],
          tags: [`deis-cluster:${id}`],
          sshKeyIds: [],
          userData: '',
        });
      }
    };

    await operator.destroy(id, context());

    assert.equal(cloud.count('deleteDroplet'), 1);
    await assertNothingLeft();
  });

  it('finds the droplets of a damaged journal by their tag, and says where the file is as long as it does not', async () => {
    const id = await create();
    await writeFile(harness.fileOf(id), '{"version":1,');
    const window = await harness.open();
    assert.match(window.operator.snapshots()[0]?.problem ?? '', new RegExp(`damaged.*${id}\\.json.*Destroy Cluster`));

    await assert.rejects(window.operator.resume(id, context()), code('journalDamaged'));
    await window.operator.destroy(id, context());

    assert.deepEqual([harness.world.cloud.droplets, harness.world.cloud.firewalls], [[], []]);
    assert.ok(!existsSync(harness.fileOf(id)));
  });

  it('does not drop a damaged journal when no droplet can be found: it may be the wrong account', async () => {
    const id = await create();
    await writeFile(harness.fileOf(id), 'no JSON');
    harness.world.cloud.droplets = [];
    harness.world.cloud.firewalls = [];
    const window = await harness.open();

    await assert.rejects(window.operator.destroy(id, context()), code('journalDamaged'));

    assert.ok(existsSync(harness.fileOf(id)));
  });

  it('destroys by its tag a cluster that was made on another computer', async () => {
    const id = await create();
    const elsewhere = await Harness.create(harness.world);
    const window = await elsewhere.open();

    const others = { id: 4711, name: 'laptop', fingerprint: 'aa', publicKey: 'ssh-rsa AAAA' };
    harness.world.cloud.keys.push(others);

    await window.operator.destroy(id, context());

    assert.deepEqual([harness.world.cloud.droplets, harness.world.cloud.firewalls], [[], []]);
    assert.deepEqual(harness.world.cloud.keys, [others]);
    await assert.rejects(window.operator.destroy(id, context()), code('notFound'));
    await elsewhere.dispose();
  });

  it('of another computer does not fail for a key that it may not see', async () => {
    const id = await create();
    const elsewhere = await Harness.create(harness.world);
    const window = await elsewhere.open();
    harness.world.cloud.fail('listSshKeys', 'tokenForbidden');
    const steps = context();

    await window.operator.destroy(id, steps);

    assert.deepEqual(harness.world.cloud.droplets, []);
    assert.ok(steps.reports.some((report) => report.includes(`deis-cluster-${id} may be left`)));
    await elsewhere.dispose();
  });
});

describe('what is billed', () => {
  it('is asked of the account, so that clusters count of which this computer has no journal', async () => {
    const harness = await Harness.create();
    const { operator } = await harness.open();
    const { id } = await operator.create(BARE, context(), OWN_KEY);
    harness.world.cloud.tags.add('somebody-elses');
    const elsewhere = await Harness.create(harness.world);

    const [billed, ...others] = await (await elsewhere.open()).operator.listBilled('digitalocean');

    assert.deepEqual([billed?.clusterId, billed?.droplets, billed?.monthly, others], [id, 5, 25, []]);
    await Promise.all([harness.dispose(), elsewhere.dispose()]);
  });
});
