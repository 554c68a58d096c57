import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { at, etcdOf, runningFleet, type FakeCluster } from '../support/fakeCluster';
import type { FakeHost } from '../support/fakeHost';
import { disposeKernels } from '../support/fakeKernel';
import { installDeisctl, run, startProgram, type Outcome } from '../support/runProgram';
import { normalise, trace } from '../support/traces';

async function clusterWithDeisctl(): Promise<FakeCluster> {
  const cluster = await runningFleet();
  for (const host of cluster.hosts) {
    await installDeisctl(host);
  }
  return cluster;
}

/** Lines of units that are handled at once come in any order; what is on the way to a state need not be seen. */
function comparable(text: string): string[] {
  const escape = '\u001b';
  const blocks: string[][] = [[]];
  const lines = normalise(text)
    .split(/\r\n?|\n/)
    .map((line) => line.replaceAll(escape, '<E>').trimEnd())
    .filter((line) => !/ (?:activating|deactivating)\//.test(line));
  for (const line of lines) {
    if (line.startsWith('<E>[0;33m')) {
      blocks.at(-1)?.push(line);
    } else {
      blocks.push([line], []);
    }
  }
  return blocks.flatMap((block) => block.sort()).filter((line) => line !== '');
}

async function replay(host: FakeHost, name: string, command?: string): Promise<Outcome> {
  const recorded = trace(name);
  const outcome = await run(host, command ?? recorded.command);
  assert.deepEqual(comparable(outcome.stdout), comparable(recorded.stdout), `${name}: stdout`);
  const sorted = (text: string): string[] => normalise(text).split('\n').sort();
  assert.deepEqual(sorted(outcome.stderr), sorted(recorded.stderr), `${name}: stderr`);
  assert.equal(outcome.exitCode, recorded.exitCode, `${name}: exit code`);
  return outcome;
}

/** The same rows and columns, wherever the single units landed. */
async function sameRows(host: FakeHost, name: string): Promise<void> {
  const rows = (text: string): string[] =>
    normalise(text)
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  const outcome = await run(host, 'deisctl list');
  assert.deepEqual(rows(outcome.stdout), rows(trace(name).stdout), name);
}

describe('deisctl does what the recorded one did', () => {
  afterEach(disposeKernels);

  it('with nothing installed', async () => {
    const cluster = await clusterWithDeisctl();
    const node = at(cluster, 1);
    for (const name of [
      ...['version', 'list-empty', 'machines', 'help', 'no-args', 'no-such-command', 'start-not-installed'],
      ...['status-not-installed', 'journal-not-installed', 'stop-not-installed', 'config-get-missing'],
      ...['install-no-domain', 'config-set-domain', 'config-set-domain-again', 'config-get-domain', 'config-set-bad'],
      ...['config-set-empty', 'config-set-key-missing-file', 'config-set-registration', 'config-get-two'],
      ...['install-bad-unit', 'scale-controller', 'scale-bad'],
    ]) {
      await replay(node, `deisctl/${name}.txt`);
    }
    await node.files.writeFile('/home/core/key', 'a key\n');
    const stored = await run(node, 'deisctl config platform set sshPrivateKey=~/key');
    assert.equal(stored.stdout, `${Buffer.from('a key\n').toString('base64')}\n`);
    assert.equal(etcdOf(node).client.peek('/deis/platform/sshPrivateKey')?.value, stored.stdout.trim());
    const greedy = await run(node, 'deisctl config platform set a=b=c');
    assert.equal(greedy.stdout, 'c\n');
    assert.equal(etcdOf(node).client.peek('/deis/platform/a=b')?.value, 'c');
    const misplaced = await run(node, 'deisctl --router-mesh-size=5 install platform');
    assert.deepEqual([misplaced.stdout, misplaced.exitCode], [trace('deisctl/no-args.txt').stdout, 0]);
  });

  it('through the life of the platform, in about the recorded time', async () => {
    const cluster = await clusterWithDeisctl();
    const node = at(cluster, 1);
    const { timeline } = cluster.kernel;
    const takes = (outcome: Outcome, leastMs: number, mostMs: number): void =>
      assert.ok(outcome.ms >= leastMs && outcome.ms <= mostMs, `${outcome.ms} ms, not ${leastMs} to ${mostMs}`);
    await run(node, 'deisctl config platform set domain=deis.example.com');

    takes(await replay(node, 'deisctl/install-no-sshkey.txt'), 12_000, 30_000);
    await sameRows(node, 'deisctl/list-installed.txt');
    await run(node, 'etcdctl set /deis/platform/sshPrivateKey x');
    takes(await replay(node, 'deisctl/install-again.txt'), 1_000, 2_500);
    const start = await replay(node, 'deisctl/start-platform.txt');
    takes(start, 35_000, 60_000);
    assert.match(
      start.stdout,
      /deis-store-monitor\.service:.{4} activating\/start-pre {21}\r.*active\/running {27}\r\n/,
    );
    await sameRows(node, 'deisctl/list-started.txt');
    takes(await replay(node, 'deisctl/start-platform-again.txt'), 0, 1_000);
    await timeline.sleep(3_000);
    await replay(node, 'deisctl/status-global.txt');
    await replay(node, 'deisctl/stop-one.txt');
    await timeline.sleep(3_000);
    await replay(node, 'deisctl/start-one.txt');
    await replay(node, 'deisctl/scale-router-5.txt');
    await replay(node, 'deisctl/start-router-star.txt');
    const six = startProgram(node, 'deisctl scale router=6');
    await timeline.sleep(25_000);
    assert.equal(six.stdout(), '');
    six.cancel();
    await replay(node, 'deisctl/scale-router-3.txt');
    await timeline.sleep(3_000);
    takes(await replay(node, 'deisctl/rolling-restart.txt'), 20_000, 60_000);
    await timeline.sleep(3_000);
    takes(await replay(node, 'deisctl/stop-platform.txt'), 20_000, 45_000);
    await sameRows(node, 'deisctl/list-stopped.txt');
    takes(await replay(node, 'deisctl/uninstall-platform.txt'), 25_000, 48_000);
    await sameRows(node, 'deisctl/list-uninstalled.txt');
    await replay(node, 'deisctl/uninstall-again.txt');
    assert.equal(etcdOf(node).client.peek('/deis/platform/domain')?.value, 'deis.example.com');
    takes(await replay(node, 'deisctl/reinstall-platform.txt'), 12_000, 30_000);
    takes(await replay(node, 'deisctl/restart-platform-images-present.txt'), 25_000, 55_000);
  });

  it('reaches 41 running rows with a router on every node', async () => {
    const cluster = await clusterWithDeisctl();
    const node = at(cluster, 1);
    await run(node, 'deisctl config platform set domain=deis.example.com');
    await run(node, 'deisctl install platform --router-mesh-size=5');
    await run(node, 'deisctl start platform');
    await cluster.kernel.timeline.sleep(10_000);

    const { stdout } = await run(node, 'deisctl list');

    assert.equal(stdout.split('\n').filter((line) => line.endsWith('active\trunning')).length, 41);
  });

  it('without a quorum: stale lists, and a success that did nothing', async () => {
    const cluster = await clusterWithDeisctl();
    const node = at(cluster, 2);
    await run(node, 'deisctl config platform set domain=deis.example.com');
    await run(node, 'deisctl config platform set sshPrivateKey=x').catch(() => undefined);
    await run(node, 'etcdctl set /deis/platform/sshPrivateKey x');
    await run(node, 'deisctl install controller router@1');
    [1, 3, 5].forEach((number) => at(cluster, number).cutPower());
    await cluster.kernel.timeline.sleep(60_000);

    await replay(node, 'no-quorum/deisctl-config-get.txt');
    const set = await replay(node, 'no-quorum/deisctl-config-set.txt');
    assert.ok(set.ms >= 14_000 && set.ms < 15_000, `${set.ms} ms`);
    const start = await replay(node, 'no-quorum/deisctl-start.txt');
    assert.ok(start.ms >= 10_000 && start.ms < 11_000, `${start.ms} ms`);
    const list = await run(node, 'deisctl list');
    assert.match(list.stdout, /deis-controller\.service/);
    const install = await run(node, 'deisctl install platform');
    assert.equal(install.stdout, trace('no-quorum/deisctl-install.txt').stdout);
    assert.equal(install.exitCode, 0);
    assert.ok(install.ms >= 50_000 && install.ms < 53_000, `${install.ms} ms`);
    const kinds = (text: string): string[] =>
      [...new Set(normalise(text.replaceAll(/[0-9a-f]{40}/g, 'HASH')).split('\n'))].sort();
    assert.deepEqual(kinds(install.stderr), kinds(trace('no-quorum/deisctl-install.txt').stderr));
  });

  it('refuses to go to another node without an agent', async () => {
    const cluster = await clusterWithDeisctl();
    const node = at(cluster, 1);
    await run(node, 'deisctl config platform set domain=deis.example.com');
    await run(node, 'deisctl install controller');
    const owner = etcdOf(node).client.peek('/_coreos.com/fleet/job/deis-controller.service/target')?.value;
    const local = cluster.hosts.find((host) => host.machineId === owner);
    const remote = cluster.hosts.find((host) => host.machineId !== owner);
    assert.ok(local && remote);
    await replay(remote, 'deisctl/status-controller-remote-noagent.txt');
    await replay(remote, 'deisctl/journal-controller-remote-noagent.txt');
    await replay(remote, 'deisctl/ssh-cmd-noagent.txt');
    assert.equal(
      (await run(local, 'deisctl status controller')).stdout,
      'ran: systemctl status -l deis-controller.service\n\n',
    );
  });

  it('needs the unit files where it runs', async () => {
    const cluster = await runningFleet();
    const outcome = await run(at(cluster, 1), 'deisctl install publisher');
    assert.equal(outcome.stderr, trace('tunnel/install-no-units.txt').stderr);
    assert.equal(outcome.exitCode, 0);

    await run(at(cluster, 1), 'deisctl refresh-units');
    assert.match(
      (await run(at(cluster, 1), 'deisctl install publisher')).stdout,
      /deis-publisher\.service:.{4} loaded\n/,
    );
  });

  it('adds the role to a unit when placement options are on', async () => {
    const cluster = await clusterWithDeisctl();
    const node = at(cluster, 1);
    await run(node, 'deisctl config platform set enablePlacementOptions=true');

    await run(node, 'deisctl install router@1');

    const { stdout } = await run(node, 'fleetctl cat deis-router@1.service');
    assert.match(stdout, /\[X-Fleet\]\nConflicts=deis-router@\*\.service\nMachineMetadata="routerMesh=true"\n$/);
  });
});
