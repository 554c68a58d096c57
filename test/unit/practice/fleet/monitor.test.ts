import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Monitor } from '../../../../src/practice/fleet/monitor';
import { VirtualTimeline } from '../../../../src/practice/timeline';

/** How long fleetd, asked for a sign of life all 15 s, goes on when etcd lets it wait so long at each try; seconds from its start. */
async function gaveUpAfter(waitMs: (try_: number) => number): Promise<number | undefined> {
  const timeline = new VirtualTimeline(Infinity, 0, () => 0);
  let tries = 0;
  let gaveUp: number | undefined;
  const monitor = new Monitor({
    timeline,
    ttlSeconds: 30,
    requestTimeoutMs: 1_000,
    beat: () => waitMs((tries += 1)),
    failed: () => (gaveUp = timeline.now() / 1_000),
  });
  await timeline.sleep(60_000);
  monitor.stop();
  timeline.dispose();
  return gaveUp;
}

describe('the heartbeat of fleetd', () => {
  it('goes on while etcd answers in time', async () => {
    assert.equal(await gaveUpAfter(() => 900), undefined);
  });

  it('gives up a third of its life after a beat that was never confirmed, by etcd that is late or has no quorum', async () => {
    assert.equal(await gaveUpAfter(() => 1_100), 25);
    assert.equal(await gaveUpAfter(() => Infinity), 25);
  });

  it('goes on when one of its tries is confirmed', async () => {
    assert.equal(await gaveUpAfter((count) => (count % 3 === 0 ? 0 : 5_000)), undefined);
    assert.equal(await gaveUpAfter((count) => (count % 4 === 0 ? 0 : Infinity)), undefined);
  });
});
