import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { ClusterSnapshot, NodeSnapshot } from '../../../../src/core/model/snapshot';
import type { Operator } from '../../../../src/core/operator';
import { forecastPowerOff } from '../../../../src/core/guide/powerForecast';
import { code, context, Harness, OWN_KEY } from '../fakes/harness';
import { SPEC } from '../../../samples';

describe('powering a node', () => {
  let harness: Harness;
  let operator: Operator;
  let id: string;
  beforeEach(async () => {
    harness = await Harness.create();
    ({ operator } = await harness.open());
    ({ id } = await operator.create({ ...SPEC, installPlatform: false, openPorts: false }, context(), OWN_KEY));
  });
  afterEach(() => harness.dispose());

  const droplet = (name: string): { isOn: boolean; bootedAt: number } => {
    const found = harness.world.cloud.droplets.find((candidate) => candidate.name === name);
    assert.ok(found !== undefined);
    return found;
  };

  it('off cuts the power of that one node, once', async () => {
    await operator.power(id, 'deis-2', 'power_off', context());
    await operator.power(id, 'deis-2', 'power_off', context());

    assert.deepEqual([droplet('deis-2').isOn, droplet('deis-1').isOn], [false, true]);
    assert.equal(harness.world.cloud.count('actOnDroplet'), 1);
  });

  it('on ends when the node is a member again and its swap is proved', async () => {
    await operator.power(id, 'deis-2', 'power_off', context());
    const steps = context();

    await operator.power(id, 'deis-2', 'power_on', steps);

    const { machines } = { machines: harness.world.cluster.machines() };
    assert.equal(machines.length, 5);
    assert.ok(steps.reports.some((report) => report.includes('Prove the swap on deis-2')));
  });

  it('on does not end while the swap is not back', async () => {
    await operator.power(id, 'deis-2', 'power_off', context());
    harness.world.cluster.swapFails.add('deis-2');

    await assert.rejects(operator.power(id, 'deis-2', 'power_on', context()), /Prove the swap on deis-2/);
  });

  it('reboots once though the reply to it was lost', async () => {
    const before = droplet('deis-3').bootedAt;
    harness.world.cloud.fail('actOnDroplet', 'outcomeUnknown', { isAfterEffect: true });

    await operator.power(id, 'deis-3', 'reboot', context());

    assert.ok(droplet('deis-3').bootedAt > before);
    assert.equal(harness.world.cloud.count('actOnDroplet'), 1);
  });

  it('trusts the node after a reboot, and does nothing in another account', async () => {
    await operator.power(id, 'deis-1', 'reboot', context());
    await operator.power(id, 'deis-1', 'reboot', context());
    (await operator.connect(id, 'deis-1')).dispose();

    harness.world.cloud.accountUuid = 'account-2';
    await assert.rejects(operator.power(id, 'deis-1', 'power_off', context()), code('wrongAccount'));
    assert.ok(droplet('deis-1').isOn);
  });

  it('on is possible while a setup waits for that very node, which then comes to its end', async () => {
    await operator.power(id, 'deis-5', 'power_off', context());
    let powered: Promise<void> | undefined;
    const report = (message: string): void => {
      if (/: 3[0-9] of 41/.test(message)) {
        powered ??= operator.power(id, 'deis-5', 'power_on', context());
      }
    };

    await operator.platform(id, 'start', { ...context(), report });

    assert.ok(powered !== undefined);
    await powered;
    assert.equal(harness.world.cluster.instances().filter(({ sub }) => sub === 'running').length, 41);
  });

  it('is refused while the cluster is being destroyed, and cancelled when that begins', async () => {
    let refused: Promise<void> | undefined;
    const destroy = (): Promise<void> =>
      operator.destroy(id, {
        ...context(),
        report: () => {
          refused ??= assert.rejects(operator.power(id, 'deis-1', 'power_off', context()), code('locked'));
        },
      });
    harness.world.mute.add('deis-2');
    let destroyed: Promise<void> | undefined;
    const report = (message: string): void => {
      destroyed ??= message.includes('on SSH') ? destroy() : undefined;
    };
    await operator.power(id, 'deis-2', 'power_off', context());

    await assert.rejects(operator.power(id, 'deis-2', 'power_on', { ...context(), report }), { name: 'AbortError' });

    await destroyed;
    await refused;
    assert.ok(refused !== undefined);
  });

  it('leaves the finished setup finished', async () => {
    await operator.power(id, 'deis-2', 'power_off', context());

    assert.ok(operator.snapshots()[0]?.steps.every(({ state }) => state === 'done'));
  });
});

describe('the forecast of a power-off', () => {
  const cluster = (...etcd: NodeSnapshot['etcd'][]): ClusterSnapshot => ({
    ...{ id: 'deis-abcde', name: 'deis-abcde', provider: 'practice', state: 'healthy', summary: '' },
    ...{ units: [], missingUnits: [], steps: [], cost: { hourly: 0, monthly: 0, sinceCreation: 0 } },
    nodes: etcd.map((role, i) => ({ name: `deis-${i + 1}`, dropletId: i, state: 'ready', etcd: role })),
  });

  it('says how many members are up afterwards, and how many more may fail', () => {
    const forecast = forecastPowerOff(cluster('leader', 'follower', 'follower', 'follower', 'follower'), 'deis-1');

    assert.deepEqual(forecast, {
      ...{ membersUpAfter: 4, members: 5, remainingTolerance: 1, breaksQuorum: false },
      sentence: 'After this 4 of 5 etcd members are up; 1 more may fail.',
    });
  });

  it('counts the health of members, not the power of droplets', () => {
    const forecast = forecastPowerOff(cluster('leader', 'follower', 'follower', 'down', 'unknown'), 'deis-2');

    assert.deepEqual([forecast.membersUpAfter, forecast.breaksQuorum], [2, true]);
    assert.match(forecast.sentence, /2 of 5 etcd members are up; quorum needs 3/);
  });

  it('takes nothing away by switching off what is down already', () => {
    const forecast = forecastPowerOff(cluster('leader', 'follower', 'follower', 'follower', 'down'), 'deis-5');

    assert.equal(forecast.sentence, 'After this 4 of 5 etcd members are up; 1 more may fail.');
  });

  it('does not count proxies, which do not vote', () => {
    const forecast = forecastPowerOff(cluster('leader', 'follower', 'follower', 'proxy', 'proxy'), 'deis-1');

    assert.deepEqual([forecast.members, forecast.membersUpAfter, forecast.remainingTolerance], [3, 2, 0]);
    assert.match(forecast.sentence, /2 of 3 etcd members are up; none may fail/);
  });
});
