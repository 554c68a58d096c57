import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { RateLimits } from '../../../../src/practice/api/rateLimit';
import { Refusal } from '../../../../src/practice/cloud/refusal';
import { VirtualTimeline } from '../../../../src/practice/timeline';

describe('rate limits', () => {
  const timeline = new VirtualTimeline(Infinity, 0);
  after(() => timeline.dispose());
  const refusalOf = (run: () => unknown): Refusal => {
    try {
      run();
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  it('let 5000 requests an hour through, each leaving by itself, and say when the next may come', async () => {
    const limits = new RateLimits(timeline);
    const started = timeline.now();
    for (let minute = 0; minute < 25; minute += 1) {
      for (let count = 0; count < 200; count += 1) limits.take('token', false);
      await timeline.sleep(60_000);
    }
    const refused = refusalOf(() => limits.take('token', false));
    const waitMs = Number(refused.headers['retry-after']) * 1000;
    assert.equal(refused.status, 429);
    assert.ok(Math.abs(timeline.now() + waitMs - (started + 3_600_000)) < 5_000);
    await timeline.sleep(waitMs);

    const headers = limits.take('token', false);
    assert.equal(headers['ratelimit-limit'], '5000');
    assert.ok(Number(headers['ratelimit-remaining']) >= 0);
  });

  it('let time jump to the moment at which a refused client may ask again', { timeout: 5_000 }, async () => {
    const limits = new RateLimits(timeline);
    for (let count = 0; count < 250; count += 1) limits.take('hasty', false);
    const refusedAt = timeline.now();
    refusalOf(() => limits.take('hasty', false));
    while (timeline.now() < refusedAt + 60_000) await new Promise(setImmediate);

    assert.equal(limits.take('hasty', false)['ratelimit-remaining'], '4749');
  });

  it('count each token alone, and the listing of keys by ten a minute', () => {
    const limits = new RateLimits(timeline);
    for (let count = 0; count < 10; count += 1) limits.take('one', true);

    assert.equal(refusalOf(() => limits.take('one', true)).status, 429);
    assert.equal(limits.take('one', false)['ratelimit-remaining'], '4989');
    assert.equal(limits.take('two', true)['ratelimit-remaining'], '4999');
  });
});
