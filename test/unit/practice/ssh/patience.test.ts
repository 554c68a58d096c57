import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Patience } from '../../../../src/practice/ssh/client/patience';
import { VirtualTimeline } from '../../../../src/practice/timeline';

/** When ten seconds of patience were over, in seconds, with a question that was open so long; looked at for a minute. */
async function overAfter(questionMs: number): Promise<number | undefined> {
  const timeline = new VirtualTimeline(Infinity, 0, () => 0);
  let over: number | undefined;
  const patience = new Patience(timeline, 10_000, () => (over = timeline.now() / 1_000));
  await timeline.sleep(4_000);
  if (questionMs > 0) await patience.during(timeline.sleep(questionMs));
  await timeline.sleep(60_000);
  patience.end();
  timeline.dispose();
  return over;
}

describe('the patience of fleet’s SSH client', () => {
  it('is over after its time', async () => {
    assert.equal(await overAfter(0), 10);
  });

  it('stands still while somebody outside is asked, and begins anew with the answer', async () => {
    assert.equal(await overAfter(30_000), 44);
  });

  it('is never over once the connection is there', async () => {
    const timeline = new VirtualTimeline(Infinity, 0, () => 0);
    const patience = new Patience(timeline, 10_000, () => assert.fail('It is'));
    const answered = patience.ask();
    patience.end();
    answered();
    await timeline.sleep(20_000);
    timeline.dispose();
  });
});
