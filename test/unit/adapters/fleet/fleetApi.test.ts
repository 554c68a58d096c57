import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createFleetApi } from '../../../../src/adapters/fleet/fleetApi';
import { ClusterError } from '../../../../src/core/errors';
import type { UnitOption } from '../../../../src/core/model/units';
import { recordedReply, trace } from '../../core/parse/traces';
import { createNode, reply } from '../nodeStub';

const fleet = createFleetApi();
const SLEEP: UnitOption[] = [{ section: 'Service', name: 'ExecStart', value: '/bin/sleep infinity' }];
const hasCode =
  (...codes: ClusterError['code'][]) =>
  (error: unknown): boolean =>
    ClusterError.is(error, ...codes);

describe('lists of fleet', () => {
  it('come through the socket of the node, all pages of them', async () => {
    const { node, requests } = createNode(({ path }) =>
      recordedReply(path.includes('nextPageToken') ? 'fleet-api/state-page2.json' : 'fleet-api/state-page1.json'),
    );

    const rows = await fleet.listInstances(node);

    assert.equal(new Set(rows.map((row) => `${row.name} ${row.machineId}`)).size, rows.length);
    assert.ok(rows.length > 130);
    assert.deepEqual(
      requests.map(({ path, target }) => [path, target]),
      [
        ['/fleet/v1/state', { socketPath: '/var/run/fleet.sock' }],
        ['/fleet/v1/state?nextPageToken=ZAACAA%3D%3D', { socketPath: '/var/run/fleet.sock' }],
      ],
    );
  });

  it('do not go on for ever when fleet gives the same page again', async () => {
    const { node, requests } = createNode(() => reply(200, trace('fleet-api/units-page1.json')));
    await assert.rejects(fleet.listUnits(node), hasCode('badReply'));
    assert.equal(requests.length, 2);
  });

  it('are fleetUnavailable while fleetd has no etcd, in each of the ways it says so', async () => {
    for (const file of ['api-machines', 'api-state', 'api-units']) {
      const { node } = createNode(() => recordedReply(`no-quorum/${file}.json`));
      await assert.rejects(fleet.listMachines(node), hasCode('fleetUnavailable'), file);
    }
    const { node } = createNode(() => reply(500));
    await assert.rejects(fleet.listUnits(node), hasCode('fleetUnavailable'));
  });

  it('are fleetUnavailable when the socket is missing or fleetd hangs up, but a lost connection keeps its name', async () => {
    const gone = createNode(() => new Error('Channel open failure: connect failed'));
    await assert.rejects(fleet.listMachines(gone.node), hasCode('fleetUnavailable'));
    const late = createNode(() => new ClusterError('late', { code: 'timedOut' }));
    await assert.rejects(fleet.listMachines(late.node), hasCode('fleetUnavailable'));
    const cut = createNode(() => new ClusterError('cut', { code: 'sshClosed' }));
    await assert.rejects(fleet.listMachines(cut.node), hasCode('sshClosed'));
  });

  it('end with the reason of the caller who gave up', async () => {
    const { node } = createNode(() => new Error('socket hang up'));
    const reason = new DOMException('enough', 'AbortError');
    await assert.rejects(fleet.listMachines(node, AbortSignal.abort(reason)), reason);
  });
});

describe('one unit of fleet', () => {
  it('is undefined when fleet has none of that name', async () => {
    const { node } = createNode(() => recordedReply('fleet-api/unit-unknown.json'));
    assert.equal(await fleet.getUnit(node, 'nosuch.service'), undefined);
  });

  it('is found under its name as fleetctl writes it', async () => {
    const { node, requests } = createNode(() => recordedReply('fleet-api/unit-one.json'));
    await fleet.getUnit(node, 'deis-router@1.service');
    assert.equal(requests[0]?.path, '/fleet/v1/units/deis-router@1.service');
  });

  it('is created with the one content type that fleet takes', async () => {
    const { node, requests } = createNode(() => recordedReply('fleet-api/put-unit-create.json'));

    await fleet.putUnit(node, { name: 'a.service', desiredState: 'launched', options: SLEEP });

    assert.equal(requests.length, 1);
    assert.equal(requests[0]?.method, 'PUT');
    assert.equal(requests[0].body?.contentType, 'application/json');
    assert.deepEqual(JSON.parse(requests[0].body.text), {
      name: 'a.service',
      desiredState: 'launched',
      options: SLEEP,
    });
  });

  it('changes its state without sending its contents', async () => {
    const { node, requests } = createNode(() => recordedReply('fleet-api/put-unit-desired-loaded.json'));
    await fleet.putUnit(node, { name: 'a.service', desiredState: 'loaded' });
    assert.deepEqual(JSON.parse(requests[0]?.body?.text ?? ''), { name: 'a.service', desiredState: 'loaded' });
  });

  it('is said to be unchanged by fleet 0.11, which accepts new contents and ignores them', async () => {
    const { node } = createNode(({ method }) =>
      recordedReply(method === 'PUT' ? 'fleet-0.11.7/api-put-changed.json' : 'fleet-0.11.7/api-unit.json'),
    );
    const changed = [{ section: 'Service', name: 'ExecStart', value: '/bin/sleep 999' }];

    await assert.rejects(
      fleet.putUnit(node, { name: 'a.service', desiredState: 'launched', options: changed }),
      (error) => hasCode('unitFailed')(error) && String(error).includes('Destroy the unit first'),
    );
    await fleet.putUnit(node, { name: 'a.service', desiredState: 'launched', options: SLEEP });
  });

  it('is notFound when its state is changed and it is not there, and refused in the words of fleet otherwise', async () => {
    const absent = createNode(() => recordedReply('fleet-api/put-unit-no-options.json'));
    await assert.rejects(
      fleet.putUnit(absent.node, { name: 'new.service', desiredState: 'launched' }),
      hasCode('notFound'),
    );
    const bad = createNode(() => recordedReply('fleet-api/put-unit-bad-xfleet.json'));
    await assert.rejects(
      fleet.putUnit(bad.node, { name: 'a.service', desiredState: 'inactive', options: SLEEP }),
      /MachineID cannot be used with Global/,
    );
  });

  it('is deleted, or had been', async () => {
    for (const file of ['delete-unit-ok', 'delete-unit-never-existed']) {
      const { node } = createNode(() => recordedReply(`fleet-api/${file}.json`));
      await fleet.deleteUnit(node, 'a.service');
    }
    const poisoned = createNode(() => recordedReply('fleet-api/poison-6-delete.json'));
    await assert.rejects(fleet.deleteUnit(poisoned.node, 'poison.service'), /can't read its own record of poison/);
  });

  it('never reaches fleet with a state that would poison its registry', async () => {
    const { node, requests } = createNode(() => reply(204));
    // What a caller without types might pass on from somewhere else.
    const desiredState = JSON.parse('"running"') as 'launched';

    await assert.rejects(fleet.putUnit(node, { name: 'a.service', desiredState }), hasCode('invalidInput'));
    assert.equal(requests.length, 0);
  });

  it('never reaches fleet under a name, or with an option, that fleet could not read back', async () => {
    const { node, requests } = createNode(() => reply(204));
    const put = (name: string, options: UnitOption[] = SLEEP): Promise<void> =>
      fleet.putUnit(node, { name, desiredState: 'inactive', options });
    const option = (value: string): UnitOption[] => [{ section: 'Service', name: 'ExecStart', value }];

    for (const name of [
      '',
      'a',
      '.service',
      'a.bogus',
      'a b.service',
      '../x.service',
      'a/b.service',
      `${'a'.repeat(256)}.service`,
    ]) {
      await assert.rejects(put(name), hasCode('invalidInput'), name);
    }
    for (const value of ['/bin/true\nExecStop=/bin/false', 'a\r', '/bin/true \\', 'x'.repeat(2048)]) {
      await assert.rejects(put('a.service', option(value)), hasCode('invalidInput'));
    }
    await assert.rejects(put('a.service', []), hasCode('invalidInput'));
    await assert.rejects(put('a.service', [{ section: 'Ser]vice', name: 'A', value: 'b' }]), hasCode('invalidInput'));
    assert.equal(requests.length, 0);
  });

  it('leaves the path of its name whatever the name is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 20 }), async (text) => {
        const { node, requests } = createNode(() => reply(404));
        await fleet.getUnit(node, `${text}.service`).catch(() => undefined);
        assert.ok(requests.every(({ path }) => /^\/fleet\/v1\/units\/[A-Za-z0-9:_.@%-]+\.service$/.test(path)));
      }),
      { seed: 2016, numRuns: 200 },
    );
  });
});
