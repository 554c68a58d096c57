import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isGlobal } from '../../../../src/core/model/units';
import { ClusterError } from '../../../../src/core/errors';
import {
  parseFleetError,
  parseInstances,
  parseMachines,
  parseUnit,
  parseUnits,
} from '../../../../src/core/parse/fleet';
import { trace } from './traces';

const isBadReply = (error: unknown): boolean => ClusterError.is(error, 'badReply');

describe("fleet's lists", () => {
  it('gives each machine with its address and metadata', () => {
    const { items, nextPageToken } = parseMachines(trace('fleet-api/machines-5up.json'));

    assert.equal(items.length, 5);
    assert.equal(nextPageToken, undefined);
    assert.deepEqual(items[0], {
      id: '0b37ef0ef5c545f6acd9643b64b490fe',
      primaryIp: '10.77.0.12',
      metadata: { controlPlane: 'true', dataPlane: 'true', routerMesh: 'true' },
    });
  });

  it('is empty when fleet leaves the key of the list out', () => {
    for (const parse of [parseMachines, parseUnits, parseInstances]) {
      assert.deepEqual(parse('{}'), { items: [] });
    }
    assert.deepEqual(parseInstances(trace('fleet-api/state-by-unit-unknown.json')).items, []);
    assert.deepEqual(parseUnits(trace('fleet-0.11.7/api-units-empty.json')).items, []);
  });

  it('says that there is another page, and on the last page that there is none', () => {
    const first = parseInstances(trace('fleet-api/state-page1.json'));
    const second = parseInstances(trace('fleet-api/state-page2.json'));

    assert.equal(first.nextPageToken, 'ZAACAA==');
    assert.equal(first.items.length, 100);
    assert.equal(second.nextPageToken, undefined);
    assert.ok(second.items.length > 0);
  });

  it('knows which units are global, and which are on no machine', () => {
    const units = parseUnits(trace('fleet-api/units-mixed.json')).items;
    const byName = new Map(units.map((unit) => [unit.name, unit]));

    assert.deepEqual(
      units.filter(isGlobal).map(({ name }) => name),
      ['swapfail.service', 'swapon.service'],
    );
    assert.equal(byName.get('nofit.service')?.machineId, undefined);
    assert.equal(byName.get('nofit.service')?.desiredState, 'launched');
    assert.match(byName.get('web.service')?.machineId ?? '', /^[0-9a-f]{32}$/);
  });

  it('reads all 39 rows of a platform that runs, of both versions of fleet', () => {
    const rows = parseInstances(trace('deisctl/fleet-api-state-started.json')).items;

    assert.equal(rows.filter(({ name }) => name.startsWith('deis-')).length, 39);
    assert.ok(rows.every(({ load, active }) => load === 'loaded' && active === 'active'));
    assert.equal(parseInstances(trace('fleet-0.11.7/api-state.json')).items[0]?.sub, 'running');
  });

  it('reads one unit, with an option whose value is empty', () => {
    const unit = parseUnit(
      '{"name":"a.service","desiredState":"loaded","options":[{"section":"Service","name":"ExecStart"}]}',
    );

    assert.deepEqual(unit.options, [{ section: 'Service', name: 'ExecStart', value: '' }]);
    assert.equal(parseUnit(trace('fleet-api/unit-one.json')).name, 'web.service');
  });

  it('takes a unit of which nothing is wanted yet for inactive, as deisctl leaves one for a moment', () => {
    const { items } = parseUnits('{"units":[{"name":"deis-router@1.service","currentState":"inactive"}]}');

    assert.equal(items[0]?.desiredState, 'inactive');
  });

  it('refuses a state that fleet does not know, and names the field', () => {
    assert.throws(
      () => parseUnits('{"units":[{"name":"a.service","desiredState":"running"}]}'),
      (error) => isBadReply(error) && String(error).includes('units.0.desiredState'),
    );
  });

  it('gives the words of an error, and none when there are none', () => {
    assert.equal(parseFleetError(trace('fleet-api/unit-unknown.json')), 'unit does not exist');
    assert.equal(parseFleetError(trace('fleet-api/poison-3-get-unit.json')), undefined);
    assert.equal(parseFleetError('<html>'), undefined);
  });
});
