import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterError } from '../../../../src/core/errors';
import { waitUntil } from '../../../../src/core/plan/poll';
import { withRetry } from '../../../../src/core/plan/retry';
import { FakeClock } from '../fakes/fakeClock';
import { FakeLog } from '../fakes/fakeWorld';
import { code } from '../fakes/harness';

const never = new AbortController().signal;
const onTimeout = (): { message: string } => ({ message: 'It did not come true.' });
const down = new ClusterError('No answer.', { code: 'cloudUnavailable' });
const passing = (): ClusterError => new ClusterError('No answer.', { code: 'sshUnreachable' });

describe('waiting for something to come true', () => {
  it('asks at once, then ever less often, up to a limit', async () => {
    const clock = new FakeClock();
    let asked = 0;

    await waitUntil(() => Promise.resolve(++asked === 8 ? true : undefined), {
      ...{ clock, signal: never, timeoutMs: 60_000, onTimeout },
      ...{ firstWaitMs: 400, maxWaitMs: 1_000 },
    });

    assert.deepEqual(clock.slept, [400, 600, 900, 1_000, 1_000, 1_000, 1_000]);
  });

  it('does not count the hours in which the computer slept', async () => {
    const clock = new FakeClock();
    let asked = 0;

    await waitUntil(
      () => {
        asked += 1;
        clock.jump(asked === 2 ? 8 * 3_600_000 : 0);
        return Promise.resolve(asked === 5 ? true : undefined);
      },
      { clock, signal: never, timeoutMs: 5 * 60_000, onTimeout },
    );

    assert.equal(asked, 5);
  });

  it('comes to its end though the clock is set back again and again', async () => {
    const clock = new FakeClock();
    let asked = 0;

    await assert.rejects(
      waitUntil(
        () => {
          clock.jump(++asked % 3 === 0 ? -3_600_000 : 0);
          return Promise.resolve(undefined);
        },
        { clock, signal: never, timeoutMs: 60_000, onTimeout },
      ),
      code('timedOut'),
    );
  });

  it('bears what may pass until the time is up, and then says what it waited for', async () => {
    await assert.rejects(
      waitUntil(() => Promise.reject(passing()), {
        clock: new FakeClock(),
        signal: never,
        timeoutMs: 30_000,
        onTimeout,
      }),
      (error: unknown) => {
        assert.ok(ClusterError.is(error, 'timedOut') && ClusterError.is(error.cause, 'sshUnreachable'));
        return error.message === 'It did not come true.';
      },
    );
  });

  it('stops at once at what will not pass, and when it is cancelled', async () => {
    const clock = new FakeClock();
    const options = { clock, signal: never, timeoutMs: 30_000, onTimeout };
    const refused = new ClusterError('No.', { code: 'cloudRefused' });
    await assert.rejects(
      waitUntil(() => Promise.reject(refused), options),
      code('cloudRefused'),
    );
    const controller = new AbortController();
    const cancelled = waitUntil(
      () => {
        controller.abort();
        return Promise.resolve(undefined);
      },
      { ...options, signal: controller.signal },
    );

    await assert.rejects(cancelled, { name: 'AbortError' });
    assert.deepEqual(clock.slept, []);
  });
});

describe('trying again', () => {
  it('pauses twice as long each time, and gives up after five attempts with the last reason', async () => {
    const clock = new FakeClock();
    let tries = 0;

    const attempt = (): Promise<never> => {
      tries += 1;
      return Promise.reject(down);
    };
    await assert.rejects(
      withRetry(attempt, { clock, signal: never, log: new FakeLog(), what: 'It' }),
      code('cloudUnavailable'),
    );

    assert.equal(tries, 5);
    assert.deepEqual(clock.slept, [1_000, 2_000, 4_000, 8_000]);
  });

  it('gives fleet more than the minute that it may need after quorum is back', async () => {
    const clock = new FakeClock();
    const silent = new ClusterError('503', { code: 'fleetUnavailable' });

    await assert.rejects(
      withRetry(() => Promise.reject(silent), { clock, signal: never, log: new FakeLog(), what: 'It' }),
      code('fleetUnavailable'),
    );

    assert.ok(clock.slept.reduce((sum, ms) => sum + ms, 0) > 75_000);
  });
});
