import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, it, mock } from 'node:test';
import { createClock, createScaledClock } from '../../../../src/adapters/net/clock';

/** Real time stands still and is moved by hand. */
async function withTimers(test: () => Promise<void> | void): Promise<void> {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_000_000 });
  try {
    await test();
  } finally {
    mock.timers.reset();
  }
}

const settled = async (promise: Promise<unknown>): Promise<string> => {
  const state = promise.then(
    () => 'done',
    () => 'failed',
  );
  return await Promise.race([state, new Promise<string>((resolve) => setImmediate(() => resolve('waiting')))]);
};

describe('our own time', () => {
  it('is the computer’s', async () => {
    await withTimers(() => {
      assert.equal(createClock().now(), 1_000_000);
    });
  });

  it('wakes a sleeper when he asked for it, though the computer’s clock was moved meanwhile', async () => {
    await withTimers(async () => {
      const sleep = createClock().sleep(10_000);
      mock.timers.setTime(1_000_000); // set back to where it was: no time has passed
      mock.timers.tick(9_999);
      assert.equal(await settled(sleep), 'waiting');
      mock.timers.tick(1);
      assert.equal(await settled(sleep), 'done');
    });
  });

  it('wakes a sleeper who is called off, with the reason, and keeps nothing of him', async () => {
    const controller = new AbortController();
    const sleep = createClock().sleep(1e9, controller.signal);
    controller.abort(new Error('enough'));
    await assert.rejects(sleep, /enough/);
    await assert.rejects(createClock().sleep(1, controller.signal), /enough/);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  });

  it('can wait for longer than one timer counts', async () => {
    await withTimers(async () => {
      const days = 40 * 24 * 3_600_000;
      const sleep = createClock().sleep(days);
      mock.timers.tick(2_147_483_647);
      assert.equal(await settled(sleep), 'waiting');
      mock.timers.tick(days - 2_147_483_647);
      assert.equal(await settled(sleep), 'done');
    });
  });

  it('tells a deadline that passed from a caller who gave up', async () => {
    await withTimers(() => {
      const controller = new AbortController();
      const [passed, given, disposed] = [1_000, 5_000, 1_000].map((ms) =>
        createClock().deadline(ms, controller.signal),
      );
      disposed?.dispose();
      mock.timers.tick(1_000);
      assert.deepEqual(
        [passed?.hasPassed, passed?.signal.aborted, given?.signal.aborted, disposed?.signal.aborted],
        [true, true, false, false],
      );
      controller.abort();
      assert.deepEqual([given?.hasPassed, given?.signal.aborted], [false, true]);
      assert.equal(createClock().deadline(Infinity, controller.signal).signal.aborted, true);
    });
  });
});

describe('a provider’s faster time', () => {
  it('runs so many times faster from the moment it was announced', () => {
    let real = 500;
    const clock = createScaledClock(() => real);
    clock.sync({ speed: 60, now: 7_000_000 });
    real += 1_000;
    assert.equal(clock.now(), 7_060_000);
    clock.sync({ speed: 60, now: 7_010_000 }); // it stood still while its process was off
    assert.equal(clock.now(), 7_010_000);
  });

  it('shortens waits, but no deadline below what a busy computer needs', async () => {
    await withTimers(async () => {
      const clock = createScaledClock(() => 0);
      clock.sync({ speed: 60, now: 0 });
      const sleep = clock.sleep(60_000);
      const [short, long] = [clock.deadline(30_000), clock.deadline(600_000)];
      mock.timers.tick(1_000);
      assert.equal(await settled(sleep), 'done');
      mock.timers.tick(2_999);
      assert.equal(short.hasPassed, false);
      mock.timers.tick(1);
      assert.deepEqual([short.hasPassed, long.hasPassed], [true, false]);
      mock.timers.tick(6_000);
      assert.equal(long.hasPassed, true);
    });
  });

  it('makes every wait a breath at full speed', async () => {
    await withTimers(async () => {
      let real = 0;
      const clock = createScaledClock(() => real);
      clock.sync({ speed: 'max', now: 1_000 });
      const sleep = clock.sleep(3_600_000);
      const deadline = clock.deadline(3_600_000);
      mock.timers.tick(5);
      assert.equal(await settled(sleep), 'done');
      mock.timers.tick(1_990);
      assert.equal(deadline.hasPassed, false);
      deadline.dispose();
      real = 100;
      assert.equal(clock.now(), 7_000);
    });
  });
});
