import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { policyOf, windowAfter } from '../../../../src/practice/cloud/backupPolicy';
import { Lab } from './support';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Wednesday, at half past nine. */
const START = Date.UTC(2016, 7, 3, 9, 30);

describe('backups', () => {
  let lab: Lab;
  let id = 0;
  let end: () => void;
  beforeEach(async () => {
    lab = new Lab(undefined, START);
    end = lab.cloud.backups.start();
    [id = 0] = lab.create('deis-1');
    await lab.timeline.sleep(HOUR / 2);
  });
  afterEach(() => {
    end();
    lab.timeline.dispose();
  });

  /** Somebody looks in every twenty minutes: else time would stand still. */
  const wait = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= HOUR / 3) {
      lab.timeline.touch();
      await lab.timeline.sleep(Math.min(left, HOUR / 3));
    }
  };
  const droplet = () => lab.droplet(id);
  const backups = () => lab.cloud.diskImages.of(droplet(), 'backup');
  const change = async (type: 'enable_backups' | 'disable_backups', policy = {}): Promise<void> => {
    lab.cloud.lifecycle.change(droplet(), type, { policy });
    await wait(HOUR / 2);
  };

  it('are made once a week, at the hour at which they were turned on, and kept for four weeks', async () => {
    await change('enable_backups');
    assert.equal(lab.cloud.backups.nextWindow(droplet()), Date.UTC(2016, 7, 10, 8));
    await wait(8 * DAY);
    assert.deepEqual(
      backups().map(({ name, sizeGb, minDiskGb }) => [name, sizeGb, minDiskGb]),
      [['deis-1- 2016-08-10', 1.5, 20]],
    );
    await wait(6 * 7 * DAY);
    assert.deepEqual(
      backups().map(({ name }) => name.slice(-5)),
      ['08-31', '09-07', '09-14', '09-21'],
    );
  });

  it('are made daily when that is asked for, and cost a hundredth of the droplet’s month each', async () => {
    await change('enable_backups', { plan: 'daily', hour: 20 });
    await wait(3 * DAY);
    const charges = lab.cloud.billing.list(lab.timeline.now()).filter(({ sizeSlug }) => sizeSlug === 'backup');
    assert.deepEqual([backups().length, charges.map(({ cost }) => cost)], [3, [0.05, 0.05, 0.05]]);
  });

  it('go with the droplet', async () => {
    await change('enable_backups', { plan: 'daily', hour: 12 });
    await wait(DAY);
    assert.equal(lab.cloud.images.list(lab.account.uuid, { isPrivate: true }).length, 1);
    lab.cloud.lifecycle.delete(droplet());
    assert.deepEqual(lab.cloud.images.list(lab.account.uuid, { isPrivate: true }), []);
  });

  it('go when they are turned off, unless one was made a snapshot, which also outlives the droplet', async () => {
    await change('enable_backups', { plan: 'daily', hour: 12 });
    await wait(2 * DAY);
    const [kept] = backups();
    assert.ok(kept !== undefined);
    lab.cloud.imageActions.convert(lab.account.uuid, kept);
    await wait(HOUR);
    await change('disable_backups');
    assert.deepEqual([backups().length, kept.type], [0, 'snapshot']);
    lab.cloud.lifecycle.delete(droplet());
    await wait(HOUR);
    assert.deepEqual(
      lab.cloud.images.list(lab.account.uuid, { isPrivate: true }).map((image) => image.id),
      [kept.id],
    );
    const [charge] = lab.cloud.billing.list(lab.timeline.now()).filter(({ sizeSlug }) => sizeSlug === 'snapshot');
    assert.deepEqual([charge?.to, charge?.priceHourly], [null, 0.00013]);
  });

  it('wait for an action that is under way', async () => {
    await change('enable_backups', { plan: 'daily', hour: 12 });
    await wait(Date.UTC(2016, 7, 3, 11, 59, 58) - lab.timeline.now());
    lab.cloud.lifecycle.copy(droplet(), 'snapshot', 'in the way');
    await wait(2 * 60_000);
    assert.equal(lab.cloud.store.data.actions.filter(({ type }) => type === 'backup').length, 0);
    await wait(HOUR);
    assert.equal(backups().length, 1);
  });

  it('know weekdays and the beginnings of their windows', () => {
    assert.equal(windowAfter({ plan: 'weekly', weekday: 'SUN', hour: 4 }, START), Date.UTC(2016, 7, 7, 4));
    assert.equal(windowAfter({ plan: 'daily', weekday: null, hour: 8 }, START), Date.UTC(2016, 7, 4, 8));
    for (const wrong of [{ plan: 'hourly' }, { weekday: 'sunday' }, { hour: 5 }]) {
      assert.throws(() => policyOf(wrong, START), /backup_policy\.\w+ is invalid/);
    }
  });
});
