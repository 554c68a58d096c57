import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { at, etcdOf, runningFleet, type FakeCluster } from '../support/fakeCluster';
import type { FakeHost } from '../support/fakeHost';
import { disposeKernels } from '../support/fakeKernel';
import { installDeisctl, run } from '../support/runProgram';

async function clusterWithDeisctl(): Promise<FakeCluster> {
  const cluster = await runningFleet();
  for (const host of cluster.hosts) await installDeisctl(host);
  return cluster;
}

const VERBS = [
  ...['config', 'dock', 'install', 'journal', 'list', 'machines', 'refresh-units', 'restart', 'rolling-restart'],
  ...['scale', 'ssh', 'start', 'status', 'stop', 'uninstall', 'upgrade-prep', 'upgrade-takeover'],
];

/** The units that fleet knows, by name. */
async function units(node: FakeHost): Promise<string[]> {
  const { stdout } = await run(node, 'fleetctl list-unit-files --no-legend --fields=unit');
  return stdout.trim().split('\n').sort();
}

describe('deisctl', () => {
  afterEach(disposeKernels);

  it('has help for every command it names', async () => {
    const node = at(await clusterWithDeisctl(), 1);
    const { stdout: overview } = await run(node, 'deisctl help');
    for (const verb of VERBS) {
      assert.match(overview, new RegExp(`^  ${verb} `, 'm'));
      const { stdout, exitCode } = await run(node, `deisctl help ${verb}`);
      assert.equal(exitCode, 0);
      assert.match(stdout, new RegExp(`^\\S[^]*\n\nUsage:\n  deisctl ${verb}\\b`), verb);
      assert.equal((await run(node, `deisctl ${verb} --help`)).stdout, stdout, verb);
    }
  });

  it('shows how a command is called when it is called otherwise, and does nothing', async () => {
    const node = at(await clusterWithDeisctl(), 1);
    for (const line of [
      ...['list all', 'machines all', 'config platform', 'config platform list', 'config platform set', 'ssh', 'dock'],
      ...['rolling-restart', 'rolling-restart a b', 'list --all', 'start platform --stateless', 'upgrade-prep now'],
    ]) {
      const [verb = ''] = line.split(' ');
      const { stdout, stderr, exitCode } = await run(node, `deisctl ${line}`);
      assert.match(stdout, new RegExp(`^Usage:\n  deisctl ${verb}`), line);
      assert.deepEqual([stderr, exitCode], ['', 1], line);
    }
  });

  it('has nothing to do where it is told nothing', async () => {
    const node = at(await clusterWithDeisctl(), 1);
    for (const line of ['status', 'journal', 'scale', 'start', 'stop', 'config platform get', 'config platform rm']) {
      const { stdout, stderr, exitCode } = await run(node, `deisctl ${line}`);
      assert.deepEqual([stdout.trim(), stderr, exitCode], ['', '', 0], line);
    }
  });

  it('takes a number of routers from 1 to 255', async () => {
    const node = at(await clusterWithDeisctl(), 1);
    const complaint =
      'Error: argument --router-mesh-size: invalid value, make sure the value is an integer between 1 and 255.\n';
    for (const [size, more, code] of [
      ['0', '', 0],
      ['256', 'Error: strconv.ParseUint: parsing "256": value out of range\n', 1],
      ['many', 'Error: strconv.ParseUint: parsing "many": invalid syntax\n', 1],
    ] as const) {
      const { stdout, exitCode } = await run(node, `deisctl install platform --router-mesh-size=${size}`);
      assert.deepEqual([stdout, exitCode], [complaint + more, code]);
    }
  });

  it('says what it puts where, unit by unit', async () => {
    const node = at(await clusterWithDeisctl(), 1);
    const { stdout } = await run(node, 'deisctl refresh-units -p /tmp/units -t v1.13.1');
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 28);
    assert.ok(lines.includes('Refreshed deis-router unit from v1.13.1'));
    assert.ok(lines.includes('Refreshed deis-router decorator from v1.13.1'));
    assert.ok(lines.includes('Decorator for deis-logspout not found in v1.13.1'));
    assert.ok(await node.files.exists('/tmp/units/decorators/deis-router.service.decorator'));
  });

  it('restarts nothing but routers one by one, and connects to no global unit', async () => {
    const node = at(await clusterWithDeisctl(), 1);
    await run(node, 'deisctl install publisher');
    const other = await run(node, 'deisctl rolling-restart registry');
    assert.deepEqual([other.stderr, other.exitCode], ['invalid component. supported for: router', 0]);
    const { stdout, exitCode } = await run(node, 'deisctl ssh publisher');
    assert.deepEqual([stdout, exitCode], ['Error: Unable to connect to global unit deis-publisher.service.\n\n', 1]);
  });

  it('upgrades in place: all but routers and publisher go, applications stay published, all comes back', async () => {
    const node = at(await clusterWithDeisctl(), 1);
    const { client } = etcdOf(node);
    await run(node, 'deisctl config platform set domain=deis.example.com');
    await run(node, 'deisctl install platform');
    const before = await units(node);
    await run(node, 'deisctl start platform');

    const prepared = await run(node, 'deisctl upgrade-prep');
    assert.match(
      prepared.stdout,
      /\nThe platform has been stopped, but applications are still serving traffic as normal\.\n/,
    );
    const routers = ['deis-router@1.service', 'deis-router@2.service', 'deis-router@3.service'];
    assert.deepEqual(await units(node), ['deis-publisher.service', ...routers]);

    const early = await run(node, 'deisctl upgrade-takeover');
    assert.match(early.stdout, /^Error: 100: Key not found \(\/deis\/services\) \[\d+\]\n$/);
    assert.equal(early.exitCode, 1);
    await run(node, 'etcdctl set --ttl 20 /deis/services/app/one 10.0.0.1:5000');
    const taken = await run(node, 'deisctl upgrade-takeover');
    assert.equal(taken.exitCode, 0, taken.stdout);
    assert.deepEqual(await units(node), before);
    assert.ok((client.peek('/deis/services/app/one')?.ttl ?? 0) > 1_000);
    const list = await run(node, 'deisctl list');
    assert.equal(list.stdout.match(/active\trunning$/gm)?.length, 39);
  });
});
