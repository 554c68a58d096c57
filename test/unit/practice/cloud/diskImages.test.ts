import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Lab } from './support';

const MINUTE = 60_000;

describe('copies of a droplet’s disk', () => {
  let lab: Lab;
  const labs: Lab[] = [];
  const keep = (one: Lab): Lab => {
    labs.push(one);
    return (lab = one);
  };
  afterEach(() => {
    for (const one of labs.splice(0)) one.timeline.dispose();
  });

  async function running(): Promise<number> {
    const [id = 0] = keep(new Lab()).create('deis-1');
    await lab.timeline.sleep(3 * MINUTE);
    lab.log.length = 0;
    return id;
  }

  const snapshots = (id: number) => lab.cloud.diskImages.of(lab.droplet(id), 'snapshot');

  it('are of the moment at which they were asked for, and there after two minutes for each gigabyte', async () => {
    const id = await running();
    lab.cloud.lifecycle.copy(lab.droplet(id), 'snapshot', 'mine');
    const [line] = lab.log;
    assert.match(line ?? '', new RegExp(`^disk ${id} to \\d+$`));
    assert.equal(lab.droplet(id).status, 'active');
    assert.throws(() => lab.cloud.lifecycle.act(lab.droplet(id), 'power_off'), /pending event/);
    await lab.timeline.sleep(3 * MINUTE - 1_000);
    assert.equal(snapshots(id).length, 0);
    await lab.timeline.sleep(2_000);
    assert.deepEqual(
      snapshots(id).map(({ name, sizeGb, minDiskGb, regions }) => [name, sizeGb, minDiskGb, regions]),
      [['mine', 1.5, 20, ['nyc3']]],
    );
    assert.deepEqual(lab.log, [line], 'the node was left alone');
  });

  it('come through when the process ends meanwhile', async () => {
    const id = await running();
    lab.cloud.lifecycle.copy(lab.droplet(id), 'snapshot', 'mine');
    await lab.timeline.sleep(MINUTE);
    keep(lab.restart());
    await lab.timeline.sleep(2 * MINUTE + 1_000);
    assert.equal(snapshots(id).length, 1);
    assert.equal(lab.cloud.store.data.actions.at(-1)?.status, 'completed');
  });

  it('are what a droplet begins with that is made of one, also when the snapshot is deleted at once', async () => {
    const id = await running();
    lab.cloud.lifecycle.copy(lab.droplet(id), 'snapshot', 'mine');
    await lab.timeline.sleep(4 * MINUTE);
    const [image] = snapshots(id);
    lab.log.length = 0;
    const request = { region: 'nyc3', size: '512mb', sshKeys: [], tags: [], userData: '', hasMonitoring: false };
    const made = lab.cloud.droplets.create(lab.account, {
      ...{ ...request, names: ['copy'], image: image?.id ?? 0, vpc: undefined },
    });
    lab.cloud.images.delete(lab.account.uuid, String(image?.id));
    await lab.timeline.sleep(2 * MINUTE);
    const copy = made[0]?.droplet.id ?? 0;
    assert.deepEqual(lab.log.slice(0, 2), [`disk ${image?.id} to ${copy}`, 'copy cut']);
    assert.equal(lab.droplet(copy).power, 'up');
  });

  it('takes a droplet down while its disk is made anew, and up afterwards, whatever it was before', async () => {
    const id = await running();
    lab.cloud.lifecycle.act(lab.droplet(id), 'power_off');
    await lab.timeline.sleep(MINUTE);
    lab.log.length = 0;
    const beta = lab.cloud.diskImages.choose(lab.droplet(id), 'rebuild', 'coreos-beta');
    const { publicAddress } = lab.droplet(id);
    lab.cloud.lifecycle.replaceDisk(lab.droplet(id), 'rebuild', beta);
    const { status, pendingAction } = lab.droplet(id);
    assert.deepEqual([status, pendingAction !== undefined, lab.removed], ['off', true, [id]]);
    assert.deepEqual(lab.log, [`freeze ${id}`, 'deis-1 cut', 'deis-1 destroy']);
    keep(lab.restart());
    await lab.timeline.sleep(2 * MINUTE);
    const after = lab.droplet(id);
    assert.deepEqual([after.power, after.image.slug, after.publicAddress], ['up', 'coreos-beta', publicAddress]);
  });

  it('cannot be had of an image that is still being imported', async () => {
    keep(new Lab());
    const { images, imageActions } = lab.cloud;
    const request = {
      name: 'own',
      url: 'https://example.com/a.img',
      distribution: 'CoreOS',
      description: '',
      tags: [],
    };
    const image = images.import(lab.account.uuid, { ...request, region: 'nyc3' });
    assert.throws(() => imageActions.transfer(lab.account.uuid, image, 'fra1'), /not available/);
    await lab.timeline.sleep(3 * MINUTE);
    assert.equal(imageActions.transfer(lab.account.uuid, image, 'fra1').type, 'transfer');
  });
});
