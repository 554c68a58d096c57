import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { curl } from '../support/curl';
import { at, ETCD, etcdOf, runningEtcd, startEtcd } from '../support/fakeCluster';
import { disposeKernels } from '../support/fakeKernel';
import { run } from '../support/runProgram';

describe('access control of etcd', () => {
  afterEach(disposeKernels);

  it('holds on every member, for whoever asks, and after a restart', async () => {
    const cluster = await runningEtcd();
    for (const command of [
      'etcdctl user add root:secret',
      'etcdctl set /a 1',
      'etcdctl auth enable',
      'etcdctl -u root:secret role revoke --path /* --rw guest',
    ]) {
      const outcome = await run(at(cluster, 1), command);
      assert.equal(outcome.exitCode, 0, `${command}: ${outcome.stderr}`);
    }
    at(cluster, 5).stopDaemon(ETCD);
    await startEtcd(at(cluster, 5)).ready;

    for (const number of [2, 5]) {
      const node = at(cluster, number);
      assert.equal((await run(node, 'etcdctl get /a')).exitCode, 4);
      assert.equal((await run(node, 'etcdctl -u root:secret get /a')).stdout, '1\n');
      assert.equal((await curl(node, 'curl http://127.0.0.1:2379/v2/keys/a')).status, 401);
      assert.equal(etcdOf(node).client.peek('/a'), undefined, 'what runs on the node is a guest too');
      await assert.rejects(etcdOf(node).client.set('/a', { value: '2' }), /requires user authentication/);
    }
    assert.match(
      at(cluster, 2)
        .entries.map(({ text }) => text)
        .join('\n'),
      /^etcdserver\/api\/v2http: auth: invalid access for unauthenticated user on resource \/a\.$/m,
    );
  });

  it('is not to be had without a majority', async () => {
    const cluster = await runningEtcd();
    [1, 2, 3].forEach((number) => at(cluster, number).cutPower());
    await cluster.kernel.timeline.sleep(10_000);

    const outcome = await run(at(cluster, 4), 'etcdctl user add root:secret');

    assert.equal(outcome.exitCode, 1);
    assert.equal(etcdOf(at(cluster, 4)).member()?.accounts.isEnabled, false);
  });
});
