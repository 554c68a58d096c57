import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, describe, it } from 'node:test';
import { replyTo } from '../../../../src/practice/fleet/api/serve';
import { etcdOf, at, fleetOf, runningFleet, type FakeCluster } from '../support/fakeCluster';
import { curl, parse, replayCurl } from '../support/curl';
import { disposeKernels } from '../support/fakeKernel';
import { run } from '../support/runProgram';
import { trace } from '../support/traces';

const UNITS = 'http://localhost/fleet/v1/units';
const API = "curl --unix-socket /var/run/fleet.sock 'http://localhost/fleet/v1";
const unit = (name: string): string => readFileSync(`test/fixtures/traces/fleetctl/unit-${name}.service`, 'utf8');

async function mixedCluster(): Promise<FakeCluster> {
  const cluster = await runningFleet();
  const node = at(cluster, 1);
  const files = {
    'swapon.service': unit('swapon'),
    'swapfail.service': unit('swapfail'),
    'web.service': unit('web').replace(/Description=.*/, 'Description=One changed unit'),
    'bad2.service':
      '[Unit]\nDescription=x\n\n[X-Fleet]\nGlobal=yes please\nBogus=1\n\n[Service]\nExecStart=/bin/true\n',
    'nofit.service': '[Service]\nExecStart=/bin/sleep infinity\n\n[X-Fleet]\nMachineMetadata=disk=ssd\n',
  };
  for (const [name, text] of Object.entries(files)) {
    await node.files.writeFile(`/home/core/${name}`, text);
  }
  await run(node, 'fleetctl submit bad2.service');
  await run(node, 'fleetctl start swapon.service swapfail.service web.service');
  await run(node, 'fleetctl start --no-block nofit.service');
  await cluster.kernel.timeline.sleep(7_000);
  return cluster;
}

describe("fleet's API answers as the recorded one did", () => {
  afterEach(disposeKernels);

  it('tells Prometheus what its engine does, from 1.0 on', async () => {
    const metrics = "curl --unix-socket /var/run/fleet.sock 'http://localhost/metrics'";
    const cluster = await mixedCluster();
    const pages = await Promise.all(cluster.hosts.map(async (host) => (await curl(host, metrics)).body));

    const leader = pages.filter((page) => !/^fleet_engine_leader_start_time 0$/m.test(page));
    assert.equal(leader.length, 1);
    assert.match(leader[0] ?? '', /^# TYPE fleet_engine_leader_start_time gauge$/m);
    assert.match(leader[0] ?? '', /^fleet_engine_task_count_total\{type="attemptscheduleunit"\} 1$/m);
    assert.match(leader[0] ?? '', /^fleet_engine_reconcile_count_total [1-9]\d*$/m);
    const older = await runningFleet({ fleetVersion: '0.11' });
    assert.equal((await curl(at(older, 1), metrics)).status, 404);
  });

  it('to everything asked of a cluster with units of all kinds', async () => {
    const cluster = await mixedCluster();
    // The node on which web.service runs is asked for by its id; here it may be another one.
    const node = at(cluster, 1);
    for (const name of [
      ...[
        'machines-5up',
        'units-mixed',
        'state-mixed',
        'state-by-unit',
        'state-by-unit-global',
        'state-by-unit-unknown',
      ],
      ...['machines-again', 'state-by-machine-unknown', 'unit-one', 'unit-unknown', 'unit-state-unknown-path', 'root'],
      ...['discovery-toplevel', 'fleet-v1-root', 'put-unit-create', 'put-unit-again-same', 'put-unit-again-changed'],
    ]) {
      await replayCurl(node, `fleet-api/${name}.json`);
    }
    await cluster.kernel.timeline.sleep(7_000);
    for (const name of [
      ...['put-unit-no-options', 'put-unit-bad-json', 'put-unit-bad-name', 'put-unit-name-mismatch'],
      ...['put-unit-no-content-type', 'post-unit', 'delete-machine', 'unit-created'],
      ...['put-unit-desired-inactive', 'put-unit-desired-loaded', 'put-unit-bad-state', 'state-bad-token'],
    ]) {
      await replayCurl(node, `fleet-api/${name}.json`);
    }
    // The table of the traces has only the beginning of this command.
    const contradiction = trace('fleet-api/put-unit-bad-xfleet.json').command.replace(
      /'http:.*$/,
      `'${UNITS}/misfit.service'`,
    );
    await replayCurl(node, 'fleet-api/put-unit-bad-xfleet.json', contradiction);
  });

  it('deletes, and poisons a unit for good by a state that is none', async () => {
    const cluster = await runningFleet();
    const node = at(cluster, 1);
    for (const name of ['delete-unit-never-existed', 'put-unit-create-2']) {
      await replayCurl(node, `fleet-api/${name}.json`);
    }
    await cluster.kernel.timeline.sleep(7_000);
    for (const name of ['delete-unit-ok', 'state-after-delete-0s', 'units-after-delete-0s', 'delete-unit-ok-again']) {
      await replayCurl(node, `fleet-api/${name}.json`);
    }
    await cluster.kernel.timeline.sleep(7_000);
    for (const name of [
      ...[
        'state-after-delete-5s',
        'poison-1-create',
        'poison-2-put-bad-state',
        'poison-3-get-unit',
        'poison-4-get-units',
      ],
      ...['poison-6-delete', 'poison-9-put-good-state', 'poison-10-get-units', 'poison-11-delete'],
    ]) {
      await replayCurl(node, `fleet-api/${name}.json`);
    }
    assert.equal((await run(node, 'fleetctl destroy poison.service')).stderr, 'Units not found in registry\n');

    await run(node, 'etcdctl rm --recursive /_coreos.com/fleet/job/poison.service');

    assert.equal((await curl(node, `${API}/units/poison.service'`)).status, 404);
  });

  it('gives pages of a hundred', async () => {
    const cluster = await runningFleet();
    const node = at(cluster, 1);
    const options = [{ section: 'Service', name: 'ExecStart', value: '/bin/sleep infinity' }];
    for (let number = 1; number <= 130; number += 1) {
      const name = `dummy${String(number).padStart(3, '0')}.service`;
      const body = JSON.stringify({ desiredState: 'launched', options });
      await curl(node, `${API}/units/${name}' -X PUT -H 'Content-Type: application/json' -d '${body}'`);
    }
    await cluster.kernel.timeline.sleep(15_000);

    const first = parse((await curl(node, `${API}/state'`)).body);
    assert.equal(first.states.length, 100);
    assert.equal(first.nextPageToken, 'ZAACAA==');
    const second = parse((await curl(node, `${API}/state?nextPageToken=ZAACAA=='`)).body);
    assert.equal(second.states.length, 30);
    const { stdout } = await run(node, 'fleetctl list-units --no-legend');
    assert.equal(stdout.trimEnd().split('\n').length, 130);
    const loads = new Map<string, number>();
    for (const line of stdout.trimEnd().split('\n')) {
      const machine = line.split(/\t+/)[1] ?? '';
      loads.set(machine, (loads.get(machine) ?? 0) + 1);
    }
    assert.deepEqual([...loads.values()], [26, 26, 26, 26, 26]);
  });

  it('in version 0.11, which keeps what it has and says nothing', async () => {
    const cluster = await runningFleet({ fleetVersion: '0.11' });
    const node = at(cluster, 1);
    for (const name of ['api-machines', 'api-units-empty', 'api-state-empty', 'api-put-create']) {
      await replayCurl(node, `fleet-0.11.7/${name}.json`);
    }
    await cluster.kernel.timeline.sleep(7_000);
    for (const name of [
      ...['api-put-changed', 'api-unit', 'api-state', 'api-delete', 'api-delete-unknown'],
      ...['api-poison-1', 'api-poison-2', 'api-poison-3', 'api-poison-4'],
    ]) {
      await replayCurl(node, `fleet-0.11.7/${name}.json`);
    }
  });

  it('is 503 without a quorum, also for writes', async () => {
    const cluster = await runningFleet();
    [3, 4, 5].forEach((number) => at(cluster, number).cutPower());
    await cluster.kernel.timeline.sleep(40_000);
    for (const name of ['api-machines', 'api-units', 'api-state', 'api-put', 'api-delete']) {
      await replayCurl(at(cluster, 1), `no-quorum/${name}.json`);
    }
  });

  it('takes metadata for a machine, and places units by it', async () => {
    const cluster = await runningFleet();
    const node = at(cluster, 1);
    const { machineId } = at(cluster, 3);
    const patch = JSON.stringify([{ op: 'add', path: `/${machineId}/metadata/disk`, value: 'ssd' }]);
    const given = await curl(node, `${API}/machines' -X PATCH -H 'Content-Type: application/json' -d '${patch}'`);
    assert.equal(given.status, 204);
    assert.match(
      (await run(node, 'fleetctl list-machines')).stdout,
      /10\.77\.0\.13\tcontrolPlane=true,dataPlane=true,disk=ssd,/,
    );
    await node.files.writeFile(
      '/home/core/fast.service',
      '[Service]\nExecStart=/bin/true\n\n[X-Fleet]\nMachineMetadata=disk=ssd\n',
    );

    const { stdout } = await run(node, 'fleetctl start fast.service');

    assert.match(stdout, /Unit fast\.service launched on b205d6d6\.\.\.\/10\.77\.0\.13\n$/);
  });

  it('tells in 1.0 what a machine says of one unit, and breaks off where none says anything', async () => {
    const one = at(await mixedCluster(), 1);
    const state = parse((await curl(one, `${API}/state/web.service?alt=json'`)).body);
    const all = parse((await curl(one, `${API}/state?unitName=web.service'`)).body);
    assert.deepEqual({ states: [state] }, all);
    await assert.rejects(curl(one, `${API}/state/nofit.service'`), /socket hang up/);

    const old = at(await runningFleet({ fleetVersion: '0.11' }), 1);
    assert.equal((await curl(old, `${API}/state/web.service'`)).status, 404);
  });

  it('gives a unit for all machines no state of its own when it is asked for alone', async () => {
    const node = at(await mixedCluster(), 1);
    const alone = parse((await curl(node, `${API}/units/swapon.service'`)).body);

    assert.deepEqual(Object.keys(alone), ['desiredState', 'name', 'options']);
  });

  it('refuses what leads nowhere, in the words of its source', async () => {
    const cluster = await runningFleet();
    const ask = async (request: string): Promise<string> => {
      const { status, body } = await curl(at(cluster, 1), `curl --unix-socket /var/run/fleet.sock ${request}`);
      return `${status} ${body === '' ? '' : (JSON.parse(body) as { error: { message: string } }).error.message}`;
    };
    const json = "-X PUT -H 'Content-Type: application/json; charset=utf-8'";
    const base = 'http://localhost/fleet/v1';
    const options = '[{"section":"Service","name":"ExecStart","value":"/bin/true"}]';
    for (const [request, expected] of [
      [`${base}/`, '404 '],
      [`${base}/units/`, '404 '],
      [`${base}/units/a/b`, '404 '],
      [`${base}/state/`, '404 '],
      [`${base}/state/a/b`, '404 '],
      [`-X DELETE ${base}/state/x`, '405 only GET supported against this resource'],
      [`${base}/machines/`, '404 '],
      [`-X DELETE ${base}/units`, '405 only GET supported against this resource'],
      [`-X POST ${base}/state`, '405 only GET supported against this resource'],
      [`-X POST ${base}/discovery`, '400 only HTTP GET supported against this resource'],
      [`'${base}/units?nextPageToken='`, '400 EOF'],
      [`'${base}/machines?nextPageToken=ZAA='`, '400 unexpected EOF'],
      [`'${base}/state?nextPageToken=ZAAAAA=='`, '400 token page must be greater than zero'],
      [`'${base}/state?nextPageToken=ZQABAA=='`, '400 token limit must be 100'],
      [`'${base}/units?nextPageToken=ZAACAA==&nextPageToken=ZAACAA=='`, '400 too many values for page token'],
      [`-X PUT ${base}/units/a.service`, '415 expected 1 Content-Type, got 0'],
      [`${json} -d '{"desiredState":"running","options":${options}}' ${base}/units/t@.service`, '500 '],
      [`${json} -d '{"desiredState":"inactive","options":${options}}' ${base}/units/t@.service`, '201 '],
      [
        `${json} -d '{"desiredState":"launched"}' ${base}/units/t@.service`,
        '400 cannot activate template "t@.service"',
      ],
      [
        `${json} -d '{"options":${options}}' ${base}/units/t@.service`,
        '409 must provide DesiredState to update existing unit',
      ],
    ] as const) {
      assert.equal(await ask(request), expected, request);
    }
  });

  it('takes a whole URL in the request line, as fleetctl 0.11 sends it for one unit', async () => {
    const fleet = fleetOf(at(await mixedCluster(), 1));
    const ask = async (url: string): Promise<number> => (await replyTo(fleet, { method: 'GET', url })).status;

    assert.equal(await ask('http://domain-sock/fleet/v1/units/web.service?alt=json'), 200);
    assert.equal(await ask('http://domain-sock/fleet/v1/units/nosuch.service?alt=json'), 404);
  });

  it('is the same under the old prefix, which the Deis controller uses', async () => {
    const cluster = await runningFleet();
    const old = await curl(
      at(cluster, 1),
      "curl --unix-socket /var/run/fleet.sock 'http://localhost/v1-alpha/machines'",
    );

    assert.equal(old.body, (await curl(at(cluster, 2), `${API}/machines'`)).body);
  });

  it('keeps its registry under the keys and in the form that deisctl and the recorded fleet use', async () => {
    const cluster = await mixedCluster();
    const folder = '/_coreos.com/fleet';
    const { client } = etcdOf(at(cluster, 1));
    const machine = JSON.parse(
      client.peek(`${folder}/machines/${at(cluster, 2).machineId}/object`)?.value ?? '',
    ) as object;
    assert.deepEqual(Object.keys(machine), ['ID', 'PublicIP', 'Metadata', 'Capabilities', 'Version']);
    const [state] = client.peek(`${folder}/states/web.service`)?.nodes ?? [];
    assert.deepEqual(Object.keys(JSON.parse(state?.value ?? '') as object), [
      ...['loadState', 'activeState', 'subState', 'machineState', 'unitHash'],
    ]);
    const job = client.peek(`${folder}/job/web.service`);
    assert.deepEqual(job?.nodes?.map((node) => node.key.split('/').at(-1)).sort(), [
      ...['job-state', 'object', 'target', 'target-state'],
    ]);
    const lease = JSON.parse(client.peek(`${folder}/lease/engine-leader`)?.value ?? '') as object;
    assert.deepEqual(Object.keys(lease), ['MachineID', 'Version']);
  });
});
