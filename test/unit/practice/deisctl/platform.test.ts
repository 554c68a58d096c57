import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { at, runningFleet } from '../support/fakeCluster';
import { disposeKernels } from '../support/fakeKernel';
import { installDeisctl, run } from '../support/runProgram';

describe('deisctl on a cluster of five', () => {
  afterEach(disposeKernels);

  it('installs, starts, stops and uninstalls the platform in about the recorded time', async () => {
    const cluster = await runningFleet();
    const node = at(cluster, 1);
    await installDeisctl(node);
    await run(node, 'deisctl config platform set domain=deis.example.com');

    const install = await run(node, 'deisctl install platform --router-mesh-size=5');
    const start = await run(node, 'deisctl start platform');
    await cluster.kernel.timeline.sleep(5_000);
    const list = await run(node, 'deisctl list');
    const stop = await run(node, 'deisctl stop platform');
    const uninstall = await run(node, 'deisctl uninstall platform');
    console.log({ install: install.ms, start: start.ms, stop: stop.ms, uninstall: uninstall.ms });
    console.log(start.stdout.replaceAll('\r', '<CR>\n'), start.stderr, install.stderr);
    console.log(list.stdout);

    assert.equal(list.stdout.split('\n').filter((line) => line.endsWith('active\trunning')).length, 41);
  });
});
