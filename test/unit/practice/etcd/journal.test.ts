import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { at, etcdOf, runningEtcd } from '../support/fakeCluster';
import type { FakeHost } from '../support/fakeHost';
import { disposeKernels } from '../support/fakeKernel';

const said = (host: FakeHost): string[] => host.journal.read({ unit: 'etcd2.service' }).map(({ text }) => text);

describe("etcd's journal without a majority", () => {
  afterEach(disposeKernels);

  it('tells of elections in vain, of silent peers, and once of what happens again and again', async () => {
    const cluster = await runningEtcd();
    const { timeline } = cluster.kernel;
    [1, 3, 5].forEach((number) => at(cluster, number).cutPower());
    await timeline.sleep(90_000);
    const { client } = etcdOf(at(cluster, 2));
    const writes = [1, 2, 3].map((number) => client.set('/x', { value: String(number) }));
    assert.ok((await Promise.allSettled(writes)).every(({ status }) => status === 'rejected'));
    await timeline.sleep(5_000);

    for (const number of [2, 4]) {
      const lines = said(at(cluster, number)).join('\n');
      assert.match(lines, /^raft\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d INFO: \w+ is starting a new election at term \d+$/m);
      assert.match(lines, /^raft.* cast MsgVote for \w+ \[logterm: \d+, index: \d+\] at term \d+$/m);
      assert.match(
        lines,
        /^health check for peer \w+ could not connect: dial tcp \S+:2380: connect: no route to host$/m,
      );
    }
    const complaints = said(at(cluster, 2)).filter((text) => text.startsWith('got unexpected response error'));
    assert.deepEqual(complaints, [
      'got unexpected response error (etcdserver: request timed out)',
      'got unexpected response error (etcdserver: request timed out) [merged 2 repeated lines in 1.5s]',
    ]);
  });
});
