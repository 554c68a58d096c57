import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import { at, runningFleet, type FakeCluster } from '../support/fakeCluster';
import type { FakeHost } from '../support/fakeHost';
import { disposeKernels } from '../support/fakeKernel';
import { run, startProgram, type Outcome } from '../support/runProgram';
import { normalise, trace } from '../support/traces';

const FILES = 'test/fixtures/traces/fleetctl/unit-';
const UNITS: Readonly<Record<string, string>> = {
  'swapon.service': readFileSync(`${FILES}swapon.service`, 'utf8'),
  'swapfail.service': readFileSync(`${FILES}swapfail.service`, 'utf8'),
  'web.service': readFileSync(`${FILES}web.service`, 'utf8'),
  'bad1.service': '[Unit\nDescription=x\n',
  'bad2.service': '[Unit]\nDescription=x\n\n[X-Fleet]\nGlobal=yes please\nBogus=1\n\n[Service]\nExecStart=/bin/true\n',
  'bad3.service': '[Service]\nType=bogus\nExecStart=relative/path\n',
  'empty.service': '',
  'nofit.service': '[Service]\nExecStart=/bin/sleep infinity\n\n[X-Fleet]\nMachineMetadata=disk=ssd\n',
};

async function clusterWithFiles(fleetVersion: '1.0' | '0.11' = '1.0'): Promise<FakeCluster> {
  const cluster = await runningFleet({ fleetVersion });
  for (const host of cluster.hosts) {
    for (const [name, text] of Object.entries(UNITS)) {
      await host.files.writeFile(`/home/core/${name}`, text);
    }
  }
  return cluster;
}

/** Replays one recorded command and compares output, streams and exit code. */
async function replay(host: FakeHost, name: string, command?: string): Promise<Outcome> {
  const recorded = trace(name);
  const outcome = await run(host, command ?? recorded.command.replace(/^sleep \d+; /, ''));
  assert.equal(normalise(outcome.stdout), normalise(recorded.stdout), `${name}: stdout`);
  assert.equal(normalise(outcome.stderr), normalise(recorded.stderr), `${name}: stderr`);
  assert.equal(outcome.exitCode, recorded.exitCode, `${name}: exit code`);
  return outcome;
}

describe('fleetctl does what the recorded one did', () => {
  afterEach(disposeKernels);

  it('with five machines and no units', async () => {
    const cluster = await clusterWithFiles();
    const node = at(cluster, 1);
    for (const name of [
      ...['list-machines', 'list-machines-full', 'list-machines-no-legend', 'list-machines-full-no-legend'],
      ...['list-machines-fields', 'list-machines-fields-ip', 'list-machines-bad-field', 'list-units-empty'],
      ...['list-unit-files-empty', 'list-units-bad-field', 'help', 'no-such-verb', 'register', 'socket-missing'],
      ...['endpoint-refused', 'driver-etcd', 'submit-missing-file', 'start-unknown', 'stop-unknown', 'unload-unknown'],
      ...['destroy-unknown', 'cat-unknown', 'status-unknown', 'journal-unknown', 'submit-no-suffix', 'submit-empty'],
      ...['submit-bad-syntax', 'verify', 'status-all-noargs'],
    ]) {
      await replay(node, `fleetctl/${name}.txt`);
    }
    assert.equal((await run(node, 'fleetctl --version')).stdout, 'fleetctl version v1.0.0-15-g45224983\n');
    assert.equal((await run(node, 'fleetd --version')).stdout, 'fleetd version v1.0.0-15-g45224983\n');
  });

  it('through the life of a global unit', async () => {
    const cluster = await clusterWithFiles();
    const node = at(cluster, 1);
    const { timeline } = cluster.kernel;
    await replay(node, 'fleetctl/submit-swapon.txt');
    await replay(node, 'fleetctl/submit-swapon-again.txt');
    await replay(node, 'fleetctl/list-unit-files-submitted.txt');
    await replay(node, 'fleetctl/list-units-submitted.txt');
    await replay(node, 'fleetctl/load-swapon.txt');
    await replay(node, 'fleetctl/list-unit-files-loaded.txt');
    await replay(node, 'fleetctl/list-units-loaded.txt');
    await replay(node, 'fleetctl/start-swapon.txt');
    await replay(node, 'fleetctl/list-units-started-0s.txt');
    await timeline.sleep(6_500);
    await replay(node, 'fleetctl/list-units-swapon.txt');
    await replay(node, 'fleetctl/list-units-swapon-fields.txt');
    await replay(node, 'fleetctl/list-unit-files-swapon.txt');
    await replay(node, 'fleetctl/list-unit-files-fields.txt');
    await replay(node, 'fleetctl/start-swapon-again.txt');
    await replay(node, 'fleetctl/cat-swapon.txt');
    await replay(node, 'fleetctl/status-swapon.txt');
    await replay(node, 'fleetctl/journal-swapon.txt');
    await replay(node, 'fleetctl/start-swapfail.txt');
    await timeline.sleep(6_500);
    await replay(node, 'fleetctl/status-swapfail.txt');
    await replay(node, 'fleetctl/stop-swapon.txt');
    await replay(node, 'fleetctl/destroy-swapon.txt');
  });

  it('with units of all kinds', async () => {
    const cluster = await clusterWithFiles();
    const node = at(cluster, 1);
    const { timeline } = cluster.kernel;
    await run(node, 'fleetctl start swapon.service swapfail.service');
    await replay(node, 'fleetctl/start-web.txt');
    await timeline.sleep(6_500);
    await replay(node, 'fleetctl/list-units-web.txt');
    const owner = (await run(node, 'fleetctl list-units --no-legend --fields=unit,machine --full')).stdout;
    const ownerId = /web\.service\t+([0-9a-f]+)/.exec(owner)?.[1];
    const local = cluster.hosts.find((host) => host.machineId === ownerId);
    const remote = cluster.hosts.find((host) => host.machineId !== ownerId);
    assert.ok(local && remote);
    assert.equal((await run(local, 'fleetctl status web.service')).stdout, 'ran: systemctl status -l web.service\n');
    assert.equal(
      (await run(local, 'fleetctl journal --lines=3 --sudo web.service')).stdout,
      'ran: sudo journalctl --unit web.service --no-pager -n 3\n',
    );
    await replay(remote, 'fleetctl/status-web-remote-noagent.txt');
    await replay(remote, 'fleetctl/journal-web-remote-noagent.txt');
    await replay(node, 'fleetctl/submit-bad-xfleet.txt');
    await replay(node, 'fleetctl/start-bad-service-type.txt');
    const listed = (await run(node, 'fleetctl list-units --fields=unit,load,active,sub,machine')).stdout.split('\n');
    const filtered = listed.filter((line) => /UNIT|bad3/.test(line)).join('\n');
    assert.equal(normalise(`${filtered}\n`), normalise(trace('fleetctl/list-units-bad-service-type.txt').stdout));
    const unschedulable = startProgram(node, 'fleetctl start nofit.service');
    await timeline.sleep(25_000);
    assert.equal(unschedulable.stdout(), trace('fleetctl/start-unschedulable.txt').stdout);
    unschedulable.cancel();
    assert.equal((await unschedulable.done).exitCode, 130);
    await replay(node, 'fleetctl/start-unschedulable-noblock.txt');
    await replay(node, 'fleetctl/list-units-unschedulable.txt');
    await at(cluster, 1).files.writeFile('/home/core/web.service', CHANGED);
    await replay(node, 'fleetctl/submit-changed.txt');
    await replay(node, 'fleetctl/start-changed.txt');
    await replay(node, 'fleetctl/submit-changed-replace.txt');
    await replay(node, 'fleetctl/start-changed-replace.txt');
    await timeline.sleep(3_000);
    await replay(node, 'fleetctl/stop-web.txt');
    await replay(node, 'fleetctl/list-unit-files-stopped.txt');
    await timeline.sleep(2_000);
    await replay(node, 'fleetctl/start-web-again.txt');
    await replay(node, 'fleetctl/unload-web.txt');
    await replay(node, 'fleetctl/list-unit-files-unloaded.txt');
    await run(node, 'fleetctl stop swapon.service');
    await timeline.sleep(6_500);
    await replay(node, 'fleetctl/destroy-many.txt');
    await timeline.sleep(6_500);
    await run(node, 'fleetctl destroy swapon.service');
    await timeline.sleep(6_500);
    await replay(node, 'fleetctl/list-units-after-destroy-5s.txt');
    await replay(node, 'fleetctl/list-unit-files-after-destroy.txt');
  });

  it('in version 0.11', async () => {
    const cluster = await clusterWithFiles('0.11');
    const node = at(cluster, 1);
    const { timeline } = cluster.kernel;
    const replayAll = async (...names: string[]): Promise<void> => {
      for (const name of names) {
        await replay(node, `fleet-0.11.7/${name}.txt`);
      }
    };
    await replayAll('version', 'register', 'no-such-verb', 'help', 'list-machines', 'list-machines-full-no-legend');
    await replayAll('list-units-empty', 'submit-swapon', 'submit-swapon-again', 'load-swapon');
    await timeline.sleep(6_500);
    await replayAll('list-units-loaded', 'start-swapon');
    await timeline.sleep(6_500);
    await replayAll('list-units-swapon', 'list-units-fields', 'list-unit-files', 'start-swapfail', 'start-web');
    await timeline.sleep(6_500);
    await replayAll('list-units-mixed', 'status-global', 'journal-global', 'cat', 'status-unknown', 'stop-unknown');
    await replayAll('destroy-unknown', 'start-unknown', 'cat-unknown', 'status-noargs', 'stop-web');
    await timeline.sleep(6_500);
    await replayAll('list-units-stopped', 'stop-swapon', 'destroy');
    await timeline.sleep(6_500);
    await replayAll('list-units-destroyed');
  });

  it('calls it no failure when fd-forward finds no socket, as its source does', async () => {
    const node = at(await runningFleet(), 1);
    const { exitCode, stderr } = await run(node, 'fleetctl fd-forward /var/run/nosuch.sock');
    const problem = 'dial unix /var/run/nosuch.sock: connect: no such file or directory';
    assert.deepEqual([exitCode, stderr], [0, `Failed dialing remote address: ${problem}\n`]);
    const none = await run(node, 'fleetctl fd-forward');
    assert.deepEqual([none.exitCode, none.stderr], [1, 'Provide a single argument\n']);
  });

  it('without a quorum', async () => {
    const cluster = await clusterWithFiles();
    const node = at(cluster, 1);
    await node.files.writeFile('/home/core/q.service', '[Service]\nExecStart=/bin/true\n');
    [3, 4, 5].forEach((number) => at(cluster, number).cutPower());
    await cluster.kernel.timeline.sleep(40_000);
    for (const name of [
      ...['list-machines', 'list-units', 'list-unit-files', 'fleetctl-start', 'fleetctl-submit', 'fleetctl-stop'],
      ...['fleetctl-destroy', 'fleetctl-status', 'fleetctl-cat-unknown'],
    ]) {
      await replay(node, `no-quorum/${name}.txt`);
    }
  });
});

const CHANGED =
  '[Unit]\nDescription=One changed unit\n\n[Service]\nExecStart=/bin/sleep infinity\nRestart=on-failure\n';
