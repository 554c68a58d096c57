import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { Lab } from './support';

const MINUTE = 60_000;

describe('the life of a droplet', () => {
  let lab: Lab;
  const labs: Lab[] = [];
  const fresh = (): Lab => {
    lab = new Lab();
    labs.push(lab);
    return lab;
  };
  const restarted = (): Lab => {
    lab = lab.restart();
    labs.push(lab);
    return lab;
  };
  afterEach(() => {
    for (const one of labs.splice(0)) one.timeline.dispose();
  });

  async function running(name = 'deis-1'): Promise<number> {
    const [id = 0] = fresh().create(name);
    await lab.timeline.sleep(3 * MINUTE);
    assert.equal(lab.droplet(id).power, 'up');
    lab.log.length = 0;
    return id;
  }

  it('is new without addresses, then active while it boots', async () => {
    const [id = 0] = fresh().create('deis-1');
    const droplet = lab.droplet(id);
    assert.deepEqual(
      [droplet.status, droplet.publicAddress, droplet.pendingAction !== undefined],
      ['new', undefined, true],
    );
    await lab.timeline.sleep(50_000);
    assert.deepEqual([droplet.status, droplet.power, droplet.pendingAction], ['active', 'booting', undefined]);
    await lab.timeline.sleep(20_000);
    assert.equal(droplet.power, 'up');
  });

  it('freezes what is open before the node knows that its power is gone', async () => {
    const id = await running();
    lab.cloud.lifecycle.act(lab.droplet(id), 'power_off');
    await lab.timeline.sleep(10_000);

    assert.deepEqual(lab.log, [`freeze ${id}`, 'deis-1 cut']);
    assert.equal(lab.droplet(id).status, 'off');
  });

  it('stops its units first when it is rebooted, and stays active', async () => {
    const id = await running();
    lab.cloud.lifecycle.act(lab.droplet(id), 'reboot');
    await lab.timeline.sleep(8_000);
    assert.equal(lab.droplet(id).status, 'active');
    await lab.timeline.sleep(MINUTE);

    assert.deepEqual(lab.log, ['deis-1 stopping', 'deis-1 stopped', `freeze ${id}`, 'deis-1 boot', 'deis-1 up']);
  });

  it('follows what the node itself asks for', async () => {
    const id = await running();
    lab.hosts.get(id)?.request('poweroff');
    await lab.timeline.sleep(MINUTE);
    assert.equal(lab.droplet(id).status, 'off');

    lab.cloud.lifecycle.act(lab.droplet(id), 'power_on');
    await lab.timeline.sleep(MINUTE);
    lab.hosts.get(id)?.request('reboot');
    await lab.timeline.sleep(MINUTE);
    assert.equal(lab.droplet(id).power, 'up');
    assert.equal(lab.log.filter((line) => line === 'deis-1 up').length, 2);
  });

  it('does not come up from a boot whose power was cut', async () => {
    const id = await running();
    lab.cloud.lifecycle.act(lab.droplet(id), 'power_cycle');
    await lab.timeline.sleep(8_000);
    assert.equal(lab.droplet(id).power, 'booting');
    lab.cloud.lifecycle.act(lab.droplet(id), 'power_off');
    await lab.timeline.sleep(MINUTE);

    assert.deepEqual([lab.droplet(id).status, lab.droplet(id).power], ['off', 'off']);
  });

  it('carries on after a kill: half made, booting, rebooting, off, and being deleted', async () => {
    fresh();
    const [made = 0, off = 0, rebooting = 0, leaving = 0] = lab.create('made', 'off', 'rebooting', 'leaving');
    await lab.timeline.sleep(3 * MINUTE);
    lab.cloud.lifecycle.act(lab.droplet(off), 'power_off');
    await lab.timeline.sleep(10_000);
    const [half = 0] = lab.create('half');
    lab.hosts.get(rebooting)?.request('reboot');
    lab.cloud.lifecycle.delete(lab.droplet(leaving));
    const before = [made, off].map((id) => ({ ...lab.droplet(id) }));
    restarted();

    assert.deepEqual(
      [made, off].map((id) => ({ ...lab.droplet(id) })),
      before,
    );
    await lab.timeline.sleep(3 * MINUTE);
    assert.deepEqual(
      [made, off, rebooting, half].map((id) => lab.droplet(id).power),
      ['up', 'off', 'up', 'up'],
    );
    assert.equal(lab.cloud.store.droplet(leaving), undefined);
    assert.ok(lab.log.includes('made resume'));
    assert.ok(lab.log.includes('rebooting boot'));
    assert.ok(!lab.log.some((line) => line.startsWith('off ')), 'something was done to the one that is off');
  });

  it('is billed by the second until it is deleted, off or on, and gone a moment later with all that was its own', async () => {
    const id = await running();
    lab.cloud.lifecycle.act(lab.droplet(id), 'power_off');
    for (let part = 0; part < 3; part += 1) {
      lab.timeline.touch(); // somebody looks now and then, or time would no longer jump
      await lab.timeline.sleep(20 * MINUTE);
    }
    const [before] = lab.cloud.billing.list(lab.timeline.now());
    lab.cloud.lifecycle.delete(lab.droplet(id));
    assert.equal(lab.cloud.store.droplet(id)?.id, id);
    await lab.timeline.sleep(10 * MINUTE);
    const [after] = lab.cloud.billing.list(lab.timeline.now());

    assert.equal(lab.cloud.store.droplet(id), undefined);
    assert.deepEqual(lab.removed, [id]);
    assert.ok(lab.log.includes('deis-1 destroy') && lab.log.includes(`gone ${id}`));
    assert.ok((before?.seconds ?? 0) >= 60 * 60);
    assert.equal(after?.seconds, before?.seconds);
    assert.ok(
      Math.abs((before?.cost ?? 0) - ((before?.seconds ?? 0) / 3600) * 0.00744) < 1e-4 || before?.cost === 0.01,
    );
  });

  it('gets addresses that no other living droplet has', async () => {
    fresh();
    lab.account.dropletLimit = 1000;
    const ids = Array.from({ length: 80 }, (_, index) =>
      lab.create(...Array.from({ length: 10 }, (_unused, each) => `n-${index}-${each}`)),
    ).flat();
    await lab.timeline.sleep(3 * MINUTE);
    const addresses = ids.flatMap((id) => [lab.droplet(id).publicAddress, lab.droplet(id).privateAddress]);

    assert.equal(new Set(addresses).size, 1600);
    for (const address of addresses)
      assert.match(address ?? '', /^(203\.0\.113|198\.51\.100|192\.0\.2|198\.18\.\d+|10\.\d+\.\d+)\.\d+$/);
  });
});
