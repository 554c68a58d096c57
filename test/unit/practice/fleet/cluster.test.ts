import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { replyTo } from '../../../../src/practice/fleet/api/serve';
import type { FakeHost } from '../support/fakeHost';
import {
  FLEET,
  at,
  bootNode,
  createCluster,
  etcdOf,
  fleetOf,
  runningFleet,
  startEtcd,
  startFleet,
  type FakeCluster,
} from '../support/fakeCluster';
import { disposeKernels } from '../support/fakeKernel';
import { run, startProgram } from '../support/runProgram';

type Option = [section: string, name: string, value: string];
const SLEEP: Option = ['Service', 'ExecStart', '/bin/sleep infinity'];

async function call(
  host: FakeHost,
  method: string,
  url: string,
  body?: object,
): Promise<{ status: number; body: unknown }> {
  const reply = await replyTo(fleetOf(host), {
    method,
    url: `/fleet/v1/${url}`,
    contentType: 'application/json',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: reply.body };
}

async function launch(host: FakeHost, name: string, ...options: Option[]): Promise<number> {
  const wanted = [SLEEP, ...options].map(([section, option, value]) => ({ section, name: option, value }));
  return (await call(host, 'PUT', `units/${name}`, { desiredState: 'launched', options: wanted })).status;
}

const rows = (host: FakeHost, unit?: string): string[] =>
  (fleetOf(host).registry?.states() ?? [])
    .filter((state) => unit === undefined || state.name === unit)
    .map((state) => `${state.name} ${state.active}/${state.sub}`);

const machineCount = (host: FakeHost): number => fleetOf(host).registry?.machines().length ?? 0;

async function until(cluster: FakeCluster, what: () => boolean, limitMs = 120_000): Promise<number> {
  const { timeline } = cluster.kernel;
  const from = timeline.now();
  while (!what()) {
    assert.ok(timeline.now() - from < limitMs, `not within ${limitMs} ms: ${what.toString()}`);
    await timeline.sleep(250);
  }
  return timeline.now() - from;
}

describe('fleet on five nodes', () => {
  afterEach(disposeKernels);

  it('lists all machines soon after the daemons started', async () => {
    const cluster = await runningFleet();

    assert.equal(machineCount(at(cluster, 1)), 5);
  });

  it('writes the version of its engine into etcd, and keeps still where that is a newer one', async () => {
    const cluster = await runningFleet();
    const { client } = etcdOf(at(cluster, 2));
    const key = '/_coreos.com/fleet/engine/version';
    assert.equal(client.peek(key)?.value, '1');

    await client.set(key, { value: '2' });
    await cluster.kernel.timeline.sleep(15_000);
    assert.equal(client.peek('/_coreos.com/fleet/lease/engine-leader'), undefined);
    assert.equal(await launch(at(cluster, 1), 'a.service'), 201);
    await cluster.kernel.timeline.sleep(10_000);
    assert.deepEqual(rows(at(cluster, 1)), []);
  });

  it('reads what it can of a registry that others wrote into', async () => {
    const cluster = await runningFleet({ nodes: 1, size: '1' });
    const host = at(cluster, 1);
    const { client } = etcdOf(host);
    for (const name of ['broken.service', 'lost.service', 'whole.service']) {
      await launch(host, name, ['Unit', 'Description', name]);
    }
    const [broken, lost] = ['broken', 'lost'].map(
      (name) => fleetOf(host).registry?.unit(`${name}.service`)?.hash ?? '',
    );
    await client.set(`/_coreos.com/fleet/unit/${broken}`, { value: JSON.stringify({ Raw: '[Unit' }) });
    await client.delete(`/_coreos.com/fleet/unit/${lost}`);

    assert.equal((await call(host, 'GET', 'units/broken.service')).status, 500);
    assert.equal((await call(host, 'GET', 'units/lost.service')).status, 500);
    assert.equal((await call(host, 'GET', 'units/whole.service')).status, 200);
    const { body } = await call(host, 'GET', 'units');
    assert.doesNotMatch(JSON.stringify(body), /(broken|lost)\.service/);

    await until(cluster, () => rows(host).includes('whole.service active/running'));
    await client.delete('/_coreos.com/fleet/unit', { recursive: true });
    await cluster.kernel.timeline.sleep(10_000);
    assert.equal((await call(host, 'GET', 'units')).status, 500);
    assert.deepEqual(rows(host, 'whole.service'), ['whole.service active/running']); // Nobody knows to take it away.
  });

  it('keeps its machines and its engine leader through heartbeats that run many in a row', async () => {
    const cluster = await runningFleet({ nodes: 3, size: '3' });

    await cluster.kernel.timeline.sleep(600_000);

    const changes = cluster.hosts.flatMap((host) =>
      host.entries.filter(({ text }) => text.includes('leadership changed')),
    );
    assert.deepEqual(changes, []);
    assert.equal(machineCount(at(cluster, 1)), 3);
  });

  it('runs a global unit on every node', async () => {
    const cluster = await runningFleet();
    await launch(at(cluster, 1), 'everywhere.service', ['X-Fleet', 'Global', 'true']);

    const took = await until(cluster, () => rows(at(cluster, 2)).length === 5);

    assert.ok(took < 7_000, `${took} ms`);
    await until(cluster, () => rows(at(cluster, 2)).every((row) => row === 'everywhere.service active/running'));
  });

  it('gives single units to the machine with the fewest, and never two that conflict to one', async () => {
    const cluster = await runningFleet();
    for (const number of [1, 2, 3, 4, 5, 6]) {
      await launch(at(cluster, 1), `router@${number}.service`, ['X-Fleet', 'Conflicts', 'router@*.service']);
    }

    await until(cluster, () => rows(at(cluster, 1)).filter((row) => row.endsWith('running')).length === 5);
    await cluster.kernel.timeline.sleep(20_000);

    const units = fleetOf(at(cluster, 1)).registry?.units() ?? [];
    const targets = units.map((unit) => unit.target).filter((target) => target !== undefined);
    assert.equal(new Set(targets).size, 5);
    assert.equal(units.filter((unit) => unit.target === undefined).length, 1);
  });

  it('moves the units of a node that lost power after its time has run out, and not back', async () => {
    const cluster = await runningFleet();
    await launch(at(cluster, 1), 'web.service');
    await until(cluster, () => rows(at(cluster, 1)).includes('web.service active/running'));
    const target = fleetOf(at(cluster, 1)).registry?.unit('web.service')?.target;
    const owner = cluster.hosts.find((host) => host.machineId === target);
    const witness = cluster.hosts.find((host) => host !== owner);
    assert.ok(owner && witness);
    owner.cutPower();

    assert.equal(machineCount(witness), 5);
    const took = await until(cluster, () => machineCount(witness) === 4);
    assert.ok(took >= 10_000 && took <= 31_000, `${took} ms`);
    const place = (): string | undefined => fleetOf(witness).registry?.unit('web.service')?.target;
    await until(cluster, () => place() !== undefined && place() !== owner.machineId, 3_000);
    const isRunning = (): boolean =>
      fleetOf(witness).registry?.state('web.service', place() ?? '')?.active === 'active';
    await until(cluster, isRunning, 8_000);
    bootNode(owner);
    await until(cluster, () => machineCount(witness) === 5);
    await cluster.kernel.timeline.sleep(60_000);

    assert.notEqual(fleetOf(witness).registry?.unit('web.service')?.target, owner.machineId);
  });

  it('lets a node that is back at once wait for its old entry to run out (1.0), or write over it (0.11)', async () => {
    for (const [fleetVersion, leastMs, mostMs] of [
      ['1.0', 10_000, 35_000],
      ['0.11', 0, 5_000],
    ] as const) {
      const cluster = await runningFleet({ fleetVersion });
      const node = at(cluster, 5);
      node.cutPower();
      bootNode(node);
      const took = await until(cluster, () => node.daemon('fleet')?.isAvailable === true);
      assert.ok(took >= leastMs && took <= mostMs, `${fleetVersion}: ${took} ms`);
      assert.equal(machineCount(at(cluster, 1)), 5);
    }
  });

  it('starts global units by itself on a node that returns', async () => {
    const cluster = await runningFleet();
    await launch(at(cluster, 1), 'everywhere.service', ['X-Fleet', 'Global', 'true']);
    await until(cluster, () => rows(at(cluster, 2)).length === 5);
    at(cluster, 5).cutPower();
    await until(cluster, () => rows(at(cluster, 2)).length === 4);

    bootNode(at(cluster, 5));

    await until(cluster, () => rows(at(cluster, 2)).filter((row) => row.endsWith('active/running')).length === 5);
  });

  it('destroys: the unit is gone from the list at once, its row within the next tick', async () => {
    const cluster = await runningFleet();
    await launch(at(cluster, 1), 'web.service');
    await until(cluster, () => rows(at(cluster, 1)).includes('web.service active/running'));

    assert.equal((await call(at(cluster, 1), 'DELETE', 'units/web.service')).status, 204);

    assert.deepEqual((await call(at(cluster, 1), 'GET', 'units')).body, {});
    assert.equal(rows(at(cluster, 1)).length, 1);
    const took = await until(cluster, () => rows(at(cluster, 1)).length === 0);
    assert.ok(took <= 6_500, `${took} ms`);
  });

  it('goes on where it was after the practice process was killed, though its last heartbeats were not written', async () => {
    const before = await runningFleet();
    await launch(at(before, 1), 'web.service');
    await until(before, () => rows(at(before, 1)).includes('web.service active/running'));
    const { written } = before.kernel.state;
    await before.kernel.timeline.sleep(300_000);
    const place = fleetOf(at(before, 1)).registry?.unit('web.service')?.target;

    const after = createCluster({ left: { sections: written, now: before.kernel.timeline.now() } });
    for (const [index, host] of after.hosts.entries()) {
      const text = at(before, index + 1).systemd.text('web.service');
      if (text !== undefined) {
        host.systemd.load('web.service', text);
        await host.systemd.start('web.service');
      }
      startEtcd(host);
      startFleet(host);
    }
    await after.kernel.timeline.sleep(60_000);

    assert.equal(machineCount(at(after, 1)), 5);
    assert.equal(fleetOf(at(after, 1)).registry?.unit('web.service')?.target, place);
    assert.deepEqual(rows(at(after, 1)), ['web.service active/running']);
    const said = after.hosts.flatMap((host) => host.entries.map((entry) => entry.text));
    assert.deepEqual(said, []);
  });

  it('panics a minute after giving up (1.0); who asks meanwhile hangs and is cut off when it starts again', async () => {
    const cluster = await runningFleet();
    const node = at(cluster, 1);
    [3, 4, 5].forEach((number) => at(cluster, number).cutPower());
    const took = await until(cluster, () => !node.isRunning(FLEET));
    assert.ok(took >= 70_000 && took <= 87_000, `${took} ms`);
    assert.ok(node.entries.some((entry) => entry.text === 'panic: Failed server shutdown. Panic'));
    const asked = startProgram(node, 'fleetctl list-units');
    await cluster.kernel.timeline.sleep(9_000);
    assert.equal(asked.stderr(), '');

    startFleet(node);

    const { stderr, exitCode } = await asked.done;
    const reset =
      'Get "http://domain-sock/fleet/v1/state?alt=json": read unix @->/run/fleet.sock: read: connection reset by peer';
    assert.equal(stderr, `Error retrieving list of units from repository: ${reset}\n`);
    assert.equal(exitCode, 1);
    assert.equal((await run(node, 'fleetctl list-units')).stderr.includes('Error 503'), true);
  });

  it('spreads nothing back after a quorum returned: whoever is back first has the units', async () => {
    const cluster = await runningFleet();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      await launch(at(cluster, 1), `${name}.service`);
    }
    await cluster.kernel.timeline.sleep(10_000);
    [3, 4, 5].forEach((number) => at(cluster, number).cutPower());
    await cluster.kernel.timeline.sleep(300_000);

    [3, 4, 5].forEach((number) => bootNode(at(cluster, number)));
    await cluster.kernel.timeline.sleep(240_000);

    const targets = (fleetOf(at(cluster, 3)).registry?.units() ?? []).map((unit) => unit.target);
    const newcomers = [3, 4, 5].map((number) => at(cluster, number).machineId);
    assert.ok(
      targets.every((target) => newcomers.includes(target ?? '')),
      targets.join(),
    );
    assert.equal(machineCount(at(cluster, 3)), 3);
  });

  for (const fleetVersion of ['1.0', '0.11'] as const) {
    it(`answers stale without a quorum, then 503, and recovers (${fleetVersion})`, async () => {
      const cluster = await runningFleet({ fleetVersion });
      await launch(at(cluster, 1), 'everywhere.service', ['X-Fleet', 'Global', 'true']);
      await until(cluster, () => rows(at(cluster, 1)).length === 5);
      [3, 4, 5].forEach((number) => at(cluster, number).cutPower());
      await cluster.kernel.timeline.sleep(3_000);

      assert.equal((await call(at(cluster, 1), 'GET', 'machines')).status, 200);
      assert.equal((await call(at(cluster, 1), 'GET', 'units')).status, fleetVersion === '1.0' ? 500 : 200);
      const gaveUp = await until(cluster, () => !fleetOf(at(cluster, 1)).isAvailable);
      assert.ok(gaveUp <= 26_000, `${gaveUp} ms`);
      assert.equal((await call(at(cluster, 1), 'GET', 'machines')).status, 503);
      assert.equal(at(cluster, 1).systemd.status('everywhere.service').active, 'active');

      [3, 4, 5].forEach((number) => bootNode(at(cluster, number)));
      if (fleetVersion === '0.11') {
        const back = await until(cluster, () => fleetOf(at(cluster, 1)).isAvailable);
        assert.ok(back <= 66_000, `${back} ms`);
      }
    });
  }
});
