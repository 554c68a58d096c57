import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimeHold } from '../../../../src/practice/shell/timeHold';

/** Counts who holds. */
function fakeTimeline(): { held: number; hold(): () => void } {
  const timeline = {
    held: 0,
    hold: () => {
      timeline.held += 1;
      return () => void (timeline.held -= 1);
    },
  };
  return timeline;
}

describe('the hold of a script on time', () => {
  it('is let go while a program waits, and taken again afterwards', async () => {
    const timeline = fakeTimeline();
    const hold = new TimeHold(timeline);
    hold.begin();
    assert.equal(timeline.held, 1);
    await hold.outside(() => {
      assert.equal(timeline.held, 0);
      return Promise.resolve();
    });
    assert.equal(timeline.held, 1);
    hold.end();
    assert.equal(timeline.held, 0);
  });

  it('is not taken again by a program that comes back after the script was interrupted', async () => {
    const timeline = fakeTimeline();
    const hold = new TimeHold(timeline);
    hold.begin();
    let finish: () => void = () => undefined;
    const late = hold.outside(() => new Promise<void>((resolve) => (finish = resolve)));
    hold.end();
    finish();
    await late;

    assert.equal(timeline.held, 0);
  });
});
