import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ClusterError, isCancelled } from '../../../src/core/errors';
import type { ClusterSnapshot } from '../../../src/core/model/snapshot';
import type { Operator } from '../../../src/core/operator';
import { Computer, context } from './window';
import { PRACTICE_SPEC } from '../../samples';

const BARE = { ...PRACTICE_SPEC, installPlatform: false, openPorts: false };

/** Rows of the platform that run, as the window shows them. */
const running = ({ units }: ClusterSnapshot): number =>
  units.filter(({ name, sub, isStale }) => name.startsWith('deis-') && sub === 'running' && !isStale).length;

describe('the commands singly, on the practice cloud', { timeout: 240_000 }, () => {
  const computer = new Computer();
  let operator: Operator;
  let id: string;
  const snapshot = (): ClusterSnapshot => {
    const cluster = operator.snapshots().find((candidate) => candidate.id === id);
    assert.ok(cluster !== undefined);
    return cluster;
  };
  before(async () => {
    operator = await computer.open();
    ({ id } = await operator.create(BARE, context()));
  });
  after(() => computer.dispose());

  it('bring the platform up, down and away, each of them twice', async () => {
    for (const [verb, rows] of [
      ['configure', 0],
      ['install', 0],
      ['start', 41],
      ['install', 41],
      ['stop', 0],
      ['uninstall', 0],
    ] as const) {
      await operator.platform(id, verb, context());
      await operator.platform(id, verb, context());
      assert.equal(running(snapshot()), rows, verb);
    }
    assert.equal(snapshot().units.filter(({ name }) => name.startsWith('deis-')).length, 0);
    await operator.registerSwap(id, context());
    assert.equal(snapshot().units.filter(({ name, sub }) => name === 'swapon.service' && sub === 'exited').length, 5);
  });

  it('are kept apart from what another window does, which sees it and can go on with it', async () => {
    const other = await computer.open();
    const controller = new AbortController();
    let refused: Promise<void> | undefined;
    const report = (message: string): void => {
      refused ??= message.startsWith('Start the platform')
        ? assert.rejects(other.platform(id, 'stop', context()), { code: 'locked' })
        : undefined;
      if (/: [1-9]\d* of 41/.test(message)) {
        controller.abort();
      }
    };

    await assert.rejects(operator.platform(id, 'start', { signal: controller.signal, report }), isCancelled);
    await refused;
    await other.platform(id, 'start', context());

    await operator.refresh(id);
    assert.equal(running(snapshot()), 41);
    computer.close(other);
  });

  it('lose a node and get it back: 33 rows of four nodes, swap proved on the fifth', async () => {
    assert.match(
      (await operator.forecastPowerOff(id, 'deis-2')).sentence,
      /4 of 5 etcd members are up; 1 more may fail/,
    );

    await operator.power(id, 'deis-2', 'power_off', context());

    const off = snapshot();
    assert.deepEqual([off.state, off.nodes.find(({ name }) => name === 'deis-2')?.state], ['degraded', 'off']);
    await operator.power(id, 'deis-3', 'power_off', context());
    const forecast = await operator.forecastPowerOff(id, 'deis-4');
    assert.deepEqual([forecast.membersUpAfter, forecast.breaksQuorum], [2, true]);

    await operator.power(id, 'deis-3', 'power_on', context());
    const steps = context();
    await operator.power(id, 'deis-2', 'power_on', steps);
    assert.ok(steps.reports.some((step) => step.startsWith('Prove the swap on deis-2')));
    assert.deepEqual(
      snapshot().nodes.map(({ state }) => state),
      ['ready', 'ready', 'ready', 'ready', 'ready'],
    );
  });
});

describe('a create that is interfered with, on the practice cloud', { timeout: 240_000 }, () => {
  const computer = new Computer();
  after(() => computer.dispose());

  it('is cancelled by a destroy, and nothing of it is billed any more', async () => {
    const operator = await computer.open();
    let destroyed: Promise<void> | undefined;
    const report = (message: string): void => {
      if (message.startsWith('Log in')) {
        destroyed ??= operator.destroy(operator.snapshots()[0]?.id ?? '', context());
      }
    };

    await assert.rejects(operator.create(BARE, { ...context(), report }), isCancelled);
    await destroyed;

    assert.deepEqual([operator.snapshots(), await operator.listBilled('practice')], [[], []]);
  });

  it('waits for a node that lost its power during the start, says so, and goes on when it is back', async () => {
    const operator = await computer.open();
    let isOff = false;
    const report = (message: string): void => {
      if (!isOff && /Start the platform: [1-9]/.test(message)) {
        isOff = true;
        void powerOffBehindOurBack(operator);
      }
    };

    const failed = await operator.create(PRACTICE_SPEC, { ...context(), report }).then(
      () => undefined,
      (error: unknown) => error,
    );

    const id = operator.snapshots()[0]?.id ?? '';
    assert.ok(ClusterError.is(failed), String(failed));
    assert.match(failed.message, /deis-5/);
    await operator.power(id, 'deis-5', 'power_on', context());
    const cluster = await operator.resume(id, context());
    assert.deepEqual([cluster.state, running(cluster)], ['healthy', 41]);
    await operator.destroy(id, context());
  });

  /** As somebody does in the provider's own panel: our lock does not know of it. */
  async function powerOffBehindOurBack(operator: Operator): Promise<void> {
    const connection = await operator.connect(operator.snapshots()[0]?.id ?? '', 'deis-5');
    await connection.exec(['sudo', 'poweroff']).catch(() => undefined);
    connection.dispose();
  }
});
