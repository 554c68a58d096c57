import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { VirtualTimeline } from '../../../src/practice/timeline';

const HOUR = 3_600_000;

describe('virtual time', () => {
  let timeline: VirtualTimeline;
  afterEach(() => timeline.dispose());
  /** At full speed, with a clock of ours that stands still: what passes is what time jumps over. */
  const atFullSpeed = (): VirtualTimeline => (timeline = new VirtualTimeline(Infinity, 0, () => 0));

  it('jumps over what is waited for, however long, and in order', async () => {
    const time = atFullSpeed();
    const log: string[] = [];
    await Promise.all([
      time.sleep(30 * 60_000 - 1).then(() => log.push(`long ${time.now()}`)),
      time.sleep(5).then(() => log.push(`short ${time.now()}`)),
    ]);

    assert.deepEqual(log, ['short 5', `long ${30 * 60_000 - 1}`]);
  });

  it('makes a chain of waits exactly as long as their sum', async () => {
    timeline = new VirtualTimeline(1000, 0); // every timer of ours is late by a second of virtual time or more
    const moments: number[] = [];
    for (let step = 0; step < 20; step += 1) {
      await timeline.sleep(100);
      moments.push(timeline.now() - (moments[0] ?? 0));
    }

    assert.deepEqual(
      moments.slice(1),
      Array.from({ length: 19 }, (_, index) => (index + 1) * 100),
    );
  });

  it('runs heartbeats on the way, at their times, and never jumps for them', async () => {
    const time = atFullSpeed();
    const beats: number[] = [];
    time.every(1000, () => beats.push(time.now()));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(beats, []);

    await time.sleep(3500);

    assert.deepEqual(beats, [1000, 2000, 3000]);
    assert.equal(time.now(), 3500);
  });

  it('does not jump while it is held', async () => {
    const time = atFullSpeed();
    const release = time.hold();
    let isOver = false;
    void time.sleep(10).then(() => (isOver = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(isOver, false);
    release();
    release();
    await time.sleep(20);

    assert.equal(isOver, true);
  });

  it('lets everything that happens at one moment happen before it goes on', async () => {
    const time = atFullSpeed();
    const log: string[] = [];
    void time.sleep(1000).then(() => log.push('deadline'));
    // Six turns of the event loop and many promises: an answer on its way through the process.
    time.settle(6);
    for (let turn = 0; turn < 6; turn += 1) await new Promise(setImmediate);
    log.push('answer');
    await time.sleep(1001);

    assert.deepEqual(log, ['answer', 'deadline']);
  });

  it('goes on jumping only so far when nobody outside is there, and again when somebody is', async () => {
    const time = atFullSpeed();
    let restarts = 0;
    const restartForEver = (): void => {
      restarts += 1;
      time.after(10_000, restartForEver);
    };
    restartForEver();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const first = time.now();
    assert.equal(first, 30 * 60_000);
    assert.equal(restarts, 181);

    time.touch();
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(time.now(), 2 * first);
  });

  it('rejects a wait with the reason of its signal, at once', async () => {
    const time = atFullSpeed();
    const release = time.hold();
    const controller = new AbortController();
    const reason = new Error('power is gone');
    const wait = time.sleep(HOUR, controller.signal);
    controller.abort(reason);

    await assert.rejects(wait, reason);
    await assert.rejects(time.sleep(1, controller.signal), reason);
    release();
  });

  it('takes no notice of hours that the machine was asleep', () => {
    let real = 0;
    timeline = new VirtualTimeline(1, 1000, () => real);
    real = 8 * HOUR;

    assert.ok(timeline.now() <= 1000 + 5000);
  });

  it('does not run what was cancelled, and runs it no more often than asked', async () => {
    const time = atFullSpeed();
    const log: string[] = [];
    const cancel = time.after(5, () => log.push('cancelled'));
    const stop = time.every(10, () => {
      log.push('beat');
      stop();
    });
    cancel();
    await time.sleep(100);

    assert.deepEqual(log, ['beat']);
  });

  it('goes on jumping when what has already run is cancelled', async () => {
    const time = atFullSpeed();
    for (let round = 0; round < 10; round += 1) {
      const cancel = time.after(1, () => undefined);
      await time.sleep(5);
      cancel();
    }
    await time.sleep(60_000);

    assert.equal(time.now(), 60_050);
  });

  it('keeps the order of ten thousand waits of which half are cancelled', async () => {
    const time = atFullSpeed();
    const seen: number[] = [];
    const cancels = Array.from({ length: 10_000 }, (_, index) =>
      time.after((index * 7919) % 1000, () => seen.push(time.now())),
    );
    cancels.forEach((cancel, index) => {
      if (index % 2 === 0) cancel();
    });
    await time.sleep(1001);

    assert.equal(seen.length, 5000);
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    );
  });
});
